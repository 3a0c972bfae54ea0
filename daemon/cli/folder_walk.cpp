#include "daemon/cli/folder_walk.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

namespace kith::daemon {

using core::Expected;
using storage::Descriptor;

namespace {

constexpr int kDeepest = 100;  // folders in folders, each held open

std::string why(int error) {
  return std::generic_category().message(error);
}

class Walk {
 public:
  explicit Walk(FolderVisitor& visitor) : visitor_(visitor) {}

  Expected<void> folder(Descriptor opened, const std::string& path, int depth) {
    if (depth > kDeepest) return visitor_.unreadable(path, "more than 100 folders deep");
    std::vector<std::string> names;
    const auto read = storage::for_each_name(opened.get(), [&](const std::string& name) {
      names.push_back(name);
      return Expected<void>();
    });
    if (!read) return visitor_.unreadable(path, read.error().detail);
    std::ranges::sort(names);
    KITH_TRY(visitor_.enter(path));
    std::vector<std::string> folders;
    for (const auto& name : names)
      KITH_TRY(entry(opened.get(), name, path.empty() ? name : path + "/" + name, folders));
    KITH_TRY(visitor_.leave());
    for (const auto& name : folders) {
      const auto inside = path.empty() ? name : path + "/" + name;
      Descriptor next(::openat(opened.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      KITH_TRY(next ? folder(std::move(next), inside, depth + 1) : visitor_.unreadable(inside, why(errno)));
    }
    return {};
  }

 private:
  Expected<void> entry(int folder, const std::string& name, const std::string& path,
                       std::vector<std::string>& folders) {
    if (name.starts_with('.')) return visitor_.passed_over(path, "hidden");
    struct stat status {};
    if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
      return visitor_.unreadable(path, why(errno));
    if (S_ISDIR(status.st_mode)) return folders.push_back(name), Expected<void>();
    if (S_ISLNK(status.st_mode)) return visitor_.passed_over(path, "a link");
    if (!S_ISREG(status.st_mode)) return visitor_.passed_over(path, "no ordinary file");
    return visitor_.file({folder, name, path, static_cast<std::uint64_t>(status.st_size)});
  }

  FolderVisitor& visitor_;
};

}  // namespace

Expected<void> walk_folder(const std::filesystem::path& folder, FolderVisitor& visitor) {
  Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened) return core::fail(core::ErrorCode::not_found, folder.string() + ": " + why(errno));
  return Walk(visitor).folder(std::move(opened), "", 0);
}

}  // namespace kith::daemon
