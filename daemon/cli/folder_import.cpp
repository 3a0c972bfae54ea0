#include "daemon/cli/folder_import.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <ostream>

#include "daemon/cli/content_names.hpp"

namespace kith::daemon {

using core::ErrorCode;
using core::Expected;
using storage::Descriptor;

namespace {

constexpr std::size_t kPiece = 512 * 1024;

Expected<void> read_all(int file, const std::function<Expected<void>(core::ByteView)>& each) {
  core::Bytes buffer(kPiece);
  for (std::uint64_t at = 0;;) {
    const auto count = ::pread(file, buffer.data(), buffer.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return storage::system_failure("cannot be read", errno);
    if (count == 0) return {};
    at += static_cast<std::uint64_t>(count);
    KITH_TRY(each(core::ByteView(buffer).first(static_cast<std::size_t>(count))));
  }
}

// Whether there is no point in going on with other files.
bool ends_all(const core::Error& error) {
  switch (error.code) {
    case ErrorCode::quota_exceeded:
    case ErrorCode::storage_full:
    case ErrorCode::storage_failed:
    case ErrorCode::forbidden:
    case ErrorCode::not_found:  // the account
    case ErrorCode::busy:
      return true;
    default:
      return false;
  }
}

}  // namespace

Expected<void> FolderSize::file(const FoundFile& found) {
  bytes += found.size;
  return {};
}

Expected<void> FolderImport::enter(const std::string& path) {
  if (!parts_.with_albums || parts_.dry_run) return {};
  albums_.begin(fit_name(path.empty() ? parts_.top : path.substr(path.rfind('/') + 1)));
  return {};
}

Expected<void> FolderImport::leave() {
  if (const auto kept = albums_.end(); !kept) {
    parts_.progress.make_way();
    parts_.out << "not in an album: " << kept.error().detail << "\n";
    ++counts_.failed;
  }
  return {};
}

Expected<void> FolderImport::passed_over(const std::string& path, const std::string& why) {
  ++counts_.passed;
  parts_.progress.make_way();
  parts_.out << "passed over, " << why << ": " << printable(path) << "\n";
  return {};
}

Expected<void> FolderImport::unreadable(const std::string& path, const std::string& why) {
  ++counts_.failed;
  parts_.progress.make_way();
  parts_.out << "not taken, " << printable(why) << ": " << printable(path.empty() ? parts_.top : path) << "\n";
  return {};
}

Expected<void> FolderImport::file(const FoundFile& found) {
  const auto done = take(found);
  if (done || ends_all(done.error())) return done;
  return unreadable(found.path, done.error().detail);
}

Expected<void> FolderImport::take(const FoundFile& found) {
  // It may be another by now.
  const Descriptor file(::openat(found.folder, found.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return unreadable(found.path, std::generic_category().message(errno));
  if (!S_ISREG(status.st_mode)) return passed_over(found.path, "no ordinary file");
  core::Sha256 hash;
  auto read = read_all(file.get(), [&](core::ByteView part) {
    hash.update(part);
    parts_.progress.add(part.size());
    return Expected<void>();
  });
  if (!read) return unreadable(found.path, read.error().detail);
  KITH_TRY_ASSIGN(there, parts_.assets.catalogue().find_by_content(parts_.owner, hash.finish()));
  if (there) {
    ++counts_.there;
    return parts_.dry_run ? Expected<void>() : albums_.add(there->id);
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (!parts_.dry_run) {
    KITH_TRY_ASSIGN(asset, upload(file.get(), found, size));
    KITH_TRY(albums_.add(asset.id));
  }
  ++counts_.taken;
  counts_.bytes += size;
  return {};
}

Expected<assets::Asset> FolderImport::upload(int file, const FoundFile& found, std::uint64_t size) {
  KITH_TRY_ASSIGN(upload, parts_.assets.uploads().begin_beside(parts_.owner, fit_name(found.name), size));
  KITH_TRY(read_all(file, [&](core::ByteView part) { return upload->write(part); }));
  return upload->commit();
}

}  // namespace kith::daemon
