#pragma once
// Blobs as files: <root>/<owner's ulid>/<64 hexadecimal digits of the digest>, longer ones with their sums beside them
// (block_sums.hpp), unfinished ones under <root>/unfinished, partial ones under <root>/partial.
// <root> itself is locked (flock): shared by processes that need all content to stay, exclusive by who removes some.
// Every path is one name relative to an open folder and links are not followed, so nothing planted there leads out;
// names come from ids and digests only. Thread-safe. Writers must not outlive the store; readers may.

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>

#include "core/worker_pool.hpp"
#include "storage/blob_store.hpp"
#include "storage/block_sums.hpp"
#include "storage/disk.hpp"
#include "storage/posix_file.hpp"
#include "storage/space_ledger.hpp"

namespace kith::storage {

class FilePartials;

struct FileBlobStoreOptions {
  std::uint64_t keep_free_bytes = 1ull << 30;  // the file system's last bytes are not ours
  bool synchronous = true;                     // false leaves syncing out: for tests
  std::size_t hash_threads = 2;
  // Told, on the thread that reads, of content that is no longer what was written.
  std::function<void(const BlobKey&)> on_damage = {};
};

class FileBlobStore final : public BlobStore {
 public:
  // `disk` must outlive the store.
  [[nodiscard]] static Expected<std::unique_ptr<FileBlobStore>> open(const std::filesystem::path& root,
                                                                     const FileBlobStoreOptions& options, Disk& disk);
  ~FileBlobStore() override;
  [[nodiscard]] Expected<std::unique_ptr<BlobWriter>> begin(const core::UserId& owner,
                                                            std::uint64_t expected_size) override;
  [[nodiscard]] Expected<std::shared_ptr<BlobReader>> open(const BlobKey& key) override;
  [[nodiscard]] Expected<bool> contains(const BlobKey& key) override;
  [[nodiscard]] Expected<void> remove(const BlobKey& key) override;
  [[nodiscard]] Expected<void> clear_unfinished() override;
  PartialContents& partials() override;
  void set_keep_free(std::uint64_t bytes) override { ledger_.set_keep_free(bytes); }
  std::uint64_t free_bytes() const override { return ledger_.unpromised(); }
  [[nodiscard]] Expected<std::shared_ptr<void>> begin_removal() override;
  [[nodiscard]] Expected<void> for_each(const std::function<void(const BlobKey&)>& each) override;

  // As long as the result lives, also when this process dies meanwhile but no longer, no process removes content that a
  // database names at the time of the call or later.
  [[nodiscard]] Expected<std::shared_ptr<void>> hold();
  // Makes `key` of `from` one of this store's by a second name for the same file; false where that can't be, as on
  // another file system. For sure on the disk after sync_folders().
  [[nodiscard]] Expected<bool> link(const FileBlobStore& from, const BlobKey& key);
  [[nodiscard]] Expected<void> sync_folders();
  // Copies `key` of `from` here, proving it by its digest: content_damaged, not_found. `read` is told how many bytes
  // more were read.
  [[nodiscard]] Expected<void> copy(const FileBlobStore& from, const BlobKey& key,
                                    const std::function<void(std::size_t)>& read);
  // Reads all of `key` and compares it with its digest: content_damaged, not_found. Makes the sums, where there are
  // none. `read` is told how many bytes more were read.
  [[nodiscard]] Expected<void> verify(const BlobKey& key, const std::function<void(std::size_t)>& read);
  // How many bytes the content has; not_found.
  [[nodiscard]] Expected<std::uint64_t> size_of(const BlobKey& key) const;

 private:
  friend class FileBlobWriter;
  friend class FilePartials;
  friend class FilePartialWriter;
  FileBlobStore(Descriptor root, Descriptor unfinished, Descriptor partial, const FileBlobStoreOptions& options,
                Disk& disk);

  // For FileBlobWriter. Puts the synced unfinished file `name` in its place; from then on `key` is pinned.
  [[nodiscard]] Expected<void> place(const std::string& name, const BlobKey& key, BlockSumsWriter& sums);
  // Whether others rely on the file.
  bool unpin(const BlobKey& key);
  [[nodiscard]] Expected<void> for_each_of(const core::UserId& owner,
                                           const std::function<void(const BlobKey&)>& each) const;
  [[nodiscard]] Expected<void> sync(int file);
  [[nodiscard]] Expected<Descriptor> open_lock() const;
  [[nodiscard]] Expected<Descriptor> open_content(const BlobKey& key) const;
  std::string temporary_name();

  const FileBlobStoreOptions options_;
  Disk& disk_;
  const Descriptor root_;
  const Descriptor unfinished_;
  SpaceLedger ledger_;
  std::unique_ptr<FilePartials> partials_;
  core::WorkerPool hashers_;

  std::mutex names_mutex_;  // guards both below, and what is renamed or removed against each other
  struct Pin {
    int writers = 0;     // that committed it and still live
    bool shared = true;  // others rely on the file too: it was there before, or came a second time
  };
  std::map<BlobKey, Pin> pinned_;
  std::uint64_t next_name_ = 0;
};

}  // namespace kith::storage
