#include "storage/file_blob_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace kith::storage {

FileBlobReader::FileBlobReader(Descriptor file, std::uint64_t size, Alarm alarm)
    : file_(std::move(file)), size_(size), alarm_(std::move(alarm)) {}

Expected<std::shared_ptr<BlobReader>> FileBlobReader::open(const Place& place, Alarm alarm) {
  // Not to hang on a planted FIFO.
  Descriptor file(::openat(place.folder, place.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ENOENT) return core::fail(core::ErrorCode::not_found, "no such content");
  if (!file) return system_failure("cannot open content", errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return system_failure("cannot open content", errno);
  if (!S_ISREG(status.st_mode)) return core::fail(core::ErrorCode::internal, "content is no regular file");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const std::shared_ptr<FileBlobReader> reader(new FileBlobReader(std::move(file), size, std::move(alarm)));
  if (size > kSumBlock) reader->sums_ = BlockSums::open(place.folder, place.sums_name, size);
  if (!reader->sums_) KITH_TRY(reader->prove_whole(place));
  return reader;
}

Expected<void> FileBlobReader::prove_whole(const Place& place) {
  BlockSumsWriter sums(place.unfinished, place.temporary);
  core::Sha256 hash;
  core::Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(size_, kSumBlock)));
  for (std::uint64_t at = 0; at < size_;) {
    const auto part =
        std::span(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size_ - at)));
    KITH_TRY_ASSIGN(whole, read_exactly(file_.get(), at, part));
    if (!whole) return damaged();
    hash.update(part);
    sums.add(part);
    at += part.size();
  }
  if (hash.finish() != place.digest) return damaged();
  sums.place(place.folder, place.sums_name);
  return {};
}

core::Unexpected FileBlobReader::damaged() {
  if (const auto alarm = std::exchange(alarm_, nullptr)) alarm();
  return core::fail(core::ErrorCode::content_damaged,
                    "this content is damaged on the server's disk: upload it again or restore it from a backup");
}

Expected<void> FileBlobReader::prove(std::uint64_t offset, std::uint64_t length) {
  const auto end = std::min(size_, offset + length);
  if (!sums_ || (offset >= proven_from_ && end <= proven_to_)) return {};
  // Of a part that goes on from the proven one, its new blocks.
  const bool goes_on = offset >= proven_from_ && offset <= proven_to_;
  const auto from = goes_on ? proven_to_ : offset;
  KITH_TRY_ASSIGN(sound, sums_->hold(file_.get(), from, end - from));
  if (!sound) return damaged();
  proven_from_ = goes_on ? proven_from_ : offset / kSumBlock * kSumBlock;
  proven_to_ = std::min(size_, (end + kSumBlock - 1) / kSumBlock * kSumBlock);
  return {};
}

Expected<std::size_t> FileBlobReader::read(std::uint64_t offset, std::span<std::uint8_t> out) {
  if (offset >= size_) return 0;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
  KITH_TRY(prove(offset, wanted));
  KITH_TRY_ASSIGN(whole, read_exactly(file_.get(), offset, out.first(wanted)));
  if (!whole) return damaged();
  return wanted;
}

}  // namespace kith::storage
