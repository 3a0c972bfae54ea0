#pragma once
// `kithd doctor`: says what is wrong with this instance and what to do.

#include <iosfwd>

#include "config/config.hpp"

namespace kith::daemon {

// Writes a line for each check, or with `json` an array of them. True when nothing is an error.
bool run_doctor(const config::Config& config, bool json, std::ostream& out);

}  // namespace kith::daemon
