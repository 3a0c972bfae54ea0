#include "storage/file_blob_writer.hpp"

#include <cerrno>

#include "storage/limits.hpp"

namespace kith::storage {

FileBlobWriter::FileBlobWriter(FileBlobStore& store, const core::UserId& owner, std::string name, Descriptor file)
    : store_(store),
      owner_(owner),
      name_(std::move(name)),
      file_(std::move(file)),
      reservation_(store.ledger_),
      sums_(store.unfinished_.get(), name_ + ".sums"),
      lane_(store.hashers_) {}

FileBlobWriter::~FileBlobWriter() {
  if (committed_)
    (void)store_.unpin(*committed_);
  else
    (void)::unlinkat(store_.unfinished_.get(), name_.c_str(), 0);
}

Expected<void> FileBlobWriter::reserve(std::uint64_t expected_size) {
  return expected_size > 0 ? reservation_.grow(expected_size) : reservation_.cover(1);
}

Expected<void> FileBlobWriter::write(core::ByteView piece) {
  if (committed_) return core::fail(core::ErrorCode::internal, "the blob is committed already");
  if (broken_) return tl::make_unexpected(*broken_);
  auto taken = take_in(piece);
  if (!taken) broken_ = taken.error();
  return taken;
}

Expected<void> FileBlobWriter::take_in(core::ByteView piece) {
  while (!piece.empty()) {
    const auto part = piece.first(std::min(piece.size(), kBlobBuffer - filling_.size()));
    filling_.insert(filling_.end(), part.begin(), part.end());
    size_ += part.size();
    piece = piece.subspan(part.size());
    if (filling_.size() == kBlobBuffer) KITH_TRY(flush());
  }
  return {};
}

// Hashes what was gathered and writes it, both at the same time.
Expected<void> FileBlobWriter::flush() {
  if (filling_.empty()) return {};
  lane_.wait();  // hashing_ is free now
  std::swap(filling_, hashing_);
  filling_.clear();
  lane_.start(hashing_);
  sums_.add(hashing_);
  return write_out(hashing_);
}

Expected<void> FileBlobWriter::write_out(core::ByteView bytes) {
  KITH_TRY(reservation_.cover(bytes.size()));
  while (!bytes.empty()) {
    const auto count = store_.disk_.write(file_.get(), bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure("cannot write content", errno);
    const auto done = static_cast<std::size_t>(count);
    bytes = bytes.subspan(done);
    written_ += done;
    reservation_.used(done);
  }
  if (store_.options_.synchronous && written_ - writeback_started_ >= kWritebackStep) {
    store_.disk_.start_writeback(file_.get(), writeback_started_, written_ - writeback_started_);
    writeback_started_ = written_;
  }
  return {};
}

Expected<BlobKey> FileBlobWriter::commit() {
  if (committed_) return *committed_;
  if (broken_) return tl::make_unexpected(*broken_);
  auto key = finish();
  if (key)
    committed_ = *key;
  else
    broken_ = key.error();
  return key;
}

Expected<BlobKey> FileBlobWriter::finish() {
  KITH_TRY(flush());
  KITH_TRY(store_.sync(file_.get()));
  const BlobKey key{owner_, lane_.finish()};
  if (expected_ && key.digest != *expected_)
    return core::fail(core::ErrorCode::content_damaged, "the content is no longer what was stored");
  KITH_TRY(store_.place(name_, key, sums_));
  return key;
}

}  // namespace kith::storage
