#pragma once
// One thing that was looked at, and what to say about it: for `kithd doctor` and the page's health screen. Plain
// values.

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace kith::daemon {

enum class CheckState : std::uint8_t { ok, warning, error, unknown };
std::string_view check_state_name(CheckState state);

using CheckValues = std::map<std::string, std::string>;

struct Check {
  std::string check;  // what was looked at: "disk"
  CheckState state = CheckState::ok;
  std::string code = "ok";  // what was found, stable snake_case; the page has words of its own for it
  CheckValues values = {};  // what the text speaks of
  std::string text;         // for people: what it is, and what to do
};
using Checks = std::vector<Check>;

bool any_error(const Checks& checks);
nlohmann::json check_json(const Check& check);

}  // namespace kith::daemon
