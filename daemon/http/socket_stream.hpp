#pragma once
// A connected non-blocking socket, plain or TLS. Owns both. Used by one event thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "core/bytes.hpp"
#include "daemon/http/unique_fd.hpp"

struct ssl_st;

namespace kith::daemon {

struct SslDeleter {
  void operator()(ssl_st* ssl) const;
};
using SslPtr = std::unique_ptr<ssl_st, SslDeleter>;

struct IoResult {
  enum class Status : std::uint8_t { done, again, end, failed } status = Status::failed;
  std::size_t bytes = 0;  // with done, > 0
};

class SocketStream {
 public:
  SocketStream(UniqueFd fd, SslPtr ssl) : fd_(std::move(fd)), ssl_(std::move(ssl)) {}

  IoResult read(std::span<std::uint8_t> space);
  // Beyond TLS: what comes after shutdown_write() is only thrown away.
  IoResult discard(std::span<std::uint8_t> scratch);
  // `more`: other bytes follow at once, so a packet need not go out yet.
  IoResult write(core::ByteView bytes, bool more);
  // From a file; `scratch` is for TLS, which can't use sendfile.
  IoResult send_file(int file, std::uint64_t offset, std::uint64_t length, std::span<std::uint8_t> scratch);
  // From now on little waits in the kernel unsent: what was written is on its way, or with the client.
  void keep_little_unsent();
  // Says that nothing more will be sent (TLS: close_notify), while the client may still be read from.
  void shutdown_write();

  int descriptor() const { return fd_.get(); }
  bool secure() const { return ssl_ != nullptr; }
  bool is_tls13() const;
  // False while a TLS handshake is under way.
  bool established() const;
  // Bytes taken from the socket but not yet read here, which no readiness event will tell of. False once a read found
  // that they are no whole record: the rest of that comes from the socket.
  bool has_buffered_input() const;
  // TLS may have to write in order to read, and the other way round.
  bool read_waits_for_write() const { return read_waits_for_write_; }
  bool write_waits_for_read() const { return write_waits_for_read_; }

 private:
  IoResult tls_result(int returned);

  UniqueFd fd_;
  SslPtr ssl_;            // before fd_ in destruction
  bool drained_ = false;  // the last read had all there was
  bool read_waits_for_write_ = false;
  bool write_waits_for_read_ = false;
};

}  // namespace kith::daemon
