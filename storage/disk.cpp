#include "storage/disk.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace kith::storage {

ssize_t Disk::write(int file, core::ByteView bytes) {
  return ::write(file, bytes.data(), bytes.size());
}

int Disk::sync(int file) {
  return ::fsync(file);
}

void Disk::start_writeback(int file, std::uint64_t offset, std::uint64_t length) {
  (void)::sync_file_range(file, static_cast<off64_t>(offset), static_cast<off64_t>(length), SYNC_FILE_RANGE_WRITE);
}

std::uint64_t Disk::available(int folder) {
  struct statvfs status {};
  if (::fstatvfs(folder, &status) != 0) return 0;
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

}  // namespace kith::storage
