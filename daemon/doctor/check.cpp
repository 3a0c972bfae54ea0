#include "daemon/doctor/check.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace kith::daemon {

std::string_view check_state_name(CheckState state) {
  switch (state) {
    case CheckState::ok:
      return "ok";
    case CheckState::warning:
      return "warning";
    case CheckState::error:
      return "error";
    case CheckState::unknown:
      return "unknown";
  }
  return "unknown";
}

bool any_error(const Checks& checks) {
  return std::ranges::any_of(checks, [](const Check& check) { return check.state == CheckState::error; });
}

nlohmann::json check_json(const Check& check) {
  return {{"check", check.check},
          {"state", check_state_name(check.state)},
          {"code", check.code},
          {"values", check.values},
          {"text", check.text}};
}

}  // namespace kith::daemon
