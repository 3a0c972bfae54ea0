#pragma once
// `kithd verify`: reads every content the database names and compares it with its digest, also while the daemon runs.
// Content without block sums gets them. What it found is kept for admins (storage/operations.hpp).

#include <filesystem>
#include <iosfwd>

#include "config/config.hpp"
#include "core/error.hpp"
#include "daemon/cli/exit_status.hpp"

namespace kith::daemon {

struct VerifyCommand {
  bool quick = false;                 // only whether it is there and has the right size
  int jobs = 2;                       // files read at once
  std::filesystem::path repair_from;  // a folder of backups; empty: nothing is changed
};

[[nodiscard]] core::Expected<ExitStatus> run_verify(const config::Config& config, const VerifyCommand& command,
                                                    std::ostream& out, std::ostream& progress, bool shown);

}  // namespace kith::daemon
