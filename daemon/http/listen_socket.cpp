#include "daemon/http/listen_socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>
#include <system_error>

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr int kBacklog = 1024;
constexpr std::string_view kUnixPrefix = "unix:";

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

core::Unexpected cannot_listen(const std::string& address, int error) {
  return fail(ErrorCode::internal, "cannot listen on " + address + ": " + std::generic_category().message(error));
}

std::optional<SocketAddress> parse_tcp(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::uint16_t port = 0;
  const auto digits = text.substr(colon + 1);
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || result.ec != std::errc{} || result.ptr != digits.data() + digits.size()) return std::nullopt;
  const auto host = text.substr(0, colon);
  SocketAddress out;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    if (inet_pton(AF_INET6, std::string(host.substr(1, host.size() - 2)).c_str(), &address.sin6_addr) != 1)
      return std::nullopt;
    std::memcpy(&out.storage, &address, sizeof address);
    out.length = sizeof address;
    return out;
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, std::string(host).c_str(), &address.sin_addr) != 1) return std::nullopt;
  std::memcpy(&out.storage, &address, sizeof address);
  out.length = sizeof address;
  return out;
}

std::optional<SocketAddress> parse_unix(std::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) return std::nullopt;
  std::memcpy(address.sun_path, path.data(), path.size());
  SocketAddress out;
  std::memcpy(&out.storage, &address, sizeof address);
  out.length = sizeof address;
  return out;
}

// A socket file left by a process that is gone would keep bind() from working.
void remove_stale_socket(const SocketAddress& address, const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || !S_ISSOCK(info.st_mode)) return;
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(probe.get(), address.get(), address.length) != 0 && errno == ECONNREFUSED) ::unlink(path.c_str());
}

void set_socket_options(int fd, int family, bool any_v6) {
  if (family == AF_UNIX) return;
  const int on = 1;
  const int only_v6 = any_v6 ? 0 : 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_v6, sizeof only_v6);
}

}  // namespace

Expected<ListenSocket> ListenSocket::open(const std::string& text) {
  const bool is_unix = text.starts_with(kUnixPrefix);
  const std::string path = is_unix ? text.substr(kUnixPrefix.size()) : std::string{};
  const auto address = is_unix ? parse_unix(path) : parse_tcp(text);
  if (!address) {
    return fail(ErrorCode::internal, "\"" + text +
                                         "\" is no address to listen on: write 127.0.0.1:8470, [::1]:8470 or "
                                         "unix:/path");
  }
  if (is_unix) remove_stale_socket(*address, path);
  const int family = address->storage.ss_family;
  ListenSocket out(UniqueFd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)));
  if (!out.fd_.valid()) return cannot_listen(text, errno);
  set_socket_options(out.descriptor(), family, text.starts_with("[::]:"));
  if (::bind(out.descriptor(), address->get(), address->length) != 0) return cannot_listen(text, errno);
  out.path_ = path;
  // The group may connect: a reverse proxy is put into it.
  if (is_unix) ::chmod(path.c_str(), 0660);
  if (::listen(out.descriptor(), kBacklog) != 0) return cannot_listen(text, errno);
  KITH_TRY(out.find_port());
  return out;
}

Expected<ListenSocket> ListenSocket::adopt(int descriptor) {
  int listening = 0;
  socklen_t length = sizeof listening;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) != 0 || listening == 0) {
    return fail(ErrorCode::internal,
                "descriptor " + std::to_string(descriptor) + ", passed to this program, is no listening socket");
  }
  ListenSocket out{UniqueFd(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0))};
  if (!out.fd_.valid()) return cannot_listen("a socket that was passed to this program", errno);
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  KITH_TRY(out.find_port());
  return out;
}

Expected<void> ListenSocket::find_port() {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  if (::getsockname(descriptor(), reinterpret_cast<sockaddr*>(&storage), &length) != 0) {
    return cannot_listen("a socket", errno);
  }
  if (storage.ss_family == AF_INET) port_ = ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
  if (storage.ss_family == AF_INET6) port_ = ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
  return {};
}

void ListenSocket::close() {
  if (fd_.valid() && !path_.empty()) ::unlink(path_.c_str());
  fd_.reset();
}

}  // namespace kith::daemon
