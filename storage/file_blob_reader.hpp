#pragma once
// Content of a FileBlobStore, open. See BlobReader.
//
// Nothing is read out before it is proven to be what was written: content of one block by its digest when it is opened,
// longer content block by block by its sums (block_sums.hpp), and by its digest, whole, where there are none; then they
// are made.

#include <functional>
#include <optional>
#include <string>

#include "storage/blob_store.hpp"
#include "storage/block_sums.hpp"
#include "storage/posix_file.hpp"

namespace kith::storage {

class FileBlobReader final : public BlobReader {
 public:
  // Called once a reader, from the thread that reads, when content turns out to be damaged.
  using Alarm = std::function<void()>;

  // Where content and its sums lie, and what is true of it. Descriptors are borrowed for the call.
  struct Place {
    int folder;
    std::string name;
    std::string sums_name;
    core::Digest digest;
    int unfinished;         // the folder where new sums are made,
    std::string temporary;  // under this name
  };
  // not_found if there is no such name; a link or a folder in its place is internal; content_damaged.
  [[nodiscard]] static Expected<std::shared_ptr<BlobReader>> open(const Place& place, Alarm alarm);

  std::uint64_t size() const override { return size_; }
  [[nodiscard]] Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) override;
  int file_descriptor() const override { return file_.get(); }
  [[nodiscard]] Expected<void> prove(std::uint64_t offset, std::uint64_t length) override;

 private:
  FileBlobReader(Descriptor file, std::uint64_t size, Alarm alarm);
  [[nodiscard]] Expected<void> prove_whole(const Place& place);
  core::Unexpected damaged();

  const Descriptor file_;
  const std::uint64_t size_;
  Alarm alarm_;
  std::optional<BlockSums> sums_;  // without them all of it is proven
  std::uint64_t proven_from_ = 0;  // of content with sums, [proven_from_, proven_to_)
  std::uint64_t proven_to_ = 0;
};

}  // namespace kith::storage
