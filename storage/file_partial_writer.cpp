#include "storage/file_partial_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "storage/limits.hpp"

namespace kith::storage {

FilePartialWriter::FilePartialWriter(FileBlobStore& store, int folder, const core::UserId& owner, std::string name,
                                     Descriptor file, std::shared_ptr<FilePartials::Part> part)
    : store_(store),
      folder_(folder),
      owner_(owner),
      name_(std::move(name)),
      file_(std::make_shared<const Descriptor>(std::move(file))),
      part_(std::move(part)) {}

FilePartialWriter::~FilePartialWriter() {
  if (committed_) (void)store_.unpin(*committed_);
}

Expected<void> FilePartialWriter::start_at(std::uint64_t offset, std::uint64_t length) {
  size_ = length;
  KITH_TRY(cut_to(offset));
  durable_ = writeback_started_ = offset;
  part_->hash->follow(file_, offset);
  return {};
}

Expected<void> FilePartialWriter::cut_to(std::uint64_t size) {
  if (size < size_) {
    if (::ftruncate(file_->get(), static_cast<off_t>(size)) != 0)
      return system_failure("cannot cut partial content", errno);
  }
  if (::lseek(file_->get(), static_cast<off_t>(size), SEEK_SET) < 0)
    return system_failure("cannot go on with partial content", errno);
  size_ = size;
  part_->keep_room(size);
  return {};
}

Expected<void> FilePartialWriter::write(core::ByteView piece) {
  if (broken_) return tl::make_unexpected(*broken_);
  const auto fail_with = [this](core::Error error) {
    broken_ = std::move(error);
    return tl::make_unexpected(*broken_);
  };
  if (auto covered = part_->room.cover(piece.size()); !covered) return fail_with(std::move(covered.error()));
  while (!piece.empty()) {
    const auto count = store_.disk_.write(file_->get(), piece);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_with(system_failure("cannot write content", errno).value());
    const auto done = static_cast<std::size_t>(count);
    piece = piece.subspan(done);
    size_ += done;
    part_->room.used(done);
  }
  if (store_.options_.synchronous && size_ - writeback_started_ >= kWritebackStep) {
    store_.disk_.start_writeback(file_->get(), writeback_started_, size_ - writeback_started_);
    writeback_started_ = size_;
  }
  return {};
}

Expected<void> FilePartialWriter::checkpoint() {
  if (sync_failed_) return core::fail(core::ErrorCode::storage_failed, "the disk did not keep what was written");
  if (size_ == durable_) return {};
  if (auto synced = store_.sync(file_->get()); !synced) {
    sync_failed_ = true;
    return synced;
  }
  durable_ = size_;
  part_->hash->follow(file_, durable_);
  return {};
}

Expected<void> FilePartialWriter::rewind() {
  writeback_started_ = std::min(writeback_started_, durable_);
  return cut_to(durable_);
}

Expected<core::Bytes> FilePartialWriter::head(std::size_t most) {
  core::Bytes bytes(static_cast<std::size_t>(std::min<std::uint64_t>(most, size_)));
  KITH_TRY_ASSIGN(whole, read_exactly(file_->get(), 0, bytes));
  if (!whole) return core::fail(core::ErrorCode::storage_failed, "partial content became shorter");
  return bytes;
}

Expected<BlobKey> FilePartialWriter::commit() {
  if (committed_) return *committed_;
  if (broken_) return tl::make_unexpected(*broken_);
  KITH_TRY_ASSIGN(key, finish());
  committed_ = key;
  return key;
}

Expected<BlobKey> FilePartialWriter::finish() {
  KITH_TRY(checkpoint());
  KITH_TRY(finish_hashing());
  const BlobKey key{owner_, part_->hash->digest()};
  const auto second_name = store_.temporary_name();
  const int unfinished = store_.unfinished_.get();
  // Some file systems know no second names. There a crash before the database names the blob loses the upload.
  if (::linkat(folder_, name_.c_str(), unfinished, second_name.c_str(), 0) != 0 &&
      ::renameat(folder_, name_.c_str(), unfinished, second_name.c_str()) != 0)
    return system_failure("cannot put content in its place", errno);
  auto placed = store_.place(second_name, key, part_->hash->sums());
  // It is still there when it failed, and when the blob is this very file already.
  (void)::unlinkat(unfinished, second_name.c_str(), 0);
  KITH_TRY(std::move(placed));
  return key;
}

}  // namespace kith::storage
