#pragma once
// All checks, in the order people read them: from outside for `kithd doctor`, with the daemon running or not, and from
// inside the running daemon for its health screen. Nothing is changed. What could take long is bounded, so that all of
// it takes some seconds, half a minute at most.

#include <functional>
#include <optional>
#include <string>

#include "config/config.hpp"
#include "core/clock.hpp"
#include "core/random.hpp"
#include "daemon/doctor/check.hpp"
#include "storage/database.hpp"

namespace kith::daemon {

class DamagedContent;  // daemon/app/storage_use.hpp

// `config` as the file has it; what an admin chose in the browser is put in.
Checks examine_from_outside(config::Config config, const core::Clock& clock, core::Random& random);

// The running daemon asks.
struct RunningDaemon {
  const config::Config& config;
  storage::Database& database;
  const core::Clock& clock;
  std::optional<core::Timestamp> last_contact;  // when another instance got through
  std::uint64_t keep_free = 0;                  // bytes, as they hold by now
  const DamagedContent* damaged = nullptr;      // what was noticed
  std::optional<std::string> not_trusted;       // see ProxyFacts
};
Checks examine_from_inside(const RunningDaemon& daemon);

}  // namespace kith::daemon
