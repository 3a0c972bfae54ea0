#include "daemon/cli/doctor_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "core/random.hpp"
#include "daemon/doctor/doctor.hpp"

namespace kith::daemon {
namespace {

void print(const Checks& checks, std::ostream& out) {
  for (const auto& check : checks)
    out << fmt::format("{:<8} {:<12} {}\n", check_state_name(check.state), check.check, check.text);
  const auto count = [&](CheckState state) { return std::ranges::count(checks, state, &Check::state); };
  const auto errors = count(CheckState::error), warnings = count(CheckState::warning);
  if (errors + warnings == 0) {
    out << "Nothing is wrong.\n";
  } else {
    out << fmt::format("{} to repair, {} to look at.\n", errors, warnings);
  }
}

}  // namespace

bool run_doctor(const config::Config& config, bool json, std::ostream& out) {
  const core::SystemClock clock;
  core::SystemRandom random;
  const auto checks = examine_from_outside(config, clock, random);
  if (json) {
    auto all = core::Json::array();
    for (const auto& check : checks) all.push_back(check_json(check));
    out << core::to_json_text(all) << "\n";
  } else {
    print(checks, out);
  }
  return !any_error(checks);
}

}  // namespace kith::daemon
