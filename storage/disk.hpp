#pragma once
// The few system calls that fail when a disk does, apart so that a test can let them fail. Thread-safe; answers and
// errno are those of the calls.

#include <sys/types.h>

#include <cstdint>

#include "core/bytes.hpp"

namespace kith::storage {

class Disk {
 public:
  virtual ~Disk() = default;
  virtual ssize_t write(int file, core::ByteView bytes);
  // fsync; of files and folders.
  virtual int sync(int file);
  // Starts writing a range to the disk without waiting for it. A hint.
  virtual void start_writeback(int file, std::uint64_t offset, std::uint64_t length);
  // Bytes an ordinary user may still write to the file system of `folder`; 0 when it doesn't tell.
  virtual std::uint64_t available(int folder);
};

}  // namespace kith::storage
