#include "storage/file_partials.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <set>

#include "storage/file_blob_store.hpp"
#include "storage/file_partial_writer.hpp"

namespace kith::storage {

Expected<void> FilePartials::make(const core::UploadId& id, std::uint64_t size) {
  auto part = std::make_shared<Part>(store_.ledger_);
  KITH_TRY(part->room.grow(size));
  part->size = size;
  part->hash = new_hash();
  if (auto made = make_file(id); !made) {
    (void)::unlinkat(folder_.get(), id.text().c_str(), 0);
    return made;
  }
  const std::lock_guard lock(mutex_);
  parts_[id] = std::move(part);
  return {};
}

Expected<void> FilePartials::make_file(const core::UploadId& id) {
  const Descriptor file(
      ::openat(folder_.get(), id.text().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return system_failure("cannot make a file for an upload", errno);
  KITH_TRY(store_.sync(file.get()));
  return store_.sync(folder_.get());
}

Expected<std::unique_ptr<PartialWriter>> FilePartials::open(const core::UserId& owner, const core::UploadId& id,
                                                            std::uint64_t offset) {
  // Not to hang on a planted FIFO.
  Descriptor file(::openat(folder_.get(), id.text().c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ENOENT) return core::fail(core::ErrorCode::not_found, "no such partial content");
  if (!file) return system_failure("cannot open partial content", errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return system_failure("cannot open partial content", errno);
  if (!S_ISREG(status.st_mode)) return core::fail(core::ErrorCode::internal, "partial content is no regular file");
  if (static_cast<std::uint64_t>(status.st_size) < offset)
    return core::fail(core::ErrorCode::not_found, "partial content became shorter");
  auto known = part(id);
  // It may have seen bytes that the database was never told of, and that come anew.
  const bool usable = known->hash && known->hash->end() <= offset && !known->hash->is_broken();
  if (!usable) known->hash = new_hash();
  auto writer =
      std::make_unique<FilePartialWriter>(store_, folder_.get(), owner, id.text(), std::move(file), std::move(known));
  KITH_TRY(writer->start_at(offset, static_cast<std::uint64_t>(status.st_size)));
  return writer;
}

Expected<void> FilePartials::remove(const core::UploadId& id) {
  {
    const std::lock_guard lock(mutex_);
    parts_.erase(id);
  }
  if (::unlinkat(folder_.get(), id.text().c_str(), 0) != 0 && errno != ENOENT)
    return system_failure("cannot remove partial content", errno);
  return {};
}

Expected<void> FilePartials::restore(std::span<const KnownPartial> known) {
  std::set<std::string> names;
  for (const auto& one : known) {
    names.insert(one.id.text());
    const auto present = part(one.id);
    present->size = one.size;
    present->keep_room(one.offset);
  }
  return for_each_name(folder_.get(), [&](const std::string& name) -> Expected<void> {
    if (names.contains(name)) return {};
    if (::unlinkat(folder_.get(), name.c_str(), 0) != 0 && errno != ENOENT)
      return system_failure("cannot remove partial content", errno);
    return {};
  });
}

std::shared_ptr<FilePartials::Part> FilePartials::part(const core::UploadId& id) {
  const std::lock_guard lock(mutex_);
  auto& found = parts_[id];
  if (!found) found = std::make_shared<Part>(store_.ledger_);
  return found;
}

std::shared_ptr<FollowingHash> FilePartials::new_hash() {
  return std::make_shared<FollowingHash>(store_.hashers_, store_.unfinished_.get(), store_.temporary_name() + ".sums");
}

}  // namespace kith::storage
