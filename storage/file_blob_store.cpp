#include "storage/file_blob_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "core/encoding.hpp"
#include "storage/file_blob_reader.hpp"
#include "storage/file_blob_writer.hpp"
#include "storage/file_partials.hpp"
#include "storage/limits.hpp"

namespace kith::storage {

namespace {

constexpr const char* kUnfinished = "unfinished";  // no ulid, so no owner's folder
constexpr const char* kPartial = "partial";        // nor this

std::string file_name(const core::Digest& digest) {
  return core::to_hex(digest.view());
}

// The folder of an owner, or no descriptor if there is none yet.
Expected<Descriptor> open_owner(int root, const core::UserId& owner) {
  Descriptor folder(::openat(root, owner.text().c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder && errno != ENOENT) return system_failure("cannot open the folder of an owner's content", errno);
  return folder;
}

std::string sums_name(const core::Digest& digest) {
  return file_name(digest) + ".sums";
}

}  // namespace

Expected<std::unique_ptr<FileBlobStore>> FileBlobStore::open(const std::filesystem::path& root,
                                                             const FileBlobStoreOptions& options, Disk& disk) {
  KITH_TRY_ASSIGN(folder, open_or_make_folder(root));
  KITH_TRY_ASSIGN(unfinished, open_or_make_folder(folder.get(), kUnfinished));
  KITH_TRY_ASSIGN(partial, open_or_make_folder(folder.get(), kPartial));
  return std::unique_ptr<FileBlobStore>(
      new FileBlobStore(std::move(folder), std::move(unfinished), std::move(partial), options, disk));
}

FileBlobStore::FileBlobStore(Descriptor root, Descriptor unfinished, Descriptor partial,
                             const FileBlobStoreOptions& options, Disk& disk)
    : options_(options),
      disk_(disk),
      root_(std::move(root)),
      unfinished_(std::move(unfinished)),
      ledger_([this] { return disk_.available(root_.get()); }, options.keep_free_bytes),
      partials_(std::make_unique<FilePartials>(*this, std::move(partial))),
      hashers_("kith-hash", options.hash_threads, options.hash_threads) {}
FileBlobStore::~FileBlobStore() = default;

PartialContents& FileBlobStore::partials() {
  return *partials_;
}

Expected<std::unique_ptr<BlobWriter>> FileBlobStore::begin(const core::UserId& owner, std::uint64_t expected_size) {
  if (owner.empty()) return core::fail(core::ErrorCode::internal, "content needs an owner");
  std::string name;
  Descriptor file;
  do {
    name = temporary_name();
    file = Descriptor(
        ::openat(unfinished_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  } while (!file && errno == EEXIST);
  if (!file) return system_failure("cannot make a file for content", errno);
  KITH_TRY(give_to_owner_of(root_.get(), file.get()));
  auto writer = std::make_unique<FileBlobWriter>(*this, owner, std::move(name), std::move(file));
  KITH_TRY(writer->reserve(expected_size));
  return writer;
}

std::string FileBlobStore::temporary_name() {
  std::lock_guard lock(names_mutex_);
  return std::to_string(::getpid()) + "." + std::to_string(next_name_++);
}

// Fresh bytes take the place of equal ones, which may be damaged by now; readers of those go on.
Expected<void> FileBlobStore::place(const std::string& name, const BlobKey& key, BlockSumsWriter& sums) {
  Descriptor folder;
  const auto final_name = file_name(key.digest);
  {
    std::lock_guard lock(names_mutex_);
    // Under the lock, so that nobody uses a new folder before its own entry is on the disk.
    KITH_TRY_ASSIGN(owners, open_or_make_folder(root_.get(), key.owner.text()));
    folder = std::move(owners);
    const bool is_new = ::faccessat(folder.get(), final_name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0;
    if (::renameat(unfinished_.get(), name.c_str(), folder.get(), final_name.c_str()) != 0)
      return system_failure("cannot put content in its place", errno);
    sums.place(folder.get(), sums_name(key.digest));
    auto& pin = pinned_[key];
    pin.shared = !is_new;
    ++pin.writers;
  }
  auto synced = sync(folder.get());
  if (!synced && !unpin(key)) (void)remove(key);
  return synced;
}

bool FileBlobStore::unpin(const BlobKey& key) {
  std::lock_guard lock(names_mutex_);
  const auto place = pinned_.find(key);
  const bool shared = place->second.shared;
  if (--place->second.writers == 0) pinned_.erase(place);
  return shared;
}

Expected<void> FileBlobStore::sync(int file) {
  if (options_.synchronous && disk_.sync(file) != 0) return system_failure("cannot sync content to the disk", errno);
  return {};
}

Expected<std::shared_ptr<BlobReader>> FileBlobStore::open(const BlobKey& key) {
  KITH_TRY_ASSIGN(folder, open_owner(root_.get(), key.owner));
  if (!folder) return core::fail(core::ErrorCode::not_found, "no such content");
  FileBlobReader::Alarm alarm;
  if (options_.on_damage) alarm = [told = options_.on_damage, key] { told(key); };
  return FileBlobReader::open({folder.get(), file_name(key.digest), sums_name(key.digest), key.digest,
                               unfinished_.get(), temporary_name() + ".sums"},
                              std::move(alarm));
}

Expected<bool> FileBlobStore::contains(const BlobKey& key) {
  KITH_TRY_ASSIGN(folder, open_owner(root_.get(), key.owner));
  if (!folder) return false;
  if (::faccessat(folder.get(), file_name(key.digest).c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) return true;
  if (errno == ENOENT) return false;
  return system_failure("cannot look for content", errno);
}

Expected<void> FileBlobStore::remove(const BlobKey& key) {
  KITH_TRY_ASSIGN(folder, open_owner(root_.get(), key.owner));
  if (!folder) return {};
  std::lock_guard lock(names_mutex_);
  if (pinned_.contains(key)) return {};
  (void)::unlinkat(folder.get(), sums_name(key.digest).c_str(), 0);
  if (::unlinkat(folder.get(), file_name(key.digest).c_str(), 0) != 0 && errno != ENOENT)
    return system_failure("cannot remove content", errno);
  return {};
}

Expected<void> FileBlobStore::clear_unfinished() {
  KITH_TRY_ASSIGN(leave, begin_removal());
  if (!leave) return {};  // some of it may be an import's
  return for_each_name(unfinished_.get(), [this](const std::string& name) -> Expected<void> {
    if (::unlinkat(unfinished_.get(), name.c_str(), 0) != 0 && errno != ENOENT)
      return system_failure("cannot remove unfinished content", errno);
    return {};
  });
}

Expected<void> FileBlobStore::for_each(const std::function<void(const BlobKey&)>& each) {
  return for_each_name(root_.get(), [&](const std::string& name) -> Expected<void> {
    const auto owner = core::UserId::parse(name);
    return owner ? for_each_of(*owner, each) : Expected<void>();
  });
}

Expected<void> FileBlobStore::for_each_of(const core::UserId& owner,
                                          const std::function<void(const BlobKey&)>& each) const {
  KITH_TRY_ASSIGN(folder, open_owner(root_.get(), owner));
  if (!folder) return {};
  return for_each_name(folder.get(), [&](const std::string& name) -> Expected<void> {
    const auto bytes = core::from_hex(name);
    const auto digest = bytes ? core::Digest::from(*bytes) : std::nullopt;
    if (digest) each({owner, *digest});
    return {};
  });
}

}  // namespace kith::storage
