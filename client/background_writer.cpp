#include "client/background_writer.hpp"

#include <utility>

namespace kith::client {

using core::Expected;

namespace {

constexpr std::size_t kMostBlocks = 16;

}  // namespace

BackgroundWriter::BackgroundWriter(Write write) : write_(std::move(write)), thread_([this] { work(); }) {}

BackgroundWriter::~BackgroundWriter() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  brought_.notify_one();
  thread_.join();
}

Expected<void> BackgroundWriter::bring(core::Bytes& buffer, core::ByteView part) {
  std::unique_lock lock(mutex_);
  written_.wait(lock, [&] { return error_ || blocks_.size() < kMostBlocks; });
  if (error_) return outcome();
  blocks_.push_back({std::exchange(buffer, {}), part});
  if (!spare_.empty()) {
    buffer = std::move(spare_.back());
    spare_.pop_back();
  }
  lock.unlock();
  brought_.notify_one();
  return {};
}

Expected<void> BackgroundWriter::settle() {
  std::unique_lock lock(mutex_);
  written_.wait(lock, [&] { return error_ || (blocks_.empty() && !is_writing_); });
  return outcome();
}

Expected<void> BackgroundWriter::outcome() const {
  if (error_) return tl::make_unexpected(*error_);
  return {};
}

void BackgroundWriter::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    brought_.wait(lock, [&] { return ends_ || !blocks_.empty(); });
    if (ends_) return;
    auto block = std::move(blocks_.front());
    blocks_.pop_front();
    is_writing_ = true;
    lock.unlock();
    auto written = write_(block.part);
    lock.lock();
    is_writing_ = false;
    spare_.push_back(std::move(block.buffer));
    if (!written) {
      error_ = std::move(written.error());
      blocks_.clear();
    }
    written_.notify_one();
    if (error_) return;
  }
}

}  // namespace kith::client
