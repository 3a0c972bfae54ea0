#pragma once
// Keeps store and database of one mind about which blobs are needed. Content without names is removed file first, row
// after; a crash in between leaves a row without names, and the next sweep ends the work. For assets/ only.
// Thread-safe.

#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "storage/blob_store.hpp"
#include "storage/database.hpp"

namespace kith::assets {

class BlobLedger {
 public:
  BlobLedger(storage::Database& database, storage::BlobStore& blobs, core::Logger log);

  // Held from before a blob is committed until the database names it: nothing is removed meanwhile, so that content
  // which comes in again just as its last name goes is not lost.
  using NamingGuard = std::shared_lock<std::shared_mutex>;
  [[nodiscard]] NamingGuard guard_naming() { return NamingGuard(removal_); }

  // Removes those of `keys` that have no name (any more). The number removed; what the store refused is logged and
  // left.
  [[nodiscard]] core::Expected<int> remove_unnamed(std::span<const storage::BlobKey> keys);
  // The same for up to `limit` blobs the database knows to be without names.
  [[nodiscard]] core::Expected<int> sweep_unnamed(int limit);

  // Blobs of the store that the database has no row of, at most `limit`.
  [[nodiscard]] core::Expected<std::vector<storage::BlobKey>> unknown_blobs(std::size_t limit);
  // Number of named blobs the store does not have; each is logged.
  [[nodiscard]] core::Expected<int> report_missing();

 private:
  core::Expected<std::vector<storage::BlobKey>> without_name(std::span<const storage::BlobKey> keys);
  core::Expected<int> remove_few(std::span<const storage::BlobKey> keys);
  bool is_missing(const storage::BlobKey& key);

  storage::Database& database_;
  storage::BlobStore& blobs_;
  core::Logger log_;
  std::shared_mutex removal_;  // shared: names are about to come; exclusive: files go
};

}  // namespace kith::assets
