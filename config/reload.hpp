#pragma once
// What a changed configuration means for a daemon that runs: which values it can take up, and which need a restart.
// Pure. A test holds the table against all keys there are.

#include <string>
#include <vector>

#include "config/config.hpp"

namespace kith::config {

// Names of keys ("limits.max_connections"), in the order of kith.example.yaml.
struct Changes {
  std::vector<std::string> taken_up;
  std::vector<std::string> need_restart;
};

// Puts what can be taken up into `running`, the configuration that holds; the rest of it stays. Only values count: a
// key that is written out with its default has not changed.
Changes take_up(Config& running, const Config& fresh);

// All keys of the table, for the test.
std::vector<std::string> reloadable_keys();
std::vector<std::string> restart_keys();

}  // namespace kith::config
