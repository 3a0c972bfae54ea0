#include "assets/assets.hpp"

#include <map>

#include "assets/arrival.hpp"
#include "assets/blob_ledger.hpp"
#include "assets/limits.hpp"
#include "assets/rows.hpp"

namespace kith::assets {

namespace {

using core::AssetId;
using core::Expected;
using core::UserId;

constexpr std::size_t kOrphansAtOnce = 10'000;

// Assets by who had them shared and with whom: what is told when shares end in numbers.
using Ended = std::map<std::pair<UserId, UserId>, std::vector<AssetId>>;

void tell(AssetEvents& events, const Ended& ended) {
  for (const auto& [pair, assets] : ended)
    for (std::size_t begin = 0; begin < assets.size(); begin += kMaxAssetsPerShareCall)
      events.withdrawn(pair.first, pair.second,
                       std::span(assets).subspan(begin, std::min(kMaxAssetsPerShareCall, assets.size() - begin)));
}

Expected<int> count_of(Expected<std::int64_t> changed) {
  return std::move(changed).map([](std::int64_t count) { return static_cast<int>(count); });
}

}  // namespace

Assets::Assets(storage::Database& database, storage::BlobStore& blobs, const core::Clock& clock, core::Random& random,
               const config::Config& config, Quotas& quotas, AssetEvents& events, core::Logger log)
    : database_(database),
      blobs_(blobs),
      clock_(clock),
      events_(events),
      log_(std::move(log)),
      ledger_(std::make_unique<BlobLedger>(database, blobs, log_)),
      catalogue_(database, blobs, clock, events),
      arrivals_(std::make_unique<Arrivals>(database, blobs, *ledger_, quotas, config.limits.uploads_per_user,
                                           config.storage.max_file_bytes, log_)),
      uploads_(*arrivals_, clock, random, events),
      shares_(database, blobs, clock, random, events),
      versions_(database, blobs, clock, events),
      archives_(database, blobs, clock, random) {}
Assets::~Assets() = default;

Expected<void> Assets::start() {
  return blobs_.clear_unfinished();
}

Expected<OrphanCounts> Assets::remove_orphans() {
  OrphanCounts counts;
  KITH_TRY_ASSIGN(unknown, ledger_->unknown_blobs(kOrphansAtOnce));
  KITH_TRY_ASSIGN(removed, ledger_->remove_unnamed(unknown));
  counts.removed = removed;
  KITH_TRY_ASSIGN(missing, ledger_->report_missing());
  counts.missing = missing;
  if (removed > 0) log_.info("removed content no asset names", {{"blobs", removed}});
  return counts;
}

Expected<SweepCounts> Assets::sweep() {
  SweepCounts counts;
  KITH_TRY_ASSIGN(shares, end_expired_shares());
  KITH_TRY_ASSIGN(versions, drop_old_versions());
  KITH_TRY_ASSIGN(assets, drop_deleted_assets());
  KITH_TRY_ASSIGN(blobs, ledger_->sweep_unnamed(kSweepBatch));
  counts = {shares, versions, assets, blobs, false};
  counts.more = std::max({shares, versions, assets, blobs}) == kSweepBatch;
  return counts;
}

Expected<int> Assets::end_expired_shares() {
  const auto now = clock_.now();
  Ended ended;
  int count = 0;
  auto done = database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    std::vector<Share> expired;
    KITH_TRY(transaction.query(std::string(kSelectShares).append("WHERE s.expires_at <= ? LIMIT ?"), {now, kSweepBatch},
                               [&](const storage::Row& row) {
                                 expired.push_back(share_of(row));
                                 return true;
                               }));
    for (const auto& share : expired) {
      KITH_TRY(transaction.execute("DELETE FROM shares WHERE id = ?", {share.id.text()}));
      ended[{share.owner, share.viewer}].push_back(share.asset);
      ++count;
    }
    return {};
  });
  KITH_TRY(std::move(done));
  tell(events_, ended);
  return count;
}

Expected<int> Assets::drop_old_versions() {
  return database_.write_for<int>([&](storage::Transaction& transaction) {
    return count_of(
        transaction.execute("DELETE FROM asset_versions WHERE (asset, number) IN "
                            "(SELECT asset, number FROM asset_versions WHERE superseded_at <= ? LIMIT ?)",
                            {clock_.now() - kVersionKept, kSweepBatch}));
  });
}

Expected<int> Assets::drop_deleted_assets() {
  return database_.write_for<int>([&](storage::Transaction& transaction) {
    return count_of(transaction.execute(
        "DELETE FROM assets WHERE id IN (SELECT id FROM assets WHERE deleted_at <= ? ORDER BY deleted_at LIMIT ?)",
        {clock_.now() - kDeletedKept, kSweepBatch}));
  });
}

Expected<void> Assets::remove_owner(const UserId& owner) {
  const auto now = clock_.now();
  Ended ended;
  auto done = database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.query(std::string(kSelectShares).append("WHERE s.owner = ? AND ").append(kShareCounts),
                               {owner.text(), now}, [&](const storage::Row& row) {
                                 const auto share = share_of(row);
                                 ended[{share.owner, share.viewer}].push_back(share.asset);
                                 return true;
                               }));
    KITH_TRY(transaction.execute("DELETE FROM shares WHERE owner = ?1 OR viewer = ?1", {owner.text()}));
    KITH_TRY(transaction.execute("DELETE FROM assets WHERE owner = ?", {owner.text()}));
    return {};
  });
  KITH_TRY(std::move(done));
  tell(events_, ended);
  return {};
}

}  // namespace kith::assets
