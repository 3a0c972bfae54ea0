#pragma once
// What lies in the folder of backups:
//
//   kith-backup                 says what the folder is; without it nothing is written into a folder that is not empty
//   content/                    files, as in a data folder (storage/file_blob_store.hpp), for all snapshots together
//   snapshots/<time>/           one backup: kith.db, master.key, and manifest.json, which says what both must be
//   unfinished/                 a snapshot in the making; it gets its name when all of it is on the disk
//   lock                        (flock) one command at a time
//
// Belongs to one thread at a time.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/crypto/sha256.hpp"
#include "core/error.hpp"
#include "core/time.hpp"

namespace kith::daemon {

// What a snapshot says of itself.
struct Manifest {
  core::Timestamp made_at{};
  std::string version;  // of kithd
  std::string domain;   // as configured
  core::Digest database{};
  std::optional<core::Digest> master_key;  // nothing: it is not in the backup
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t damaged = 0;  // files that were damaged or missing already
};

class BackupFolder {
 public:
  // To write into: makes the folder if it is not there. Fails for a folder with other things in it.
  [[nodiscard]] static core::Expected<BackupFolder> open_or_make(const std::filesystem::path& path);
  // To read from. Fails for what is no folder of backups.
  [[nodiscard]] static core::Expected<BackupFolder> open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path content() const { return path_ / "content"; }
  std::filesystem::path unfinished() const { return path_ / "unfinished"; }
  std::filesystem::path snapshot(const std::string& name) const { return path_ / "snapshots" / name; }
  // Names of whole snapshots, the oldest first.
  [[nodiscard]] core::Expected<std::vector<std::string>> snapshots() const;

  // Empties and makes unfinished().
  [[nodiscard]] core::Expected<void> begin_snapshot();
  // Writes the manifest, and gives the unfinished snapshot its name, which is the result.
  [[nodiscard]] core::Expected<std::string> finish_snapshot(const Manifest& manifest);
  [[nodiscard]] core::Expected<Manifest> manifest(const std::string& name) const;
  // Takes the name away first, so that nothing half removed looks whole.
  [[nodiscard]] core::Expected<void> remove_snapshot(const std::string& name);

 private:
  explicit BackupFolder(std::filesystem::path path) : path_(std::move(path)) {}
  [[nodiscard]] core::Expected<void> make_ready();
  [[nodiscard]] core::Expected<void> lock(bool alone);

  std::filesystem::path path_;
  std::shared_ptr<void> lock_;
};

// Of a file as it is.
[[nodiscard]] core::Expected<core::Digest> digest_of_file(const std::filesystem::path& file);
// A new file (0600) with the same bytes, on the disk when this answers. Its digest.
[[nodiscard]] core::Expected<core::Digest> copy_private_file(const std::filesystem::path& from,
                                                             const std::filesystem::path& to);
[[nodiscard]] core::Expected<void> sync_folder(const std::filesystem::path& folder);

}  // namespace kith::daemon
