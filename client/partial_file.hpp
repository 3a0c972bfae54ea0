#pragma once
// A file that is being received. It lies hidden beside its goal under a name that says what it becomes, so that a later
// run can go on with it, and gets its own name only when it is whole; nothing is ever overwritten. One thread at a
// time.

#include <memory>
#include <string>

#include "core/bytes.hpp"
#include "core/crypto/sha256.hpp"
#include "core/error.hpp"

namespace kith::client {

class PartialFile {
 public:
  // What an earlier run left of it is still there: see size(). locked when another run is at it right now.
  [[nodiscard]] static core::Expected<std::unique_ptr<PartialFile>> open(const std::string& folder,
                                                                         const core::Digest& digest);
  // The same for content whose digest is not known yet: `mark` says which it is, and is fit for a file name.
  [[nodiscard]] static core::Expected<std::unique_ptr<PartialFile>> open_marked(const std::string& folder,
                                                                                const std::string& mark);
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  std::uint64_t size() const { return size_; }
  [[nodiscard]] core::Expected<void> append(core::ByteView bytes);
  // Fewer bytes only at the end.
  [[nodiscard]] core::Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out);
  [[nodiscard]] core::Expected<void> cut(std::uint64_t size);
  // Under the first of "name", "name (2)" … that is free; returns that. `name` is a safe one.
  [[nodiscard]] core::Expected<std::string> keep_as(const std::string& name);
  // Under this very name. conflict when it is taken, unless that is to be replaced.
  enum class Taken { is_refused, is_replaced };
  [[nodiscard]] core::Expected<void> keep_only_as(const std::string& name, Taken taken);
  // Removes it: what is there can't become the file.
  void discard();

 private:
  PartialFile(int folder, int file, std::string name, std::uint64_t size)
      : folder_(folder), file_(file), name_(std::move(name)), size_(size) {}

  core::Expected<void> settle();
  int rename(const std::string& name);

  const int folder_, file_;
  const std::string name_;
  std::uint64_t size_;
  bool is_ours_ = false;  // nobody else is at it
};

}  // namespace kith::client
