#include "daemon/cli/backup_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "storage/posix_file.hpp"

namespace kith::daemon {

namespace fs = std::filesystem;
using core::ErrorCode;
using core::Expected;
using core::fail;
using storage::Descriptor;
using storage::system_failure;

namespace {

constexpr const char* kMarker = "kith-backup";
constexpr const char* kMarkerText =
    "This folder holds backups of a kith instance. `kithd restore FOLDER --into DATA_FOLDER` brings one back;\n"
    "`kithd restore FOLDER --list` lists them. Snapshots have the master key: keep the folder private.\n";
constexpr int kFormat = 1;
constexpr std::size_t kMostManifestBytes = 64 * 1024;

Expected<void> make_private(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return system_failure(folder.string(), errno);
  return {};
}

Expected<void> write_new(const fs::path& path, const std::string& text) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return system_failure(path.string(), errno);
  if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return fail(ErrorCode::storage_full, path.string() + ": could not be written whole");
  if (::fsync(file.get()) != 0) return system_failure(path.string(), errno);
  return {};
}

Expected<void> remove_tree(const fs::path& path) {
  std::error_code failed;
  fs::remove_all(path, failed);
  if (failed) return system_failure(path.string(), failed.value());
  return {};
}

// As file names order like the times do: "20261121T191325123Z".
std::string snapshot_name(core::Timestamp time) {
  auto name = core::format_timestamp(time);
  std::erase_if(name, [](char c) { return c == '-' || c == ':' || c == '.'; });
  return name;
}

core::Json to_json(const Manifest& manifest) {
  core::Json json{{"format", kFormat},
                  {"made_at", core::format_timestamp(manifest.made_at)},
                  {"kithd", manifest.version},
                  {"domain", manifest.domain},
                  {"database", core::digest_text(manifest.database)},
                  {"files", manifest.files},
                  {"bytes", manifest.bytes},
                  {"damaged", manifest.damaged}};
  if (manifest.master_key) json["master_key"] = core::digest_text(*manifest.master_key);
  return json;
}

Expected<core::Digest> digest_field(const std::string& text) {
  const auto digest = core::parse_digest_text(text);
  if (!digest) return fail(ErrorCode::bad_request, "a digest is none");
  return *digest;
}

Expected<Manifest> from_json(const core::Json& json) {
  KITH_TRY_ASSIGN(format, core::required_integer(json, "format", 1, INT32_MAX));
  if (format != kFormat) return fail(ErrorCode::bad_request, "a newer kithd made it: restore with that one");
  Manifest manifest;
  KITH_TRY_ASSIGN(made_at, core::required_timestamp(json, "made_at"));
  KITH_TRY_ASSIGN(version, core::required_text(json, "kithd", 64));
  KITH_TRY_ASSIGN(domain, core::required_text(json, "domain", 512));
  KITH_TRY_ASSIGN(database, core::required_text(json, "database", 128));
  KITH_TRY_ASSIGN(key, core::optional_text(json, "master_key", 128));
  KITH_TRY_ASSIGN(files, core::required_integer(json, "files", 0, INT64_MAX));
  KITH_TRY_ASSIGN(bytes, core::required_integer(json, "bytes", 0, INT64_MAX));
  KITH_TRY_ASSIGN(damaged, core::required_integer(json, "damaged", 0, INT64_MAX));
  KITH_TRY_ASSIGN(database_digest, digest_field(database));
  manifest.made_at = made_at;
  manifest.version = version;
  manifest.domain = domain;
  manifest.database = database_digest;
  if (key) {
    KITH_TRY_ASSIGN(key_digest, digest_field(*key));
    manifest.master_key = key_digest;
  }
  manifest.files = static_cast<std::uint64_t>(files);
  manifest.bytes = static_cast<std::uint64_t>(bytes);
  manifest.damaged = static_cast<std::uint64_t>(damaged);
  return manifest;
}

}  // namespace

Expected<BackupFolder> BackupFolder::open_or_make(const fs::path& path) {
  BackupFolder folder(path);
  KITH_TRY(make_private(path));
  KITH_TRY(folder.make_ready());
  KITH_TRY(folder.lock(true));
  return folder;
}

Expected<void> BackupFolder::make_ready() {
  std::error_code failed;
  if (!fs::is_directory(path_, failed)) return fail(ErrorCode::bad_request, path_.string() + ": is no folder");
  if (!fs::exists(path_ / kMarker, failed)) {
    if (!fs::is_empty(path_, failed) || failed) {
      return fail(
          ErrorCode::bad_request,
          path_.string() + ": has other things in it. Name a folder of earlier backups, an empty one, or a new one");
    }
    KITH_TRY(write_new(path_ / kMarker, kMarkerText));
  }
  KITH_TRY(make_private(path_ / "content"));
  KITH_TRY(make_private(path_ / "snapshots"));
  return sync_folder(path_);
}

Expected<BackupFolder> BackupFolder::open(const fs::path& path) {
  BackupFolder folder(path);
  std::error_code failed;
  if (!fs::exists(path / kMarker, failed)) {
    return fail(ErrorCode::bad_request,
                path.string() + ": is no folder of backups (it would have a file " + kMarker + " in it)");
  }
  KITH_TRY(folder.lock(false));
  return folder;
}

Expected<void> BackupFolder::lock(bool alone) {
  const auto name = path_ / "lock";
  auto file = std::make_shared<Descriptor>(::open(name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!*file && !alone && (errno == EROFS || errno == EACCES)) return {};  // nobody can write there meanwhile
  if (!*file) return system_failure(name.string(), errno);
  if (::flock(file->get(), (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_failure(name.string(), errno);
    return fail(ErrorCode::conflict, path_.string() + ": another kithd backup or restore uses it; try again later");
  }
  lock_ = std::move(file);
  return {};
}

Expected<std::vector<std::string>> BackupFolder::snapshots() const {
  std::vector<std::string> names;
  std::error_code failed;
  for (auto entry = fs::directory_iterator(path_ / "snapshots", failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed)) {
    if (fs::exists(entry->path() / "manifest.json")) names.push_back(entry->path().filename().string());
  }
  if (failed) return system_failure((path_ / "snapshots").string(), failed.value());
  std::ranges::sort(names);
  return names;
}

Expected<void> BackupFolder::begin_snapshot() {
  KITH_TRY(remove_tree(unfinished()));
  return make_private(unfinished());
}

Expected<std::string> BackupFolder::finish_snapshot(const Manifest& manifest) {
  KITH_TRY(write_new(unfinished() / "manifest.json", to_json(manifest).dump(2) + "\n"));
  KITH_TRY(sync_folder(unfinished()));
  const auto name = snapshot_name(manifest.made_at);
  if (::rename(unfinished().c_str(), snapshot(name).c_str()) != 0)
    return system_failure(snapshot(name).string(), errno);
  KITH_TRY(sync_folder(path_ / "snapshots"));
  return name;
}

Expected<Manifest> BackupFolder::manifest(const std::string& name) const {
  const auto file = snapshot(name) / "manifest.json";
  std::string text(kMostManifestBytes, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  auto manifest = core::parse_json_object(text).and_then(from_json);
  if (!manifest) return fail(ErrorCode::bad_request, file.string() + ": " + manifest.error().detail);
  return manifest;
}

Expected<void> BackupFolder::remove_snapshot(const std::string& name) {
  KITH_TRY(remove_tree(unfinished()));
  if (::rename(snapshot(name).c_str(), unfinished().c_str()) != 0)
    return system_failure(snapshot(name).string(), errno);
  return remove_tree(unfinished());
}

}  // namespace kith::daemon
