#include "assets/blob_ledger.hpp"

#include <algorithm>

#include "assets/limits.hpp"
#include "assets/rows.hpp"

namespace kith::assets {

namespace {

using storage::BlobKey;

// Uploads can't commit while files are removed, so it is done a few at a time.
constexpr std::size_t kRemovedAtOnce = 16;
constexpr std::size_t kComparedAtOnce = 500;

BlobKey key_of(const storage::Row& row) {
  return {id_of<core::UserId>(row, 0), core::Digest::from(row.blob(1)).value_or(core::Digest())};
}

core::Expected<std::optional<std::int64_t>> names_of(storage::Reader& reader, const BlobKey& key) {
  return first_row<std::int64_t>(reader, "SELECT names FROM blobs WHERE owner = ? AND digest = ?",
                                 {key.owner.text(), key.digest.view()},
                                 [](const storage::Row& row) { return row.integer(0); });
}

}  // namespace

BlobLedger::BlobLedger(storage::Database& database, storage::BlobStore& blobs, core::Logger log)
    : database_(database), blobs_(blobs), log_(std::move(log)) {}

core::Expected<std::vector<BlobKey>> BlobLedger::without_name(std::span<const BlobKey> keys) {
  return database_.read_for<std::vector<BlobKey>>([&](storage::Reader& reader) -> core::Expected<std::vector<BlobKey>> {
    std::vector<BlobKey> unnamed;
    for (const auto& key : keys) {
      KITH_TRY_ASSIGN(names, names_of(reader, key));
      if (names.value_or(0) == 0) unnamed.push_back(key);
    }
    return unnamed;
  });
}

core::Expected<int> BlobLedger::remove_few(std::span<const BlobKey> keys) {
  const std::unique_lock lock(removal_);
  KITH_TRY_ASSIGN(leave, blobs_.begin_removal());
  if (!leave) return 0;  // another process holds content; a later sweep finds it again
  KITH_TRY_ASSIGN(unnamed, without_name(keys));
  std::erase_if(unnamed, [&](const BlobKey& key) {
    const auto removed = blobs_.remove(key);
    if (removed) return false;
    log_.error(
        "content could not be removed",
        {{"owner", key.owner.text()}, {"digest", core::digest_text(key.digest)}, {"reason", removed.error().detail}});
    return true;
  });
  if (unnamed.empty()) return 0;
  auto forgotten = database_.write([&](storage::Transaction& transaction) -> core::Expected<void> {
    for (const auto& key : unnamed)
      KITH_TRY(transaction.execute("DELETE FROM blobs WHERE owner = ? AND digest = ? AND names = 0",
                                   {key.owner.text(), key.digest.view()}));
    return {};
  });
  KITH_TRY(std::move(forgotten));
  return static_cast<int>(unnamed.size());
}

core::Expected<int> BlobLedger::remove_unnamed(std::span<const BlobKey> keys) {
  int removed = 0;
  for (std::size_t begin = 0; begin < keys.size(); begin += kRemovedAtOnce) {
    KITH_TRY_ASSIGN(count, remove_few(keys.subspan(begin, std::min(kRemovedAtOnce, keys.size() - begin))));
    removed += count;
  }
  return removed;
}

core::Expected<int> BlobLedger::sweep_unnamed(int limit) {
  std::vector<BlobKey> keys;
  KITH_TRY(database_.read([&](storage::Reader& reader) {
    return reader.query("SELECT owner, digest FROM blobs WHERE names = 0 LIMIT ?", {limit},
                        [&](const storage::Row& row) {
                          keys.push_back(key_of(row));
                          return true;
                        });
  }));
  return remove_unnamed(keys);
}

core::Expected<std::vector<BlobKey>> BlobLedger::unknown_blobs(std::size_t limit) {
  std::vector<BlobKey> unknown;
  std::vector<BlobKey> batch;
  core::Expected<void> compared;
  const auto compare = [&] {
    compared = database_.read([&](storage::Reader& reader) -> core::Expected<void> {
      for (const auto& key : batch) {
        KITH_TRY_ASSIGN(names, names_of(reader, key));
        if (!names && unknown.size() < limit) unknown.push_back(key);
      }
      return {};
    });
    batch.clear();
  };
  KITH_TRY(blobs_.for_each([&](const BlobKey& key) {
    if (!compared || unknown.size() >= limit) return;
    batch.push_back(key);
    if (batch.size() == kComparedAtOnce) compare();
  }));
  if (compared) compare();
  KITH_TRY(std::move(compared));
  return unknown;
}

core::Expected<int> BlobLedger::report_missing() {
  int missing = 0;
  BlobKey last{};
  for (bool more = true; more;) {
    std::vector<BlobKey> batch;
    KITH_TRY(database_.read([&](storage::Reader& reader) {
      return reader.query(
          "SELECT owner, digest FROM blobs WHERE (owner, digest) > (?, ?) AND names > 0 ORDER BY owner, digest LIMIT ?",
          {last.owner.text(), last.digest.view(), static_cast<std::int64_t>(kComparedAtOnce)},
          [&](const storage::Row& row) {
            batch.push_back(key_of(row));
            return true;
          });
    }));
    missing +=
        static_cast<int>(std::count_if(batch.begin(), batch.end(), [&](const auto& key) { return is_missing(key); }));
    more = batch.size() == kComparedAtOnce;
    if (more) last = batch.back();
  }
  return missing;
}

bool BlobLedger::is_missing(const BlobKey& key) {
  if (const auto found = blobs_.contains(key); !found || *found) return false;
  // It may have lost its last name and gone since the list was read.
  const auto still_named = without_name(std::span(&key, 1));
  if (!still_named || !still_named->empty()) return false;
  log_.error(
      "content is missing in the store: kithd verify --repair-from brings it back from a backup; or delete its asset",
      {{"owner", key.owner.text()}, {"digest", core::digest_text(key.digest)}});
  return true;
}

}  // namespace kith::assets
