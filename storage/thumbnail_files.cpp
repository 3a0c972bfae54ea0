#include "storage/thumbnail_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

#include "core/encoding.hpp"

namespace kith::storage {
namespace {

std::string name_of(const BlobKey& photo, int edge) {
  return core::to_hex(photo.digest.view()) + "-" + std::to_string(edge) + ".webp";
}

// Not yet whole; written again by the next try, removed with its photo.
std::string unfinished(const std::string& name) {
  return name + ".new";
}

// RIFF, the length of what follows, WEBP: a file that lost its end or its bytes says so.
bool is_whole_picture(std::string_view bytes) {
  if (bytes.size() < 12 || !bytes.starts_with("RIFF") || bytes.substr(8, 4) != "WEBP") return false;
  std::uint64_t length = 0;
  for (int i = 7; i >= 4; --i) length = length << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  return length + 8 == bytes.size();
}

Expected<void> remove_name(int folder, const std::string& name) {
  if (::unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT) return {};
  return system_failure("cannot remove a thumbnail", errno);
}

}  // namespace

ThumbnailFiles::ThumbnailFiles(Descriptor root, bool synchronous, Disk& disk)
    : root_(std::move(root)), synchronous_(synchronous), disk_(disk) {}

Expected<std::unique_ptr<ThumbnailFiles>> ThumbnailFiles::open(const std::filesystem::path& root, bool synchronous,
                                                               Disk& disk) {
  KITH_TRY_ASSIGN(folder, open_or_make_folder(root));
  return std::unique_ptr<ThumbnailFiles>(new ThumbnailFiles(std::move(folder), synchronous, disk));
}

Expected<void> ThumbnailFiles::write_new(int folder, const std::string& name, std::string_view picture) {
  (void)::unlinkat(folder, name.c_str(), 0);
  Descriptor file(::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return system_failure("cannot make a thumbnail", errno);
  for (auto rest = core::as_bytes(picture); !rest.empty();) {
    const auto written = disk_.write(file.get(), rest);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return system_failure("cannot write a thumbnail", errno);
    rest = rest.subspan(static_cast<std::size_t>(written));
  }
  if (synchronous_ && disk_.sync(file.get()) != 0) return system_failure("cannot sync a thumbnail", errno);
  return {};
}

Expected<void> ThumbnailFiles::put(const BlobKey& photo, int edge, std::string_view picture) {
  if (picture.size() > kMaxThumbnailBytes || !is_whole_picture(picture))
    return core::fail(core::ErrorCode::internal, "what should become a thumbnail is no WebP picture");
  KITH_TRY_ASSIGN(folder, open_or_make_folder(root_.get(), photo.owner.text()));
  const auto name = name_of(photo, edge);
  if (auto written = write_new(folder.get(), unfinished(name), picture); !written) {
    (void)::unlinkat(folder.get(), unfinished(name).c_str(), 0);
    return written;
  }
  if (::renameat(folder.get(), unfinished(name).c_str(), folder.get(), name.c_str()) != 0)
    return system_failure("cannot name a thumbnail", errno);
  return {};
}

Expected<std::optional<std::string>> ThumbnailFiles::read(const BlobKey& photo, int edge) const {
  const auto path = photo.owner.text() + "/" + name_of(photo, edge);
  const Descriptor file(::openat(root_.get(), path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!file) {
    if (errno == ENOENT) return std::nullopt;
    return system_failure("cannot open a thumbnail", errno);
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return system_failure("cannot read a thumbnail", errno);
  if (!S_ISREG(status.st_mode) || status.st_size < 0 || static_cast<std::uint64_t>(status.st_size) > kMaxThumbnailBytes)
    return std::nullopt;
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  const auto count = ::pread(file.get(), bytes.data(), bytes.size(), 0);
  if (count < 0) return system_failure("cannot read a thumbnail", errno);
  bytes.resize(static_cast<std::size_t>(count));
  if (!is_whole_picture(bytes)) return std::nullopt;
  return bytes;
}

Expected<void> ThumbnailFiles::remove(const BlobKey& photo) {
  const Descriptor folder(
      ::openat(root_.get(), photo.owner.text().c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder) {
    if (errno == ENOENT) return {};
    return system_failure("cannot open a folder of thumbnails", errno);
  }
  for (const int edge : kThumbnailEdges) {
    KITH_TRY(remove_name(folder.get(), name_of(photo, edge)));
    KITH_TRY(remove_name(folder.get(), unfinished(name_of(photo, edge))));
  }
  return {};
}

}  // namespace kith::storage
