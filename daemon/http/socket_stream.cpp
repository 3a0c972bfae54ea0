#include "daemon/http/socket_stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace kith::daemon {
namespace {

using Status = IoResult::Status;

constexpr int kUnsentBytes = 128 << 10;  // in the kernel, beside what is on its way

IoResult plain_result(ssize_t returned) {
  if (returned > 0) return {Status::done, static_cast<std::size_t>(returned)};
  if (returned == 0) return {Status::end, 0};
  return {errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? Status::again : Status::failed, 0};
}

int tls_length(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

}  // namespace

void SslDeleter::operator()(ssl_st* ssl) const {
  SSL_free(ssl);
}

bool SocketStream::is_tls13() const {
  return ssl_ != nullptr && SSL_version(ssl_.get()) == TLS1_3_VERSION;
}

IoResult SocketStream::tls_result(int returned) {
  if (returned > 0) return {Status::done, static_cast<std::size_t>(returned)};
  switch (SSL_get_error(ssl_.get(), returned)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return {Status::again, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {Status::end, 0};
    default:
      return {Status::failed, 0};
  }
}

IoResult SocketStream::read(std::span<std::uint8_t> space) {
  if (!ssl_) return plain_result(::recv(fd_.get(), space.data(), space.size(), 0));
  // Records are 16 KiB at most: several fill the space of one turn.
  std::size_t filled = 0;
  IoResult result;
  do {
    ERR_clear_error();
    result = tls_result(SSL_read(ssl_.get(), space.data() + filled, tls_length(space.size() - filled)));
    filled += result.bytes;
  } while (result.status == Status::done && filled < space.size());
  drained_ = result.status == Status::again;
  read_waits_for_write_ = result.status == Status::again && SSL_want_write(ssl_.get());
  return filled > 0 ? IoResult{Status::done, filled} : result;
}

IoResult SocketStream::discard(std::span<std::uint8_t> scratch) {
  return plain_result(::recv(fd_.get(), scratch.data(), scratch.size(), 0));
}

IoResult SocketStream::write(core::ByteView bytes, bool more) {
  if (!ssl_) return plain_result(::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | (more ? MSG_MORE : 0)));
  ERR_clear_error();
  const auto result = tls_result(SSL_write(ssl_.get(), bytes.data(), tls_length(bytes.size())));
  write_waits_for_read_ = result.status == Status::again && SSL_want_read(ssl_.get());
  return result;
}

IoResult SocketStream::send_file(int file, std::uint64_t offset, std::uint64_t length,
                                 std::span<std::uint8_t> scratch) {
  auto position = static_cast<off_t>(offset);
  if (!ssl_) {
    const auto result = plain_result(::sendfile(fd_.get(), file, &position, static_cast<std::size_t>(length)));
    // The file is shorter than promised.
    return result.status == Status::end ? IoResult{} : result;
  }
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(length, scratch.size()));
  const auto got = ::pread(file, scratch.data(), wanted, position);
  if (got <= 0) return {};
  std::size_t sent = 0;
  IoResult result;
  do {
    result = write(core::ByteView(scratch.data(), static_cast<std::size_t>(got)).subspan(sent), false);
    sent += result.bytes;
  } while (result.status == Status::done && sent < static_cast<std::size_t>(got));
  return sent > 0 ? IoResult{Status::done, sent} : result;
}

void SocketStream::keep_little_unsent() {
  ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytes, sizeof kUnsentBytes);
}

void SocketStream::shutdown_write() {
  if (ssl_ && SSL_is_init_finished(ssl_.get())) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
  ::shutdown(fd_.get(), SHUT_WR);
}

bool SocketStream::established() const {
  return !ssl_ || SSL_is_init_finished(ssl_.get());
}

bool SocketStream::has_buffered_input() const {
  return ssl_ && !drained_ && SSL_has_pending(ssl_.get()) == 1;
}

}  // namespace kith::daemon
