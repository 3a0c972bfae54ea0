// What several processes do with one FileBlobStore, and several stores with one file.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

#include "core/encoding.hpp"
#include "storage/file_blob_store.hpp"
#include "storage/file_blob_writer.hpp"
#include "storage/limits.hpp"

namespace kith::storage {

namespace {

// Closing the file gives the lock back.
std::shared_ptr<void> kept(Descriptor file) {
  return std::make_shared<Descriptor>(std::move(file));
}

}  // namespace

// Each lock is one of its own, also within a process.
Expected<Descriptor> FileBlobStore::open_lock() const {
  Descriptor folder(::openat(root_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return system_failure("cannot open the folder of content", errno);
  return folder;
}

Expected<std::shared_ptr<void>> FileBlobStore::hold() {
  KITH_TRY_ASSIGN(file, open_lock());
  int locked = 0;
  do {
    locked = ::flock(file.get(), LOCK_SH);
  } while (locked != 0 && errno == EINTR);
  if (locked != 0) return system_failure("cannot hold the content", errno);
  return kept(std::move(file));
}

Expected<std::shared_ptr<void>> FileBlobStore::begin_removal() {
  KITH_TRY_ASSIGN(file, open_lock());
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return kept(std::move(file));
  if (errno == EWOULDBLOCK) return std::shared_ptr<void>();
  return system_failure("cannot lock the content", errno);
}

Expected<bool> FileBlobStore::link(const FileBlobStore& from, const BlobKey& key) {
  Descriptor source(
      ::openat(from.root_.get(), key.owner.text().c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!source) return system_failure("cannot open the folder of an owner's content", errno);
  const auto name = core::to_hex(key.digest.view());
  struct stat status {};
  if (::fstatat(source.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
    return false;
  KITH_TRY_ASSIGN(folder, open_or_make_folder(root_.get(), key.owner.text()));
  if (::linkat(source.get(), name.c_str(), folder.get(), name.c_str(), 0) != 0 && errno != EEXIST) {
    if (is_about_space(errno) || is_of_the_disk(errno)) return system_failure("cannot link content", errno);
    return false;
  }
  return true;
}

Expected<void> FileBlobStore::sync_folders() {
  return for_each_name(root_.get(), [this](const std::string& name) -> Expected<void> {
    if (!core::UserId::parse(name)) return {};
    const Descriptor folder(::openat(root_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder) return system_failure("cannot open the folder of an owner's content", errno);
    return sync(folder.get());
  });
}

Expected<Descriptor> FileBlobStore::open_content(const BlobKey& key) const {
  const auto name = core::to_hex(key.digest.view());
  Descriptor folder(::openat(root_.get(), key.owner.text().c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  // Not to hang on a planted FIFO.
  Descriptor file;
  if (folder) file = Descriptor(::openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ENOENT) return core::fail(core::ErrorCode::not_found, "no such content");
  if (!file && errno == ELOOP) return core::fail(core::ErrorCode::content_damaged, "a link is in the place of content");
  if (!file) return system_failure("cannot open content", errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return system_failure("cannot open content", errno);
  if (!S_ISREG(status.st_mode)) return core::fail(core::ErrorCode::content_damaged, "the content is no regular file");
  return file;
}

Expected<std::uint64_t> FileBlobStore::size_of(const BlobKey& key) const {
  KITH_TRY_ASSIGN(file, open_content(key));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return system_failure("cannot look at content", errno);
  return static_cast<std::uint64_t>(status.st_size);
}

namespace {

// Hands all of `file` to `each`, piece by piece.
Expected<void> read_all(const Descriptor& file, const std::function<Expected<void>(core::ByteView)>& each) {
  (void)::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  core::Bytes buffer(kBlobBuffer);
  for (;;) {
    const auto count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure("cannot read content", errno);
    if (count == 0) return {};
    KITH_TRY(each(core::ByteView(buffer).first(static_cast<std::size_t>(count))));
  }
}

}  // namespace

Expected<void> FileBlobStore::copy(const FileBlobStore& from, const BlobKey& key,
                                   const std::function<void(std::size_t)>& read) {
  KITH_TRY_ASSIGN(size, from.size_of(key));
  KITH_TRY_ASSIGN(file, from.open_content(key));
  KITH_TRY_ASSIGN(writer, begin(key.owner, size));
  static_cast<FileBlobWriter&>(*writer).expect(key.digest);
  KITH_TRY(read_all(file, [&](core::ByteView part) {
    read(part.size());
    return writer->write(part);
  }));
  KITH_TRY(writer->commit());
  return {};
}

Expected<void> FileBlobStore::verify(const BlobKey& key, const std::function<void(std::size_t)>& read) {
  KITH_TRY_ASSIGN(folder, open_or_make_folder(root_.get(), key.owner.text()));
  KITH_TRY_ASSIGN(file, open_content(key));
  BlockSumsWriter sums(unfinished_.get(), temporary_name() + ".sums");
  core::Sha256 hash;
  std::uint64_t size = 0;
  KITH_TRY(read_all(file, [&](core::ByteView part) {
    hash.update(part);
    sums.add(part);
    size += part.size();
    read(part.size());
    return Expected<void>();
  }));
  if (hash.finish() != key.digest)
    return core::fail(core::ErrorCode::content_damaged, "the content is no longer what was stored");
  const auto sums_name = core::to_hex(key.digest.view()) + ".sums";
  if (size > kSumBlock && !BlockSums::open(folder.get(), sums_name, size)) sums.place(folder.get(), sums_name);
  return {};
}

}  // namespace kith::storage
