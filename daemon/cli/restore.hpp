#pragma once
// `kithd restore FOLDER`: brings back what `kithd backup` kept, into an empty data folder.
//
// The database comes first, under another name (DataFiles::unfinished_database), then all content, each proven by its
// digest; then the database gets its name, which makes it an instance. A restore that broke off goes on when it is run
// again; no daemon starts there meanwhile.

#include <filesystem>
#include <iosfwd>
#include <string>

#include "config/config.hpp"
#include "core/error.hpp"
#include "daemon/cli/exit_status.hpp"

namespace kith::daemon {

struct RestoreCommand {
  std::filesystem::path folder;
  std::filesystem::path into;  // empty: the configured data folder
  std::string snapshot;        // empty: the newest
  bool list = false;           // nothing but the snapshots
};

[[nodiscard]] core::Expected<ExitStatus> run_restore(const config::Config& config, const RestoreCommand& command,
                                                     std::ostream& out, std::ostream& progress, bool shown);

}  // namespace kith::daemon
