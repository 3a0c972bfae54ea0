#pragma once
// Which files of this computer a command line means, and what each is called on the server. One thread.

#include <string>
#include <vector>

#include "core/error.hpp"

namespace kith::client {

struct LocalFile {
  std::string path;
  std::string name;  // on the server, which knows no folders
};

// `paths`, and with `recursive` the files in those that are folders, by name; links in folders are not followed.
// not_found or bad_request for what can't be sent; conflict when two files would have the same name there.
[[nodiscard]] core::Expected<std::vector<LocalFile>> choose_local_files(const std::vector<std::string>& paths,
                                                                        bool recursive);

}  // namespace kith::client
