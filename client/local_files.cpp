#include "client/local_files.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include "client/limits.hpp"
#include "client/safe_name.hpp"

namespace kith::client {
namespace {

namespace fs = std::filesystem;
using core::ErrorCode;
using core::Expected;

core::Unexpected unreadable(const std::string& path, const std::error_code& error) {
  const bool is_absent = error == std::errc::no_such_file_or_directory;
  return core::fail(is_absent ? ErrorCode::not_found : ErrorCode::internal,
                    "Can't read " + printable(path) + ": " + error.message());
}

Expected<std::vector<std::string>> files_in(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  fs::recursive_directory_iterator each(folder, error);
  for (; !error && each != fs::recursive_directory_iterator(); each.increment(error)) {
    if (each->symlink_status(error).type() != fs::file_type::regular) continue;
    found.push_back(each->path().string());
    if (found.size() > kMaxListed)
      return core::fail(ErrorCode::too_large, "There are more than " + std::to_string(kMaxListed) + " files in " +
                                                  printable(folder) + ". Send its folders one after the other.");
  }
  if (error) return unreadable(folder, error);
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

Expected<std::vector<LocalFile>> choose_local_files(const std::vector<std::string>& paths, bool recursive) {
  std::vector<LocalFile> files;
  for (const auto& path : paths) {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found)
      return unreadable(path, std::make_error_code(std::errc::no_such_file_or_directory));
    if (error) return unreadable(path, error);
    if (!fs::is_directory(status)) {
      files.push_back({path, fs::path(path).filename().string()});
      continue;
    }
    if (!recursive)
      return core::fail(ErrorCode::bad_request, printable(path) + " is a folder: --recursive sends the files in it.");
    KITH_TRY_ASSIGN(found, files_in(path));
    for (auto& each : found) {
      auto name = fs::path(each).filename().string();
      files.push_back({std::move(each), std::move(name)});
    }
  }
  std::map<std::string, std::string> path_of;
  for (const auto& file : files) {
    const auto [other, is_new] = path_of.emplace(file.name, file.path);
    if (!is_new && other->second != file.path)
      return core::fail(ErrorCode::conflict, printable(other->second) + " and " + printable(file.path) +
                                                 " would both be called " + printable(file.name) +
                                                 " there. Send one of them under another name with --name.");
  }
  return files;
}

}  // namespace kith::client
