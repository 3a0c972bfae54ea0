#pragma once
// What can be wrong with the disk and with who may read what. Facts in, verdict out: pure.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/doctor/check.hpp"

namespace kith::daemon {

struct DiskFacts {
  std::string path;  // the data folder
  std::uint64_t total_bytes = 0;
  std::uint64_t free_bytes = 0;  // for an ordinary user
  std::uint64_t keep_free_bytes = 0;
  std::uint64_t inodes = 0;  // 0 where the file system counts none
  std::uint64_t free_inodes = 0;
  bool read_only = false;
  std::string network;  // "NFS", "SMB": the file system is another machine's; else empty
};
// Nothing: the file system told nothing of itself.
Check check_disk(const std::optional<DiskFacts>& facts);

// What a file or folder is like that must be private.
struct FileFacts {
  std::string path;
  bool folder = false;
  bool found = false;
  bool readable = true;  // by who asks
  mode_t mode = 0;
  uid_t owner = 0;
  bool secret = false;  // holds a key or a password
};
struct PermissionFacts {
  uid_t user = 0;                // who asks
  std::vector<FileFacts> files;  // the data folder first
};
// What is not there is somebody else's affair.
Check check_permissions(const PermissionFacts& facts);

}  // namespace kith::daemon
