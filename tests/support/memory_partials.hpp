#pragma once
// Partial contents in memory, for MemoryBlobStore. crash() forgets what no checkpoint made durable, as a power failure
// does. Thread-safe like the real ones; set the switches before threads run.

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

#include "storage/partial_content.hpp"

namespace kith::test {

class MemoryPartials final : public storage::PartialContents {
 public:
  explicit MemoryPartials(storage::BlobStore& blobs) : blobs_(blobs) {}

  // --- for tests
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return parts_.size();
  }
  // All writers must be gone.
  void crash() {
    const std::lock_guard lock(mutex_);
    for (auto& [id, part] : parts_) part->bytes.resize(part->durable);
  }
  void lose(const core::UploadId& id) {
    const std::lock_guard lock(mutex_);
    parts_.erase(id);
  }
  // Writes beyond so many bytes in all fail, as on a full disk.
  std::uint64_t write_limit = UINT64_MAX;
  bool checkpoints_fail = false;

  // --- PartialContents
  core::Expected<void> make(const core::UploadId& id, std::uint64_t size) override {
    if (size > blobs_.free_bytes()) return core::fail(core::ErrorCode::storage_full, "no space left in memory");
    const std::lock_guard lock(mutex_);
    parts_[id] = std::make_shared<Part>();
    return {};
  }
  core::Expected<std::unique_ptr<storage::PartialWriter>> open(const core::UserId& owner, const core::UploadId& id,
                                                               std::uint64_t offset) override {
    const std::lock_guard lock(mutex_);
    const auto found = parts_.find(id);
    if (found == parts_.end() || found->second->bytes.size() < offset)
      return core::fail(core::ErrorCode::not_found, "no such partial content");
    found->second->bytes.resize(offset);
    found->second->durable = offset;
    return std::make_unique<Writer>(*this, owner, found->second);
  }
  core::Expected<void> remove(const core::UploadId& id) override {
    lose(id);
    return {};
  }
  core::Expected<void> restore(std::span<const storage::KnownPartial> known) override {
    const std::lock_guard lock(mutex_);
    std::erase_if(parts_, [&](const auto& part) {
      return std::none_of(known.begin(), known.end(), [&](const auto& one) { return one.id == part.first; });
    });
    return {};
  }

 private:
  struct Part {
    core::Bytes bytes;
    std::size_t durable = 0;
  };

  class Writer final : public storage::PartialWriter {
   public:
    Writer(MemoryPartials& partials, core::UserId owner, std::shared_ptr<Part> part)
        : partials_(partials), owner_(std::move(owner)), part_(std::move(part)) {}
    core::Expected<void> write(core::ByteView piece) override {
      const auto room = partials_.write_limit - std::min<std::uint64_t>(partials_.write_limit, size());
      const auto fitting = piece.first(static_cast<std::size_t>(std::min<std::uint64_t>(room, piece.size())));
      part_->bytes.insert(part_->bytes.end(), fitting.begin(), fitting.end());
      if (fitting.size() < piece.size()) return core::fail(core::ErrorCode::storage_full, "no space left in memory");
      return {};
    }
    std::uint64_t size() const override { return part_->bytes.size(); }
    core::Expected<void> checkpoint() override {
      if (partials_.checkpoints_fail) return core::fail(core::ErrorCode::storage_failed, "checkpoints fail");
      part_->durable = part_->bytes.size();
      return {};
    }
    core::Expected<void> rewind() override {
      part_->bytes.resize(part_->durable);
      return {};
    }
    core::Expected<void> finish_hashing() override { return {}; }
    core::Expected<core::Bytes> head(std::size_t most) override {
      return core::Bytes(part_->bytes.begin(),
                         part_->bytes.begin() + static_cast<std::ptrdiff_t>(std::min(most, part_->bytes.size())));
    }
    core::Expected<storage::BlobKey> commit() override {
      KITH_TRY(checkpoint());
      KITH_TRY_ASSIGN(blob, partials_.blobs_.begin(owner_, size()));
      blob_ = std::move(blob);
      KITH_TRY(blob_->write(part_->bytes));
      return blob_->commit();
    }

   private:
    MemoryPartials& partials_;
    const core::UserId owner_;
    const std::shared_ptr<Part> part_;
    std::unique_ptr<storage::BlobWriter> blob_;  // pins what was committed as long as this lives
  };

  storage::BlobStore& blobs_;
  mutable std::mutex mutex_;  // guards parts_; a part belongs to its writer
  std::map<core::UploadId, std::shared_ptr<Part>> parts_;
};

}  // namespace kith::test
