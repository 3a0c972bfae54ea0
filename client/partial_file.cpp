#include "client/partial_file.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "client/safe_name.hpp"
#include "core/encoding.hpp"

namespace kith::client {

using core::ErrorCode;
using core::Expected;

namespace {

constexpr int kMostNames = 10'000;

core::Unexpected failed(const std::string& what, int error) {
  if (error == ENOSPC || error == EDQUOT)
    return core::fail(ErrorCode::storage_full,
                      "The disk is full. Make room and run the same command again: it goes on.");
  return core::fail(ErrorCode::internal, what + ": " + std::strerror(error));
}

}  // namespace

Expected<std::unique_ptr<PartialFile>> PartialFile::open(const std::string& folder, const core::Digest& digest) {
  return open_marked(folder, core::to_hex(digest.view()).substr(0, 32));
}

Expected<std::unique_ptr<PartialFile>> PartialFile::open_marked(const std::string& folder, const std::string& mark) {
  const int folder_fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_fd < 0) return failed("Can't save into " + printable(folder), errno);
  auto name = ".kith-" + mark + ".part";
  const int file =
      ::openat(folder_fd, name.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
  const int error = errno;
  std::unique_ptr<PartialFile> partial(new PartialFile(folder_fd, file, std::move(name), 0));
  if (file < 0) return failed("Can't save into " + printable(folder), error);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0)
    return core::fail(ErrorCode::locked, "Another kith is receiving this file here right now.");
  struct stat status {};
  // A link to it from elsewhere, or another's file, is not to be written into.
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_nlink != 1 || status.st_uid != ::geteuid())
    return core::fail(ErrorCode::internal,
                      "In " + printable(folder) + " lies a " + partial->name_ + " that kith did not make. Remove it.");
  partial->is_ours_ = true;
  partial->size_ = static_cast<std::uint64_t>(status.st_size);
  return partial;
}

PartialFile::~PartialFile() {
  if (is_ours_ && size_ == 0) discard();  // nothing to go on with
  if (file_ >= 0) ::close(file_);
  ::close(folder_);
}

Expected<void> PartialFile::append(core::ByteView bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(file_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failed("Can't write", errno);
    size_ += static_cast<std::uint64_t>(count);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Expected<std::size_t> PartialFile::read(std::uint64_t offset, std::span<std::uint8_t> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const auto count = ::pread(file_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("Can't read what was received", errno);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

Expected<void> PartialFile::cut(std::uint64_t size) {
  if (::ftruncate(file_, static_cast<off_t>(size)) != 0) return failed("Can't write", errno);
  size_ = size;
  return {};
}

// Its rights as a file's, and all of it on the disk.
Expected<void> PartialFile::settle() {
  const auto mask = ::umask(0);
  ::umask(mask);
  if (::fchmod(file_, 0666 & ~mask) != 0 || ::fsync(file_) != 0) return failed("Can't write", errno);
  return {};
}

// Replaces nothing; 0 or why not.
int PartialFile::rename(const std::string& name) {
  if (::renameat2(folder_, name_.c_str(), folder_, name.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL) return errno;
  // A file system that can't do that: link, then unlink.
  if (::linkat(folder_, name_.c_str(), folder_, name.c_str(), 0) != 0) return errno;
  discard();
  return 0;
}

Expected<void> PartialFile::keep_only_as(const std::string& name, Taken taken) {
  KITH_TRY(settle());
  const bool replaces = taken == Taken::is_replaced;
  const int error = !replaces                                                        ? rename(name)
                    : ::renameat(folder_, name_.c_str(), folder_, name.c_str()) == 0 ? 0
                                                                                     : errno;
  if (error == 0) return {};
  if (error == EEXIST)
    return core::fail(ErrorCode::conflict, "There is another file called " + printable(name) + " already.");
  return failed("Can't save as " + printable(name), error);
}

Expected<std::string> PartialFile::keep_as(const std::string& name) {
  KITH_TRY(settle());
  for (int n = 1; n <= kMostNames; ++n) {
    const auto candidate = numbered_name(name, n);
    const int error = rename(candidate);
    if (error == 0) return candidate;
    if (error != EEXIST) return failed("Can't save as " + printable(candidate), error);
  }
  return core::fail(ErrorCode::conflict, "There are too many files called " + printable(name) + " already.");
}

void PartialFile::discard() {
  ::unlinkat(folder_, name_.c_str(), 0);
}

}  // namespace kith::client
