#pragma once
// Content of a FileBlobStore, open. See BlobReader.

#include <string>

#include "storage/blob_store.hpp"
#include "storage/posix_file.hpp"

namespace kith::storage {

class FileBlobReader final : public BlobReader {
 public:
  // not_found if there is no such name; a link or a folder in its place is internal.
  [[nodiscard]] static Expected<std::shared_ptr<BlobReader>> open(int folder, const std::string& name);
  FileBlobReader(Descriptor file, std::uint64_t size) : file_(std::move(file)), size_(size) {}
  std::uint64_t size() const override { return size_; }
  [[nodiscard]] Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) override;
  int file_descriptor() const override { return file_.get(); }

 private:
  const Descriptor file_;
  const std::uint64_t size_;
};

}  // namespace kith::storage
