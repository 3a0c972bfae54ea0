#include "storage/posix_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace kith::storage {

bool is_about_space(int system_error) {
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

bool is_of_the_disk(int system_error) {
  return system_error == EIO || system_error == EROFS || system_error == ENODEV || system_error == ENXIO;
}

core::Unexpected system_failure(std::string_view what, int system_error) {
  const auto code = is_about_space(system_error)   ? core::ErrorCode::storage_full
                    : is_of_the_disk(system_error) ? core::ErrorCode::storage_failed
                                                   : core::ErrorCode::internal;
  return core::fail(code, std::string(what) + ": " + std::generic_category().message(system_error));
}

core::Expected<Descriptor> open_or_make_folder(int parent, const std::string& name) {
  const bool made = ::mkdirat(parent, name.c_str(), 0700) == 0;
  if (!made && errno != EEXIST) return system_failure(name + ": cannot make the folder", errno);
  Descriptor folder(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder) {
    return system_failure(name + (errno == ENOTDIR || errno == ELOOP ? ": must be a folder, not a link or a file" : ""),
                          errno);
  }
  if (made) {
    KITH_TRY(give_to_owner_of(parent, folder.get()));
    Descriptor again(::openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!again || ::fsync(again.get()) != 0) return system_failure(name + ": cannot sync the folder", errno);
  }
  return folder;
}

core::Expected<Descriptor> open_or_make_folder(const std::filesystem::path& path) {
  const auto clean = std::filesystem::absolute(path).lexically_normal();
  const auto with_name = clean.has_filename() ? clean : clean.parent_path();
  Descriptor parent(::open(with_name.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent) return system_failure(with_name.parent_path().string(), errno);
  return open_or_make_folder(parent.get(), with_name.filename().string());
}

core::Expected<void> for_each_name(int folder, const std::function<core::Expected<void>(const std::string&)>& each) {
  Descriptor again(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!again) return system_failure("cannot read a folder", errno);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(again.get()), &::closedir);
  if (!stream) return system_failure("cannot read a folder", errno);
  (void)again.release();  // the stream closes it
  for (errno = 0; const dirent* entry = ::readdir(stream.get()); errno = 0) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") KITH_TRY(each(name));
  }
  if (errno != 0) return system_failure("cannot read a folder", errno);
  return {};
}

core::Expected<void> give_to_owner_of(int folder, int file) {
  if (::geteuid() != 0) return {};
  struct stat status {};
  if (::fstat(folder, &status) != 0 || ::fchown(file, status.st_uid, status.st_gid) != 0)
    return system_failure("cannot hand a new file to the owner of its folder", errno);
  return {};
}

}  // namespace kith::storage
