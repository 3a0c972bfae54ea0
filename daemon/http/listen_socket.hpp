#pragma once
// A listening socket: TCP over IPv4 or IPv6, unix, or one that was passed in.

#include <cstdint>
#include <string>

#include "core/error.hpp"
#include "daemon/http/unique_fd.hpp"

namespace kith::daemon {

class ListenSocket {
 public:
  // "127.0.0.1:8470", "[::1]:8470" ("[::]" takes IPv4 too), "unix:/path". A unix socket nobody listens on any more is
  // replaced; its file goes with this object.
  [[nodiscard]] static core::Expected<ListenSocket> open(const std::string& address);
  // Uses a duplicate of a descriptor that listens already: who passes it keeps it, and clients wait in its queue once
  // this one is closed.
  [[nodiscard]] static core::Expected<ListenSocket> adopt(int descriptor);

  ListenSocket(ListenSocket&&) noexcept = default;
  ListenSocket& operator=(ListenSocket&&) noexcept = default;
  ~ListenSocket() { close(); }
  void close();

  int descriptor() const { return fd_.get(); }
  std::uint16_t port() const { return port_; }

 private:
  explicit ListenSocket(UniqueFd fd) : fd_(std::move(fd)) {}
  core::Expected<void> find_port();

  UniqueFd fd_;
  std::uint16_t port_ = 0;
  std::string path_;  // of an own unix socket
};

}  // namespace kith::daemon
