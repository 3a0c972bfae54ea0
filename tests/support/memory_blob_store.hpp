#pragma once
// A blob store in memory, with a size of its own and failures at will. Keeps BlobStore's promises, pinning included:
// what a living writer committed is not removed. Thread-safe like the real one; set the switches before threads run.

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "core/crypto/sha256.hpp"
#include "storage/blob_store.hpp"
#include "tests/support/memory_partials.hpp"

namespace kith::test {

class MemoryBlobStore final : public storage::BlobStore {
  template <class Work>
  auto locked(const Work& work) const {
    const std::lock_guard lock(mutex_);
    return work();
  }

 public:
  explicit MemoryBlobStore(std::uint64_t capacity = UINT64_MAX) : capacity_(capacity) {}

  // --- for tests
  std::size_t blob_count() const {
    return locked([&] { return blobs_.size(); });
  }
  bool has(const storage::BlobKey& key) const {
    return locked([&] { return blobs_.contains(key); });
  }
  int open_writers() const {
    return locked([&] { return writers_; });
  }
  void set_capacity(std::uint64_t bytes) {
    locked([&] { return capacity_ = bytes; });
  }
  // Loses content behind everybody's back, as a broken disk does.
  void lose(const storage::BlobKey& key) {
    locked([&] { return blobs_.erase(key); });
  }
  void fail_removals(bool fail) {
    locked([&] { return removals_fail_ = fail; });
  }
  // As another process does that makes a backup.
  void hold(bool held) {
    locked([&] { return held_ = held; });
  }
  // Runs at the end of each writer's commit, when the content is in its place.
  std::function<void()> after_commit;

  // --- BlobStore
  core::Expected<std::unique_ptr<storage::BlobWriter>> begin(const core::UserId& owner,
                                                             std::uint64_t expected_size) override {
    const std::lock_guard lock(mutex_);
    if (expected_size > room()) return core::fail(core::ErrorCode::storage_full, "no space left in memory");
    ++writers_;
    taken_ += expected_size;
    return std::make_unique<Writer>(*this, owner, expected_size);
  }

  core::Expected<std::shared_ptr<storage::BlobReader>> open(const storage::BlobKey& key) override {
    const std::lock_guard lock(mutex_);
    const auto found = blobs_.find(key);
    if (found == blobs_.end()) return core::fail(core::ErrorCode::not_found, "no such content");
    return std::make_shared<Reader>(found->second);
  }

  core::Expected<bool> contains(const storage::BlobKey& key) override { return has(key); }

  core::Expected<std::shared_ptr<void>> begin_removal() override {
    return locked([&] { return held_ ? std::shared_ptr<void>() : std::make_shared<char>(); });
  }
  core::Expected<void> remove(const storage::BlobKey& key) override {
    const std::lock_guard lock(mutex_);
    if (removals_fail_) return core::fail(core::ErrorCode::internal, "removals fail");
    const auto found = blobs_.find(key);
    if (found == blobs_.end() || pinned_.contains(key)) return {};
    taken_ -= found->second->size();
    blobs_.erase(found);
    return {};
  }

  core::Expected<void> clear_unfinished() override { return {}; }
  MemoryPartials& partials() override { return partials_; }
  std::uint64_t free_bytes() const override {
    return locked([&] { return room(); });
  }

  core::Expected<void> for_each(const std::function<void(const storage::BlobKey&)>& each) override {
    const auto copy = locked([&] { return blobs_; });
    for (const auto& [key, content] : copy) each(key);
    return {};
  }

 private:
  using Content = std::shared_ptr<const core::Bytes>;

  class Reader final : public storage::BlobReader {
   public:
    explicit Reader(Content content) : content_(std::move(content)) {}
    std::uint64_t size() const override { return content_->size(); }
    core::Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) override {
      if (offset >= content_->size()) return std::size_t{0};
      const auto part = core::ByteView(*content_).subspan(offset);
      const auto count = std::min(part.size(), out.size());
      std::copy_n(part.begin(), count, out.begin());
      return count;
    }
    int file_descriptor() const override { return -1; }

   private:
    const Content content_;
  };

  class Writer final : public storage::BlobWriter {
   public:
    Writer(MemoryBlobStore& store, core::UserId owner, std::uint64_t held)
        : store_(store), owner_(std::move(owner)), held_(held) {}
    ~Writer() override { store_.leave(held_, key_); }

    core::Expected<void> write(core::ByteView piece) override {
      KITH_TRY(store_.hold(held_, content_.size() + piece.size()));
      content_.insert(content_.end(), piece.begin(), piece.end());
      return {};
    }
    std::uint64_t size() const override { return content_.size(); }
    core::Expected<storage::BlobKey> commit() override {
      key_ = storage::BlobKey{owner_, core::sha256(content_)};
      store_.place(*key_, std::move(content_), std::exchange(held_, 0));
      if (store_.after_commit) store_.after_commit();
      return *key_;
    }

   private:
    MemoryBlobStore& store_;
    const core::UserId owner_;
    std::uint64_t held_;  // of the store's room
    core::Bytes content_;
    std::optional<storage::BlobKey> key_;  // once committed
  };

  std::uint64_t room() const { return capacity_ > taken_ ? capacity_ - taken_ : 0; }

  core::Expected<void> hold(std::uint64_t& held, std::uint64_t wanted) {
    const std::lock_guard lock(mutex_);
    // What was promised may be gone all the same: somebody else fills the disk.
    if (taken_ > capacity_ || (wanted > held && wanted - held > room()))
      return core::fail(core::ErrorCode::storage_full, "no space left in memory");
    if (wanted > held) taken_ += wanted - std::exchange(held, wanted);
    return {};
  }

  void place(const storage::BlobKey& key, core::Bytes content, std::uint64_t held) {
    const std::lock_guard lock(mutex_);
    taken_ -= held;
    pinned_.insert({key, 0}).first->second++;
    const auto size = content.size();
    if (blobs_.emplace(key, std::make_shared<const core::Bytes>(std::move(content))).second) taken_ += size;
  }

  void leave(std::uint64_t held, const std::optional<storage::BlobKey>& key) {
    const std::lock_guard lock(mutex_);
    --writers_;
    taken_ -= held;
    if (key && --pinned_.at(*key) == 0) pinned_.erase(*key);
  }

  MemoryPartials partials_{*this};
  mutable std::mutex mutex_;  // guards all below
  std::uint64_t capacity_;
  std::uint64_t taken_ = 0;  // by blobs and by what writers hold
  std::map<storage::BlobKey, Content> blobs_;
  std::map<storage::BlobKey, int> pinned_;
  int writers_ = 0;
  bool removals_fail_ = false;
  bool held_ = false;
};

}  // namespace kith::test
