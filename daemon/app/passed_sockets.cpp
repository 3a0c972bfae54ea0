#include "daemon/app/passed_sockets.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <optional>

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr int kFirst = 3;  // SD_LISTEN_FDS_START
constexpr int kMost = 16;
constexpr std::string_view kUnix = "unix:";

std::string take(const char* name) {
  const char* value = std::getenv(name);
  std::string out = value != nullptr ? value : "";
  ::unsetenv(name);
  return out;
}

std::optional<int> number(const std::string& text) {
  int value = 0;
  const auto* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (text.empty() || result.ec != std::errc{} || result.ptr != end || value < 0) return std::nullopt;
  return value;
}

std::vector<std::string> split(std::string_view names) {
  std::vector<std::string> out;
  for (;;) {
    const auto colon = names.find(':');
    out.emplace_back(names.substr(0, colon));
    if (colon == std::string_view::npos) return out;
    names.remove_prefix(colon + 1);
  }
}

std::string ip_text(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(family, address, text.data(), text.size());
  return text.data();
}

// As listen.local would be written; empty for what is no listening stream socket of a kind kithd knows.
std::string address_of(int descriptor) {
  int listening = 0, type = 0;
  socklen_t size = sizeof listening;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || listening == 0) return {};
  size = sizeof type;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM) return {};
  sockaddr_storage storage{};
  size = sizeof storage;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  if (storage.ss_family == AF_INET) {
    const auto& ip = reinterpret_cast<const sockaddr_in&>(storage);
    return ip_text(AF_INET, &ip.sin_addr) + ":" + std::to_string(ntohs(ip.sin_port));
  }
  if (storage.ss_family == AF_INET6) {
    const auto& ip = reinterpret_cast<const sockaddr_in6&>(storage);
    return "[" + ip_text(AF_INET6, &ip.sin6_addr) + "]:" + std::to_string(ntohs(ip.sin6_port));
  }
  if (storage.ss_family != AF_UNIX || size <= offsetof(sockaddr_un, sun_path)) return {};
  const auto& local = reinterpret_cast<const sockaddr_un&>(storage);
  const std::string path(local.sun_path, ::strnlen(local.sun_path, sizeof local.sun_path));
  return path.empty() ? std::string{} : std::string(kUnix) + path;
}

bool is_unix(std::string_view address) {
  return address.starts_with(kUnix);
}

// Nothing less than the configured address: a socket open to more people is not what was asked for. systemd's "8471" is
// [::]:8471, which takes IPv4 too.
bool stands_for(const std::string& address, const std::string& configured) {
  constexpr std::string_view kAny4 = "0.0.0.0", kAny6 = "[::]";
  if (address == configured) return true;
  return address.starts_with(kAny6) && configured.starts_with(kAny4) &&
         address.substr(kAny6.size()) == configured.substr(kAny4.size());
}

core::Unexpected belongs_nowhere(const PassedSocket& socket, const config::Listen& listen) {
  return fail(ErrorCode::bad_request, "systemd passed a socket for " + socket.address +
                                          ", but the configuration has listen.local " + listen.local +
                                          " and listen.public " + listen.public_ +
                                          ": make ListenStream= of kithd.socket (systemctl edit kithd.socket) and the "
                                          "configuration the same");
}

}  // namespace

Expected<std::vector<PassedSocket>> take_passed_sockets() {
  const auto process = take("LISTEN_PID");
  const auto count_text = take("LISTEN_FDS");
  const auto names_text = take("LISTEN_FDNAMES");
  std::vector<PassedSocket> out;
  if (number(process) != ::getpid()) return out;
  const auto count = number(count_text);
  if (!count || *count > kMost) {
    return fail(ErrorCode::bad_request, "LISTEN_FDS is \"" + count_text + "\": at most " + std::to_string(kMost) +
                                            " sockets can be passed, and two are of use");
  }
  auto names = split(names_text);
  if (names_text.empty()) names.assign(static_cast<std::size_t>(*count), "");
  if (names.size() != static_cast<std::size_t>(*count)) {
    return fail(ErrorCode::bad_request, "LISTEN_FDS says " + count_text + " sockets, LISTEN_FDNAMES has " +
                                            std::to_string(names.size()) + " names");
  }
  for (int i = 0; i < *count; ++i) {
    const int descriptor = kFirst + i;
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    out.push_back({UniqueFd(descriptor), std::move(names[static_cast<std::size_t>(i)]), address_of(descriptor)});
  }
  return out;
}

Expected<PassedSockets> sort_passed_sockets(std::vector<PassedSocket> sockets, const config::Listen& listen) {
  PassedSockets out;
  for (auto& socket : sockets) {
    if (socket.address.empty()) {
      return fail(ErrorCode::bad_request, "descriptor " + std::to_string(socket.descriptor.get()) +
                                              ", passed by systemd as \"" + socket.name +
                                              "\", is no listening TCP or unix stream socket");
    }
    const bool named_local = socket.name == "local", named_public = socket.name == "public";
    const bool is_local = named_local || (!named_public && stands_for(socket.address, listen.local));
    const bool is_public = named_public || (!named_local && stands_for(socket.address, listen.public_));
    if (is_local == is_public) return belongs_nowhere(socket, listen);
    const auto& configured = is_local ? listen.local : listen.public_;
    // Who comes by a unix socket is trusted in another way.
    if (is_unix(socket.address) != is_unix(configured)) return belongs_nowhere(socket, listen);
    auto& place = is_local ? out.local : out.public_;
    if (place.valid()) {
      return fail(ErrorCode::bad_request, std::string("systemd passed two sockets for listen.") +
                                              (is_local ? "local" : "public") + ": one is served");
    }
    place = std::move(socket.descriptor);
  }
  return out;
}

}  // namespace kith::daemon
