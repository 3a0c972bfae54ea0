#include "client/live_source.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "client/limits.hpp"
#include "client/safe_name.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

bool same_time(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

core::Unexpected cannot(const std::string& what, ErrorCode code = ErrorCode::internal) {
  return core::fail(code, what + ": " + std::strerror(errno));
}

}  // namespace

Expected<std::unique_ptr<LiveFileSource>> LiveFileSource::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe would wait for its writer
  if (file < 0)
    return cannot("Can't open " + printable(path), errno == ENOENT ? ErrorCode::not_found : ErrorCode::bad_request);
  struct stat status {};
  const bool known = ::fstat(file, &status) == 0;
  std::unique_ptr<LiveFileSource> source(new LiveFileSource(file, status));
  if (!known) return cannot("Can't read " + printable(path));
  if (S_ISDIR(status.st_mode))
    return core::fail(ErrorCode::bad_request, printable(path) + " is a folder. Pack it first, for example: tar c " +
                                                  printable(path) + " | kith live send - --name photos.tar");
  if (!S_ISREG(status.st_mode))
    return core::fail(ErrorCode::bad_request,
                      printable(path) + " is no regular file. Pipe it in: kith live send - < " + printable(path));
  return source;
}

LiveFileSource::~LiveFileSource() {
  ::close(file_);
}

bool LiveFileSource::has_changed() const {
  struct stat now {};
  return ::fstat(file_, &now) != 0 || now.st_size != status_.st_size || now.st_ino != status_.st_ino ||
         !same_time(now.st_mtim, status_.st_mtim) || !same_time(now.st_ctim, status_.st_ctim);
}

Expected<std::size_t> LiveFileSource::read(std::uint64_t number, std::span<std::uint8_t> out) {
  const auto size = static_cast<std::uint64_t>(status_.st_size), begin = std::min(size, number * kLivePiece);
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kLivePiece, size - begin));
  std::size_t done = 0;
  while (done < wanted) {
    const auto count = ::pread(file_, out.data() + done, wanted - done, static_cast<off_t>(begin + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot("It can't be read any more");
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  if (done < wanted || has_changed())
    return core::fail(ErrorCode::file_changed, "It changed after it was offered. Offer it again.");
  return done;
}

Expected<std::size_t> LiveStreamSource::read(std::uint64_t number, std::span<std::uint8_t> out) {
  const std::lock_guard lock(mutex_);
  while (!ended_ && next_ <= number) KITH_TRY(read_next());
  if (number >= next_) return 0;
  const auto back = next_ - number;
  if (back > kept_.size())
    return core::fail(ErrorCode::file_changed,
                      "Standard input can be sent once, and what is asked for was sent before. Start again.");
  const auto& piece = kept_[kept_.size() - static_cast<std::size_t>(back)];
  std::copy(piece.begin(), piece.end(), out.begin());
  return piece.size();
}

Expected<void> LiveStreamSource::read_next() {
  core::Bytes piece;
  if (kept_.size() == kLiveKept) {  // its memory serves again
    piece = std::move(kept_.front());
    kept_.pop_front();
  }
  piece.resize(kLivePiece);
  KITH_TRY_ASSIGN(count, fill(piece));
  ended_ = count < kLivePiece;
  if (count == 0) return {};
  piece.resize(count);
  kept_.push_back(std::move(piece));
  ++next_;
  return {};
}

// As many as there are: fewer only at the end.
Expected<std::size_t> LiveStreamSource::fill(std::span<std::uint8_t> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    pollfd waited[] = {{descriptor_, POLLIN, 0}, {stop_.descriptor(), POLLIN, 0}};
    if (::poll(waited, 2, -1) < 0 && errno != EINTR) return cannot("Can't wait for standard input");
    if (waited[1].revents != 0) return core::fail(ErrorCode::conflict, "Interrupted.");
    if (waited[0].revents == 0) continue;
    const auto count = ::read(descriptor_, out.data() + done, out.size() - done);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return cannot("Can't read standard input");
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

}  // namespace kith::client
