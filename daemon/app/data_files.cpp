#include "daemon/app/data_files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace kith::daemon {
namespace {

core::Unexpected cannot(const std::filesystem::path& path, const char* what, int error) {
  return core::fail(core::ErrorCode::internal, path.string() + ": " + what + ": " + std::strerror(error));
}

}  // namespace

core::Expected<void> DataFiles::make() const {
  std::error_code error;
  std::filesystem::create_directories(directory_.parent_path(), error);
  if (::mkdir(directory_.c_str(), 0700) != 0 && errno != EEXIST) return cannot(directory_, "cannot be made", errno);
  if (::access(directory_.c_str(), R_OK | W_OK | X_OK) != 0) {
    return cannot(directory_, "cannot be used (check who owns instance.data_dir)", errno);
  }
  return {};
}

core::Expected<void> DataFiles::prepare() const {
  KITH_TRY(make());
  std::error_code failed;
  if (std::filesystem::exists(unfinished_database(), failed)) {
    return core::fail(
        core::ErrorCode::conflict,
        directory_.string() + ": a backup is being restored here, or that broke off: run kithd restore again");
  }
  return {};
}

bool DataFiles::has_database() const {
  std::error_code failed;
  return std::filesystem::exists(database(), failed);
}

core::Expected<std::shared_ptr<void>> DataFiles::lock() const {
  const auto file = directory_ / "lock";
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return cannot(file, "cannot be opened", errno);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor);
    return core::fail(core::ErrorCode::conflict, directory_.string() + " is in use by another kithd");
  }
  return std::shared_ptr<void>(nullptr, [descriptor](void*) { ::close(descriptor); });
}

}  // namespace kith::daemon
