#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>

#include "core/encoding.hpp"
#include "storage/key_vault.hpp"
#include "storage/posix_file.hpp"

namespace kith::storage {

namespace {

constexpr const char* kCredential = "kith-master-key";
constexpr const char* kKeyFile = "master.key";
// 64 hexadecimal digits and a newline; one byte more tells that there is too much.
constexpr std::size_t kLongest = 2 * MasterKey::kSize + 2;

// 64 hexadecimal digits with or without a newline, or the 32 bytes themselves.
std::optional<MasterKey> parse_key(std::string_view text) {
  if (text.size() == MasterKey::kSize) return MasterKey::from(core::as_bytes(text));
  if (text.ends_with('\n')) text.remove_suffix(1);
  auto bytes = core::from_hex(text);
  if (!bytes) return std::nullopt;
  auto key = MasterKey::from(*bytes);
  core::wipe(*bytes);
  return key;
}

Expected<MasterKey> read_key(int file, const std::string& path) {
  std::array<std::uint8_t, kLongest> buffer;
  std::size_t size = 0;
  while (size < buffer.size()) {
    const auto count = ::read(file, buffer.data() + size, buffer.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure(path, errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  auto key = parse_key(core::as_text(core::ByteView(buffer).first(size)));
  core::wipe(buffer);
  if (!key) {
    return core::fail(core::ErrorCode::internal,
                      path + ": not a master key (64 hexadecimal digits): restore it from your backup");
  }
  return std::move(*key);
}

Expected<void> check_private(int file, const std::string& path, uid_t folder_owner) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return system_failure(path, errno);
  if (!S_ISREG(status.st_mode)) return core::fail(core::ErrorCode::internal, path + ": must be a regular file");
  if ((status.st_mode & 077) != 0)
    return core::fail(core::ErrorCode::internal, path + ": others may read the master key; run: chmod 600 " + path);
  // Root acts for whoever the data belong to.
  const auto expected = ::geteuid() == 0 ? folder_owner : ::geteuid();
  if (status.st_uid != expected) {
    return core::fail(core::ErrorCode::internal, path + ": the master key belongs to user " +
                                                     std::to_string(status.st_uid) + "; run: chown " +
                                                     std::to_string(expected) + " " + path);
  }
  return {};
}

// The systemd credential, if this service was given one.
Expected<std::optional<MasterKey>> credential_key() {
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr || *folder == '\0') return std::nullopt;
  const auto path = (std::filesystem::path(folder) / kCredential).string();
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) return system_failure(path, errno);
  KITH_TRY_ASSIGN(key, read_key(file.get(), path));
  return std::optional<MasterKey>(std::move(key));
}

Expected<std::optional<MasterKey>> file_key(int folder, const std::string& path) {
  const Descriptor file(::openat(folder, kKeyFile, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) return system_failure(path, errno);
  struct stat status {};
  if (::fstat(folder, &status) != 0) return system_failure(path, errno);
  KITH_TRY(check_private(file.get(), path, status.st_uid));
  KITH_TRY_ASSIGN(key, read_key(file.get(), path));
  return std::optional<MasterKey>(std::move(key));
}

Expected<void> write_synced(int folder, int file, core::ByteView bytes) {
  KITH_TRY(give_to_owner_of(folder, file));
  while (!bytes.empty()) {
    const auto count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure("cannot write", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  if (::fsync(file) != 0) return system_failure("cannot sync", errno);
  return {};
}

// Writes a fresh key beside its place and links it there whole; a key another process made first stays.
Expected<void> make_file_key(int folder, core::Random& random) {
  const auto name = std::string(kKeyFile) + "." + std::to_string(::getpid()) + ".new";
  (void)::unlinkat(folder, name.c_str(), 0);
  const Descriptor file(::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return system_failure("cannot make a file", errno);
  MasterKey key;
  random.fill(key.writable());
  auto text = core::to_hex(key.view()) + "\n";
  auto made = write_synced(folder, file.get(), core::as_bytes(text));
  core::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  if (made && ::linkat(folder, name.c_str(), folder, kKeyFile, 0) != 0 && errno != EEXIST)
    made = system_failure("cannot put it in its place", errno);
  (void)::unlinkat(folder, name.c_str(), 0);
  if (made && ::fsync(folder) != 0) made = system_failure("cannot sync its folder", errno);
  return made;
}

}  // namespace

Expected<MasterKey> load_or_create_master_key(const std::filesystem::path& data_dir,
                                              const std::filesystem::path& database_file, core::Random& random) {
  KITH_TRY_ASSIGN(credential, credential_key());
  if (credential) return std::move(*credential);

  KITH_TRY_ASSIGN(folder, open_or_make_folder(data_dir));
  const auto path = (data_dir / kKeyFile).string();
  KITH_TRY_ASSIGN(found, file_key(folder.get(), path));
  if (found) return std::move(*found);

  std::error_code failed;
  if (std::filesystem::symlink_status(database_file, failed).type() != std::filesystem::file_type::not_found) {
    return core::fail(
        core::ErrorCode::internal,
        path + ": the master key of " + database_file.string() +
            " is missing. Restore this file (or the systemd credential " + kCredential +
            ") from your backup; without it the instance's keys cannot be opened, and no new one is made");
  }
  if (auto made = make_file_key(folder.get(), random); !made)
    return core::fail(made.error().code, path + ": " + made.error().detail);
  KITH_TRY_ASSIGN(fresh, file_key(folder.get(), path));
  if (!fresh) return core::fail(core::ErrorCode::internal, path + ": vanished while it was made");
  return std::move(*fresh);
}

}  // namespace kith::storage
