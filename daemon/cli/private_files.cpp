// Single files of a backup: copied, digested, synced.
#include <fcntl.h>

#include <array>
#include <cerrno>
#include <functional>

#include "core/secret.hpp"
#include "daemon/cli/backup_folder.hpp"
#include "storage/posix_file.hpp"

namespace kith::daemon {

using core::Expected;
using storage::Descriptor;
using storage::system_failure;

namespace {

Expected<core::Digest> read_through(const std::filesystem::path& path,
                                    const std::function<Expected<void>(core::ByteView)>& each) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) return system_failure(path.string(), errno);
  core::Sha256 hash;
  std::array<std::uint8_t, 64 * 1024> buffer;
  for (;;) {
    const auto count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure(path.string(), errno);
    if (count == 0) break;
    const auto part = core::ByteView(buffer).first(static_cast<std::size_t>(count));
    hash.update(part);
    KITH_TRY(each(part));
  }
  core::wipe(buffer);  // it may have been a key
  return hash.finish();
}

Expected<void> write_all(int file, core::ByteView bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const auto count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure(path.string(), errno);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace

Expected<core::Digest> digest_of_file(const std::filesystem::path& file) {
  return read_through(file, [](core::ByteView) { return Expected<void>(); });
}

Expected<core::Digest> copy_private_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  const Descriptor file(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return system_failure(to.string(), errno);
  KITH_TRY_ASSIGN(digest, read_through(from, [&](core::ByteView part) { return write_all(file.get(), part, to); }));
  if (::fsync(file.get()) != 0) return system_failure(to.string(), errno);
  return digest;
}

Expected<void> sync_folder(const std::filesystem::path& folder) {
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || ::fsync(opened.get()) != 0) return system_failure(folder.string(), errno);
  return {};
}

}  // namespace kith::daemon
