#pragma once
// What the HTTP server is started with, as the configuration says.

#include "config/config.hpp"
#include "core/log.hpp"
#include "daemon/app/passed_sockets.hpp"
#include "daemon/http/server.hpp"

namespace kith::daemon {

// Both listeners (on `sockets`, where valid), limits, and who is believed what. Finished requests are told to `log`.
HttpOptions http_options(const config::Config& config, const core::Logger& log, const PassedSockets& sockets);

// What links to the page begin with.
std::string web_url(const config::Config& config);

}  // namespace kith::daemon
