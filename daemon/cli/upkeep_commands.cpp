#include "daemon/cli/upkeep_commands.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

namespace kith::daemon {

namespace {

constexpr int kMostSnapshots = 1000;
constexpr int kMostJobs = 64;
constexpr const char* kExitStatus =
    "Exit status: 0 done, 1 it failed, 2 the command line makes no sense, 4 done, and "
    "damaged or missing files were found (they are listed).";

CLI::App* add(CLI::App& app, UpkeepCommand& command, const char* name, const char* text, UpkeepCommand::Kind kind) {
  auto* added = app.add_subcommand(name, text);
  added->fallthrough();
  added->footer(kExitStatus);
  added->callback([&command, kind] { command.kind = kind; });
  return added;
}

void describe_backup(CLI::App& app, UpkeepCommand& command) {
  auto* backup = add(app, command, "backup",
                     "Copy all there is into a folder, also while the daemon runs; again into the same folder copies "
                     "only what is new",
                     UpkeepCommand::Kind::backup);
  backup->add_option("FOLDER", command.backup.folder, "Folder of backups: a new or empty one, or that of earlier ones")
      ->required();
  backup
      ->add_option("--keep", command.backup.keep,
                   "Remove older backups in the folder but this many, the new one "
                   "included (default: keep all)")
      ->check(CLI::Range(1, kMostSnapshots));
  backup->add_flag("--without-master-key", command.backup.without_master_key,
                   "Leave the master key out: the backup is of no use without it, so keep it elsewhere");
}

void describe_restore(CLI::App& app, UpkeepCommand& command) {
  auto* restore =
      add(app, command, "restore", "Bring a backup back into an empty data folder", UpkeepCommand::Kind::restore);
  restore->add_option("FOLDER", command.restore.folder, "Folder of backups")->required();
  restore->add_option("--into", command.restore.into, "Data folder (default: instance.data_dir)");
  restore->add_option("--snapshot", command.restore.snapshot, "Which backup (default: the newest)");
  restore->add_flag("--list", command.restore.list, "List the backups in the folder and end");
}

void describe_verify(CLI::App& app, UpkeepCommand& command) {
  auto* verify = add(app, command, "verify", "Compare every file with its digest, also while the daemon runs",
                     UpkeepCommand::Kind::verify);
  verify->add_flag("--quick", command.verify.quick, "Only whether each is there and has its size: reads none");
  verify->add_option("--jobs", command.verify.jobs, "Files read at once")
      ->check(CLI::Range(1, kMostJobs))
      ->capture_default_str();
  verify->add_option("--repair-from", command.verify.repair_from,
                     "Bring damaged and missing files back from this folder of backups");
}

void describe_import(CLI::App& app, UpkeepCommand& command) {
  auto* importing = add(app, command, "import",
                        "Take the files of a folder in, also while the daemon runs; again takes only what is new",
                        UpkeepCommand::Kind::import_folder);
  importing->add_option("FOLDER", command.importing.folder, "Folder with files and folders; it stays as it is")
      ->required();
  importing->add_option("--user", command.importing.user, "Whose they will be: e-mail address or handle")->required();
  importing->add_flag("--album", command.importing.albums, "Make an album of each folder, called like it");
  importing->add_flag("--dry-run", command.importing.dry_run, "Only say what would be done");
}

}  // namespace

void describe_upkeep_commands(CLI::App& app, UpkeepCommand& command) {
  describe_backup(app, command);
  describe_restore(app, command);
  describe_verify(app, command);
  describe_import(app, command);
}

core::Expected<ExitStatus> run_upkeep_command(const config::Config& config, const UpkeepCommand& command) {
  const bool shown = ::isatty(STDERR_FILENO) == 1;
  switch (command.kind) {
    case UpkeepCommand::Kind::backup:
      return run_backup(config, command.backup, std::cout, std::cerr, shown);
    case UpkeepCommand::Kind::restore:
      return run_restore(config, command.restore, std::cout, std::cerr, shown);
    case UpkeepCommand::Kind::verify:
      return run_verify(config, command.verify, std::cout, std::cerr, shown);
    case UpkeepCommand::Kind::import_folder:
      return run_import(config, command.importing, std::cout, std::cerr, shown);
    case UpkeepCommand::Kind::none:
      break;
  }
  return core::fail(core::ErrorCode::internal);
}

}  // namespace kith::daemon
