#pragma once
// Content that comes in parts, over days and restarts: what an upload that broke off had brought stays until it goes
// on.
//
// The database says how far each partial content has come; what a file has beyond that is cut off when it is opened
// again. So after a crash there is exactly what was last told to be durable, no more and no less. Implementations are
// thread-safe; of one partial content there is one writer at a time, which the caller sees to.

#include <cstdint>
#include <memory>
#include <span>

#include "core/id.hpp"
#include "storage/blob_store.hpp"

namespace kith::storage {

// Appends to a partial content. Dropped without commit(), it leaves what was written; the end of it, beyond the last
// checkpoint(), is not for sure.
class PartialWriter : public BlobWriter {
 public:
  // All bytes that are there, those of earlier writers included. After a failed write(), those that could be written.
  std::uint64_t size() const override = 0;
  // All bytes are on the disk when this answers; only then may the database speak of size(). Also after a failed
  // write().
  [[nodiscard]] virtual Expected<void> checkpoint() = 0;
  // Back to the last checkpoint, or to what was there in the beginning.
  [[nodiscard]] virtual Expected<void> rewind() = 0;
  // Waits until everything up to the last checkpoint is hashed, so that commit() is quick.
  [[nodiscard]] virtual Expected<void> finish_hashing() = 0;
  // The first bytes, `most` of them or all there are.
  [[nodiscard]] virtual Expected<core::Bytes> head(std::size_t most) = 0;
  // As every BlobWriter. The partial content stays too, until it is removed: a crash before the database names the blob
  // loses nothing.
  [[nodiscard]] Expected<BlobKey> commit() override = 0;
};

// A partial content as the database knows it.
struct KnownPartial {
  core::UploadId id;
  std::uint64_t size = 0;    // it will have in the end
  std::uint64_t offset = 0;  // it has now
};

class PartialContents {
 public:
  virtual ~PartialContents() = default;
  // Makes an empty one. Room for `size` bytes is kept free for it as long as it lives: storage_full when there is not
  // as much.
  [[nodiscard]] virtual Expected<void> make(const core::UploadId& id, std::uint64_t size) = 0;
  // To go on behind `offset`. not_found when fewer bytes are there: it can't go on.
  [[nodiscard]] virtual Expected<std::unique_ptr<PartialWriter>> open(const core::UserId& owner,
                                                                      const core::UploadId& id,
                                                                      std::uint64_t offset) = 0;
  // Removing what is not there is fine. No writer of it may live.
  [[nodiscard]] virtual Expected<void> remove(const core::UploadId& id) = 0;
  // Once, at start: keeps room for `known` again and removes all others.
  [[nodiscard]] virtual Expected<void> restore(std::span<const KnownPartial> known) = 0;
};

}  // namespace kith::storage
