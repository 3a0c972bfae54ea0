#pragma once
// What this process tells systemd, as sd_notify(3) describes it: datagrams to a socket that systemd names in the
// environment. Without one, nothing is told to nobody. That is all there is to the protocol, so no library is needed.
// Thread-safe.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "daemon/http/unique_fd.hpp"

namespace kith::daemon {

// What systemd put into the environment.
struct ServiceEnvironment {
  std::string notify_socket;  // NOTIFY_SOCKET: a path, or '@' and an abstract name; may be empty
  std::optional<std::chrono::microseconds> watchdog;  // WATCHDOG_USEC: how long a silence may last
};
// Takes them out of the environment, so that programs started from here don't speak for the daemon. What is meant for
// another process (WATCHDOG_PID) or is no number is left out. Before there are threads.
ServiceEnvironment take_service_environment();

class ServiceManager {
 public:
  explicit ServiceManager(ServiceEnvironment environment);

  bool present() const { return !environment_.notify_socket.empty(); }
  std::optional<std::chrono::microseconds> watchdog() const { return environment_.watchdog; }

  void ready() const { tell("READY=1"); }
  // Until the next ready().
  void reloading() const;
  // `may_take` from now on.
  void stopping(std::chrono::microseconds may_take) const;
  void alive() const { tell("WATCHDOG=1"); }
  // One line for `systemctl status`; what is longer than kLongestStatus is cut.
  void status(std::string_view text) const;
  static constexpr std::size_t kLongestStatus = 500;

 private:
  // Lost when systemd doesn't take it: nothing depends on one message.
  void tell(const std::string& message) const;

  const ServiceEnvironment environment_;
  const UniqueFd socket_;
};

}  // namespace kith::daemon
