#include "daemon/app/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace kith::daemon {
namespace {

std::string take(const char* name) {
  const char* value = std::getenv(name);
  std::string out = value != nullptr ? value : "";
  ::unsetenv(name);
  return out;
}

std::optional<long long> number(const std::string& text) {
  long long value = 0;
  const auto* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (text.empty() || result.ec != std::errc{} || result.ptr != end || value <= 0) return std::nullopt;
  return value;
}

}  // namespace

ServiceEnvironment take_service_environment() {
  ServiceEnvironment out;
  out.notify_socket = take("NOTIFY_SOCKET");
  if (!out.notify_socket.starts_with('/') && !out.notify_socket.starts_with('@')) out.notify_socket.clear();
  const auto process = take("WATCHDOG_PID");
  const auto longest = number(take("WATCHDOG_USEC"));
  const bool ours = process.empty() || number(process) == ::getpid();
  if (ours && longest) out.watchdog = std::chrono::microseconds(*longest);
  return out;
}

ServiceManager::ServiceManager(ServiceEnvironment environment)
    : environment_(std::move(environment)),
      socket_(environment_.notify_socket.empty() ? -1 : ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  const timeval longest{1, 0};
  if (socket_.valid()) ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof longest);
}

void ServiceManager::reloading() const {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto since_boot = std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(since_boot).count();
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void ServiceManager::stopping(std::chrono::microseconds may_take) const {
  tell("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(may_take.count()));
}

void ServiceManager::status(std::string_view text) const {
  tell("STATUS=" + std::string(text.substr(0, std::min(kLongestStatus, text.find('\n')))));
}

void ServiceManager::tell(const std::string& message) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto& path = environment_.notify_socket;
  if (!socket_.valid() || path.size() >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, path.data(), path.size());
  const bool abstract = path.front() == '@';
  if (abstract) address.sun_path[0] = '\0';
  // An abstract name ends where the address does, a path at its NUL.
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + (abstract ? 0 : 1));
  (void)::sendto(socket_.get(), message.data(), message.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&address), length);
}

}  // namespace kith::daemon
