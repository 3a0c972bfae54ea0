#pragma once
// `kithd import FOLDER --user USER`: takes the files of a folder in as if the user had uploaded them, also while the
// daemon runs. What the user has already (by content) is passed over, so it can be run again, after a break or when
// there are more files. The folder stays as it is.

#include <filesystem>
#include <iosfwd>
#include <string>

#include "config/config.hpp"
#include "core/error.hpp"
#include "daemon/cli/exit_status.hpp"

namespace kith::daemon {

struct ImportCommand {
  std::filesystem::path folder;
  std::string user;      // e-mail address or handle
  bool dry_run = false;  // only say what would be done
  bool albums = false;   // one for each folder
};

[[nodiscard]] core::Expected<ExitStatus> run_import(const config::Config& config, const ImportCommand& command,
                                                    std::ostream& out, std::ostream& progress, bool shown);

}  // namespace kith::daemon
