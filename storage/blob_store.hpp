#pragma once
// Where content lies. A blob is named by its owner and the SHA-256 of its content; equal content of one owner is stored
// once, and nobody learns from timing or quota what others have. Implementations are thread-safe; a BlobWriter and a
// BlobReader belong to one thread at a time.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/crypto/sha256.hpp"
#include "core/error.hpp"
#include "core/id.hpp"

namespace kith::storage {

using core::Expected;

struct BlobKey {
  core::UserId owner;
  core::Digest digest;
  auto operator<=>(const BlobKey&) const = default;
};

// Takes content in pieces, hashing as it goes. Dropped without commit(), it leaves nothing behind.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  // storage_full when the disk is; after an error only destruction is left.
  [[nodiscard]] virtual Expected<void> write(core::ByteView piece) = 0;
  virtual std::uint64_t size() const = 0;
  // Syncs the content, puts it under its name, syncs the directory. Only after this may the database speak of it. As
  // long as the writer lives from then on, remove() leaves the blob alone: keep it until the database is written, so
  // that nobody who just dropped the last mention of equal content takes it away.
  [[nodiscard]] virtual Expected<BlobKey> commit() = 0;
};

// Open content: stays readable after the blob was removed.
class BlobReader {
 public:
  virtual ~BlobReader() = default;
  virtual std::uint64_t size() const = 0;
  // Fills `out` from `offset`; fewer bytes only at the end. internal when the disk fails; content_damaged when these
  // are no longer the bytes that were written: none of them is given out.
  [[nodiscard]] virtual Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) = 0;
  // A file descriptor for sendfile, owned by this reader; -1 where there is none (an object store). Who sends from it
  // calls prove() for each part first.
  virtual int file_descriptor() const { return -1; }
  // content_damaged unless [offset, offset + length) is as it was written.
  [[nodiscard]] virtual Expected<void> prove(std::uint64_t offset, std::uint64_t length) {
    (void)offset, (void)length;
    return {};
  }
};

class PartialContents;  // partial_content.hpp

class BlobStore {
 public:
  virtual ~BlobStore() = default;
  // Room for `expected_size` bytes (0 when unknown) is reserved against other writers before the answer: storage_full
  // when the disk has less left than that beside its safety margin. Release is by destruction or commit.
  [[nodiscard]] virtual Expected<std::unique_ptr<BlobWriter>> begin(const core::UserId& owner,
                                                                    std::uint64_t expected_size) = 0;
  // content_damaged when it can be told at once.
  [[nodiscard]] virtual Expected<std::shared_ptr<BlobReader>> open(const BlobKey& key) = 0;
  // Whether it is there, sound or not, without reading it.
  [[nodiscard]] virtual Expected<bool> contains(const BlobKey& key) = 0;
  // Removing what is not there is fine; what a living writer committed stays.
  [[nodiscard]] virtual Expected<void> remove(const BlobKey& key) = 0;
  // Removes what unfinished writes of an earlier run left. Called once, at start; for nothing while another process
  // holds content.
  [[nodiscard]] virtual Expected<void> clear_unfinished() = 0;
  // Content that comes in parts; lives as long as the store.
  virtual PartialContents& partials() = 0;
  // How much of the disk is to stay free from now on; nothing to a store that has no disk.
  virtual void set_keep_free(std::uint64_t /*bytes*/) {}
  // Bytes that may still be written.
  virtual std::uint64_t free_bytes() const = 0;
  // Leave to remove content, as long as the result lives; nothing while another process holds it (a backup reads what
  // the database named when it began): later, then. Ask before looking at what the database names.
  [[nodiscard]] virtual Expected<std::shared_ptr<void>> begin_removal() { return std::make_shared<char>(); }
  // Every blob of every owner, in no order: to find what the database no longer names.
  [[nodiscard]] virtual Expected<void> for_each(const std::function<void(const BlobKey&)>& each) = 0;
};

}  // namespace kith::storage
