#pragma once
// Listening sockets that systemd holds for this process and passes at its start (sd_listen_fds(3)). They stay open
// while the daemon is stopped and started, so nobody is refused meanwhile: clients wait in the sockets' queues.

#include <string>
#include <vector>

#include "config/config.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "daemon/http/unique_fd.hpp"

namespace kith::daemon {

// Invalid where none was passed: that listener is opened as the configuration says.
struct PassedSockets {
  UniqueFd local, public_;
};

// A passed socket, as it is looked at.
struct PassedSocket {
  UniqueFd descriptor;
  std::string name;     // of LISTEN_FDNAMES
  std::string address;  // as listen.local is written; empty when it isn't one kithd can serve
};

// All that were passed to this process; none when they are meant for another one (LISTEN_PID). Takes LISTEN_* out of
// the environment: before there are threads. Fails when that makes no sense.
[[nodiscard]] core::Expected<std::vector<PassedSocket>> take_passed_sockets();

// Which is which: by the names "local" and "public" (FileDescriptorName=), else by the address the configuration gives
// that listener. Fails for what can't be served, what belongs nowhere, and two for one listener.
[[nodiscard]] core::Expected<PassedSockets> sort_passed_sockets(std::vector<PassedSocket> sockets,
                                                                const config::Listen& listen);

}  // namespace kith::daemon
