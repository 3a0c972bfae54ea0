#pragma once
// The daemon itself, from start to SIGTERM.

#include <functional>

#include "config/config.hpp"
#include "core/error.hpp"

namespace kith::daemon {

// Reads the configuration anew, as it was read at the start.
using ReadConfig = std::function<core::Expected<config::Config>()>;

// Serves until SIGTERM or SIGINT, then lets running transfers finish (30 s; a second signal ends them). SIGHUP reads
// certificates and configuration anew, and running transfers don't notice: what can change while the daemon runs
// changes, what needs a restart is told to the log; a configuration with a mistake changes nothing. A new domain chosen
// in the browser is a stop and a start in this same process. systemd hears of all that. Fails when it can't start.
[[nodiscard]] core::Expected<void> serve(const config::Config& config, const ReadConfig& read_config);

}  // namespace kith::daemon
