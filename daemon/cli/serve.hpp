#pragma once
// The daemon itself, from start to SIGTERM.

#include "config/config.hpp"
#include "core/error.hpp"

namespace kith::daemon {

// Serves until SIGTERM or SIGINT, then lets running transfers finish (30 s; a second signal ends them). SIGHUP reads
// certificates anew. A new domain chosen in the browser is a stop and a start in this same process. Fails when it can't
// start.
[[nodiscard]] core::Expected<void> serve(const config::Config& config);

}  // namespace kith::daemon
