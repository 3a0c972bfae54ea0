#include "storage/file_blob_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace kith::storage {

Expected<std::shared_ptr<BlobReader>> FileBlobReader::open(int folder, const std::string& name) {
  // Not to hang on a planted FIFO.
  Descriptor file(::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ENOENT) return core::fail(core::ErrorCode::not_found, "no such content");
  if (!file) return system_failure("cannot open content", errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return system_failure("cannot open content", errno);
  if (!S_ISREG(status.st_mode)) return core::fail(core::ErrorCode::internal, "content is no regular file");
  return std::make_shared<FileBlobReader>(std::move(file), static_cast<std::uint64_t>(status.st_size));
}

Expected<std::size_t> FileBlobReader::read(std::uint64_t offset, std::span<std::uint8_t> out) {
  if (offset >= size_) return 0;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
  std::size_t done = 0;
  while (done < wanted) {
    const auto count = ::pread(file_.get(), out.data() + done, wanted - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure("cannot read content", errno);
    if (count == 0) return core::fail(core::ErrorCode::internal, "content on the disk became shorter");
    done += static_cast<std::size_t>(count);
  }
  return done;
}

}  // namespace kith::storage
