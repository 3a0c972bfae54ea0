#pragma once
// The commands that look after what an instance has: backup, restore, verify, import. See their headers.

#include "daemon/cli/backup.hpp"
#include "daemon/cli/import.hpp"
#include "daemon/cli/restore.hpp"
#include "daemon/cli/verify.hpp"

namespace CLI {
class App;
}

namespace kith::daemon {

struct UpkeepCommand {
  enum class Kind { none, backup, restore, verify, import_folder } kind = Kind::none;
  BackupCommand backup;
  RestoreCommand restore;
  VerifyCommand verify;
  ImportCommand importing;
};

// Adds them to `app`; parsing fills `command` (borrowed).
void describe_upkeep_commands(CLI::App& app, UpkeepCommand& command);
// Runs what was asked for, with progress on a terminal.
[[nodiscard]] core::Expected<ExitStatus> run_upkeep_command(const config::Config& config, const UpkeepCommand& command);

}  // namespace kith::daemon
