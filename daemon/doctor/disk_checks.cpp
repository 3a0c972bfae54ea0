#include "daemon/doctor/disk_checks.hpp"

#include <algorithm>

namespace kith::daemon {
namespace {

constexpr std::uint64_t kFewInodes = 10'000;

std::string gigabytes(std::uint64_t bytes) {
  const auto tenths = bytes / 100'000'000;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GB";
}

Check disk(CheckState state, std::string code, const DiskFacts& facts, std::string text) {
  return {"disk",
          state,
          std::move(code),
          {{"path", facts.path},
           {"free_bytes", std::to_string(facts.free_bytes)},
           {"total_bytes", std::to_string(facts.total_bytes)},
           {"keep_free_bytes", std::to_string(facts.keep_free_bytes)},
           {"file_system", facts.network}},
          std::move(text)};
}

Check permissions(CheckState state, std::string code, const FileFacts& file, std::string text) {
  return {"permissions", state, std::move(code), {{"path", file.path}}, std::move(text)};
}

std::string mend(const FileFacts& file) {
  return (file.folder ? "chmod 700 " : "chmod 600 ") + file.path;
}

// Nothing: it is as it should be.
std::optional<Check> open_to_others(const FileFacts& file) {
  const bool group = (file.mode & 070) != 0, others = (file.mode & 07) != 0;
  if (!group && !others) return std::nullopt;
  if (file.folder) {
    return permissions(
        others ? CheckState::error : CheckState::warning, "folder_open", file,
        "Other users of this machine may look into " + file.path + ", where everybody's files are. Run: " + mend(file));
  }
  return permissions(file.secret || others ? CheckState::error : CheckState::warning, "file_open", file,
                     "Other users of this machine may read " + file.path + ". Run: " + mend(file));
}

std::optional<Check> not_ours(const FileFacts& file, uid_t expected) {
  if (file.owner == expected) return std::nullopt;
  return permissions(CheckState::error, "other_owner", file,
                     file.path + " belongs to user number " + std::to_string(file.owner) + ", the data to " +
                         std::to_string(expected) + ". Run: chown " + std::to_string(expected) + " " + file.path);
}

}  // namespace

Check check_disk(const std::optional<DiskFacts>& facts) {
  if (!facts) {
    return {
        "disk",
        CheckState::error,
        "not_readable",
        {},
        "The file system of the data folder does not tell its size. Is instance.data_dir there, and its disk mounted?"};
  }
  const auto& path = facts->path;
  if (facts->read_only)
    return disk(CheckState::error, "read_only", *facts,
                path +
                    " is on a file system that is mounted read-only, which happens when a disk fails. Look at dmesg, "
                    "save what you can, then repair or replace the disk.");
  if (facts->free_bytes <= facts->keep_free_bytes)
    return disk(CheckState::error, "full", *facts,
                "Uploads are refused: " + gigabytes(facts->free_bytes) + " are free, and storage.keep_free keeps " +
                    gigabytes(facts->keep_free_bytes) + ". Make room, or let storage.keep_free be less.");
  if (facts->inodes > 0 && facts->free_inodes < kFewInodes)
    return disk(CheckState::error, "no_inodes", *facts,
                "The file system has room for " + std::to_string(facts->free_inodes) +
                    " more files only, whatever their size (df -i). Delete small files that are not needed.");
  if (!facts->network.empty())
    return disk(CheckState::warning, "network", *facts,
                path + " is on a network file system (" + facts->network +
                    "), where databases get damaged. Keep the data folder on a disk of this machine.");
  const auto margin = std::max<std::uint64_t>(facts->keep_free_bytes, facts->total_bytes / 20);
  if (facts->free_bytes - facts->keep_free_bytes < margin)
    return disk(CheckState::warning, "nearly_full", *facts,
                "Only " + gigabytes(facts->free_bytes - facts->keep_free_bytes) +
                    " can still be stored. Make room or add a disk soon.");
  return disk(CheckState::ok, "ok", *facts,
              gigabytes(facts->free_bytes) + " of " + gigabytes(facts->total_bytes) + " are free.");
}

Check check_permissions(const PermissionFacts& facts) {
  if (facts.files.empty() || !facts.files.front().found)
    return {"permissions", CheckState::ok, "ok", {}, "There is no data folder yet; the first start makes it."};
  const auto& folder = facts.files.front();
  const bool root = facts.user == 0;
  for (const auto& file : facts.files) {
    if (file.found && !file.readable) {
      return permissions(CheckState::error, "not_readable", file,
                         "User number " + std::to_string(facts.user) + " may not read " + file.path +
                             ". Run this as the user the daemon runs as, or give the file to that user.");
    }
  }
  for (const auto& file : facts.files) {
    if (!file.found) continue;
    if (auto found = open_to_others(file)) return *found;
    if (auto found = not_ours(file, root ? folder.owner : facts.user)) return *found;
  }
  return permissions(CheckState::ok, "ok", folder, "Only the daemon's own user may read the data.");
}

}  // namespace kith::daemon
