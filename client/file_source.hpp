#pragma once
// A file on its way to a server, as it is or sealed on the way. One thread.

#include <sys/stat.h>

#include <memory>
#include <string>

#include "client/exchange_secrets.hpp"
#include "client/http.hpp"

namespace kith::client {

class FileSource final : public UploadSource {
 public:
  // not_found, or bad_request for what is no regular file.
  [[nodiscard]] static core::Expected<std::unique_ptr<FileSource>> open(const std::string& path);
  ~FileSource() override;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  const std::string& name() const { return name_; }  // without its folder
  std::uint64_t size() const override { return static_cast<std::uint64_t>(status_.st_size); }
  // conflict once the file is not the one that was opened any more: what was sent of it would not fit the rest.
  [[nodiscard]] core::Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) override;

 private:
  FileSource(int file, struct stat status, std::string name) : file_(file), status_(status), name_(std::move(name)) {}
  bool has_changed() const;

  const int file_;
  const struct stat status_;
  const std::string name_;
};

// Each record is sealed when it is asked for, and only ever with the content the file had when it was opened.
class SealedSource final : public UploadSource {
 public:
  // `salt` must be fresh.
  SealedSource(UploadSource& plain, const ContentKey& key, const core::CodingSalt& salt);
  std::uint64_t size() const override { return core::sealed_size(plain_.size()); }
  [[nodiscard]] core::Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) override;

 private:
  core::Expected<void> make_record(std::uint64_t number);

  UploadSource& plain_;
  core::RecordCipher cipher_;
  core::Bytes header_;
  std::optional<std::uint64_t> number_;  // of the record that is in hand
  core::Bytes record_;
};

}  // namespace kith::client
