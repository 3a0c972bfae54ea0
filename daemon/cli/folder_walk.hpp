#pragma once
// All files in a folder and the folders in it, as they are found. Links are not followed, hidden ones are passed over;
// whatever names and kinds of files there are, it ends.

#include <filesystem>
#include <functional>
#include <string>

#include "core/error.hpp"
#include "storage/posix_file.hpp"

namespace kith::daemon {

struct FoundFile {
  int folder;        // open; for openat
  std::string name;  // in it
  std::string path;  // below the folder walked
  std::uint64_t size;
};

// What the walk meets. Each may fail, which ends the walk.
class FolderVisitor {
 public:
  virtual ~FolderVisitor() = default;
  virtual core::Expected<void> file(const FoundFile& found) = 0;
  // `path` is empty for the folder walked itself. All of a folder's own files are told before those of folders in it.
  virtual core::Expected<void> enter(const std::string& path) = 0;
  virtual core::Expected<void> leave() = 0;  // no more files come of the folder entered last
  // What is not taken, and why: "a link", "hidden" …
  virtual core::Expected<void> passed_over(const std::string& path, const std::string& why) = 0;
  // What can't be read.
  virtual core::Expected<void> unreadable(const std::string& path, const std::string& why) = 0;
};

[[nodiscard]] core::Expected<void> walk_folder(const std::filesystem::path& folder, FolderVisitor& visitor);

}  // namespace kith::daemon
