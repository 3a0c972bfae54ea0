#pragma once
// One writer of a partial content in a FileBlobStore. See PartialWriter.

#include <optional>

#include "storage/file_blob_store.hpp"
#include "storage/file_partials.hpp"

namespace kith::storage {

class FilePartialWriter final : public PartialWriter {
 public:
  // `name` in `folder` (borrowed) is the file's, open as `file`.
  FilePartialWriter(FileBlobStore& store, int folder, const core::UserId& owner, std::string name, Descriptor file,
                    std::shared_ptr<FilePartials::Part> part);
  ~FilePartialWriter() override;
  // Cuts the file, `length` bytes long, to `offset`.
  [[nodiscard]] Expected<void> start_at(std::uint64_t offset, std::uint64_t length);

  [[nodiscard]] Expected<void> write(core::ByteView piece) override;
  std::uint64_t size() const override { return size_; }
  [[nodiscard]] Expected<void> checkpoint() override;
  [[nodiscard]] Expected<void> rewind() override;
  [[nodiscard]] Expected<void> finish_hashing() override { return part_->hash->catch_up(); }
  [[nodiscard]] Expected<core::Bytes> head(std::size_t most) override;
  [[nodiscard]] Expected<BlobKey> commit() override;

 private:
  [[nodiscard]] Expected<void> cut_to(std::uint64_t size);
  [[nodiscard]] Expected<BlobKey> finish();

  FileBlobStore& store_;
  const int folder_;
  const core::UserId owner_;
  const std::string name_;
  const std::shared_ptr<const Descriptor> file_;
  const std::shared_ptr<FilePartials::Part> part_;
  std::uint64_t size_ = 0;
  std::uint64_t durable_ = 0;            // of it, synced
  std::uint64_t writeback_started_ = 0;  // of it, on the way to the disk
  std::optional<core::Error> broken_;    // the first error of write(), answered ever after
  bool sync_failed_ = false;             // nobody knows what is on the disk: durable_ stays as it is
  std::optional<BlobKey> committed_;
};

}  // namespace kith::storage
