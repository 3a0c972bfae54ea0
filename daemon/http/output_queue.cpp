#include "daemon/http/output_queue.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/uio.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "daemon/http/limits.hpp"

namespace kith::daemon {
namespace {

using Status = IoResult::Status;

// The kernel reads ahead in strides like this, so a byte of each tells of the rest.
constexpr std::uint64_t kProbeStride = 128 * 1024;

bool lives_in_memory(int file) {
  struct statfs info {};
  return ::fstatfs(file, &info) == 0 && (info.f_type == TMPFS_MAGIC || info.f_type == RAMFS_MAGIC);
}

// Whether sendfile would find the window in the page cache, as far as a byte of each stride tells.
bool is_cached(const FileSlice& window) {
  for (std::uint64_t at = 0; at < window.length; at += kProbeStride) {
    std::uint8_t byte = 0;
    const iovec space{&byte, 1};
    const auto got = ::preadv2(window.descriptor, &space, 1, static_cast<off_t>(window.offset + at), RWF_NOWAIT);
    if (got >= 0) continue;
    if (errno == EOPNOTSUPP) return lives_in_memory(window.descriptor);
    return errno != EAGAIN;  // any other failure is sendfile's to tell
  }
  return true;
}

FileSlice window_of(const FileSlice& slice) {
  return {slice.descriptor, slice.offset, std::min<std::uint64_t>(slice.length, kWarmWindow), slice.file};
}

}  // namespace

core::ByteView Piece::next() const {
  if (begin < end) return {memory.get() + begin, end - begin};
  if (whole_sent < whole.size()) return core::as_bytes(whole).subspan(whole_sent);
  return core::as_bytes(tail);
}

void Piece::sent(std::size_t bytes) {
  if (begin < end) {
    begin += bytes;
  } else if (whole_sent < whole.size()) {
    whole_sent += bytes;
  } else {
    tail.remove_prefix(bytes);
  }
}

void OutputQueue::push(std::string bytes) {
  if (!bytes.empty()) segments_.emplace_back(Text{std::move(bytes), 0});
}

void OutputQueue::push(std::shared_ptr<Piece> piece) {
  segments_.emplace_back(std::move(piece));
  ++pieces_;
}

void OutputQueue::push(FileSlice slice) {
  if (slice.length > 0) segments_.emplace_back(File{std::move(slice), 0});
}

bool OutputQueue::finished(const Segment& segment) {
  if (const auto* text = std::get_if<Text>(&segment)) return text->offset == text->bytes.size();
  if (const auto* file = std::get_if<File>(&segment)) return file->left.length == 0;
  return std::get<std::shared_ptr<Piece>>(segment)->left() == 0;
}

IoResult OutputQueue::send_front(SocketStream& stream, std::size_t budget, std::span<std::uint8_t> scratch) {
  const bool more = segments_.size() > 1;
  Segment& front = segments_.front();
  IoResult result;
  if (auto* text = std::get_if<Text>(&front)) {
    result = stream.write(core::as_bytes(text->bytes).subspan(text->offset), more);
    text->offset += result.bytes;
  } else if (auto* file = std::get_if<File>(&front)) {
    const auto length = std::min<std::uint64_t>({file->left.length, budget, file->warm_until - file->left.offset});
    result = stream.send_file(file->left.descriptor, file->left.offset, length, scratch);
    file->left.offset += result.bytes;
    file->left.length -= result.bytes;
  } else {
    auto& piece = *std::get<std::shared_ptr<Piece>>(front);
    const auto next = piece.next();
    result = stream.write(next, more || next.size() < piece.left());
    piece.sent(result.bytes);
  }
  return result;
}

OutputQueue::Progress OutputQueue::flush(SocketStream& stream, std::size_t budget, std::span<std::uint8_t> scratch) {
  Progress progress;
  while (!segments_.empty()) {
    if (finished(segments_.front())) {
      if (std::holds_alternative<std::shared_ptr<Piece>>(segments_.front())) --pieces_;
      segments_.pop_front();
      continue;
    }
    if (progress.sent >= budget) {
      progress.state = State::blocked;
      return progress;
    }
    if (auto* file = std::get_if<File>(&segments_.front()); file && file->left.offset >= file->warm_until) {
      // Asking a file may read it, which is no work for this thread.
      if (file->left.file || !is_cached(window_of(file->left))) {
        progress.state = State::cold;
        return progress;
      }
      mark_warm();
    }
    const auto result = send_front(stream, budget - progress.sent, scratch);
    progress.sent += result.bytes;
    if (result.status == Status::done) continue;
    progress.state = result.status == Status::again ? State::blocked : State::failed;
    return progress;
  }
  return progress;
}

FileSlice OutputQueue::cold_window() const {
  return window_of(std::get<File>(segments_.front()).left);
}

void OutputQueue::mark_warm() {
  auto& file = std::get<File>(segments_.front());
  const auto window = window_of(file.left);
  file.warm_until = window.offset + window.length;
}

bool warm(const FileSlice& window) {
  ::posix_fadvise(window.descriptor, static_cast<off_t>(window.offset), static_cast<off_t>(2 * kWarmWindow),
                  POSIX_FADV_WILLNEED);
  if (window.file && !window.file->may_send(window.offset, window.length)) return false;
  if (is_cached(window)) return true;  // asking has read it
  std::array<std::uint8_t, 64 * 1024> scratch;
  for (std::uint64_t at = 0; at < window.length;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(scratch.size(), window.length - at));
    const auto got = ::pread(window.descriptor, scratch.data(), wanted, static_cast<off_t>(window.offset + at));
    if (got <= 0) break;  // sendfile will tell
    at += static_cast<std::uint64_t>(got);
  }
  return true;
}

}  // namespace kith::daemon
