#pragma once
// `kithd backup FOLDER`: a consistent copy of all an instance has, while its daemon runs.
//
// First the content is held, so that no process removes any; then the database is copied; then every content the copy
// names. So what the copy names is there, whatever is deleted meanwhile. Content never changes: what an earlier backup
// brought is not copied again. A backup that breaks off leaves content behind, which the next one finds, and no
// snapshot.

#include <filesystem>
#include <iosfwd>

#include "config/config.hpp"
#include "core/error.hpp"
#include "daemon/cli/exit_status.hpp"

namespace kith::daemon {

struct BackupCommand {
  std::filesystem::path folder;
  int keep = 0;  // snapshots, this one included; 0 for all
  bool without_master_key = false;
};

// What there is to say goes to `out`, how far it has come to `progress` if `shown`.
[[nodiscard]] core::Expected<ExitStatus> run_backup(const config::Config& config, const BackupCommand& command,
                                                    std::ostream& out, std::ostream& progress, bool shown);

}  // namespace kith::daemon
