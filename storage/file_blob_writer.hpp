#pragma once
// One blob on its way into a FileBlobStore. See BlobWriter.

#include <optional>

#include "storage/block_sums.hpp"
#include "storage/file_blob_store.hpp"
#include "storage/hash_lane.hpp"

namespace kith::storage {

class FileBlobWriter final : public BlobWriter {
 public:
  // `name` is the unfinished file's, open as `file`; it goes with the writer.
  FileBlobWriter(FileBlobStore& store, const core::UserId& owner, std::string name, Descriptor file);
  ~FileBlobWriter() override;
  [[nodiscard]] Expected<void> reserve(std::uint64_t expected_size);

  [[nodiscard]] Expected<void> write(core::ByteView piece) override;
  std::uint64_t size() const override { return size_; }
  [[nodiscard]] Expected<BlobKey> commit() override;
  // commit() fails with content_damaged where the content turns out to be another.
  void expect(const core::Digest& digest) { expected_ = digest; }

 private:
  [[nodiscard]] Expected<void> take_in(core::ByteView piece);
  [[nodiscard]] Expected<void> flush();
  [[nodiscard]] Expected<void> write_out(core::ByteView bytes);
  [[nodiscard]] Expected<BlobKey> finish();

  FileBlobStore& store_;
  const core::UserId owner_;
  const std::string name_;
  Descriptor file_;
  SpaceLedger::Reservation reservation_;
  std::uint64_t size_ = 0;               // taken in
  std::uint64_t written_ = 0;            // of it, in the file
  std::uint64_t writeback_started_ = 0;  // of it, on the way to the disk
  core::Bytes filling_;                  // taken in, not in the file yet
  core::Bytes hashing_;                  // in the file, perhaps still being hashed
  BlockSumsWriter sums_;
  HashLane lane_;                      // after the buffers: waits for them before they go
  std::optional<core::Error> broken_;  // the first error, answered ever after
  std::optional<BlobKey> committed_;
  std::optional<core::Digest> expected_;
};

}  // namespace kith::storage
