#include "assets/assets.hpp"

#include "assets/arrival.hpp"
#include "assets/blob_ledger.hpp"
#include "assets/limits.hpp"
#include "assets/share_changes.hpp"
#include "assets/share_expiry.hpp"
#include "assets/share_rows.hpp"

namespace kith::assets {

namespace {

using core::AssetId;
using core::Expected;
using core::UserId;

constexpr std::size_t kOrphansAtOnce = 10'000;

Expected<int> count_of(Expected<std::int64_t> changed) {
  return std::move(changed).map([](std::int64_t count) { return static_cast<int>(count); });
}

}  // namespace

Assets::Assets(storage::Database& database, storage::BlobStore& blobs, const core::Clock& clock, core::Random& random,
               const config::Config& config, Quotas& quotas, ExchangePasswords& passwords, AssetEvents& events,
               core::Logger log)
    : database_(database),
      blobs_(blobs),
      clock_(clock),
      random_(random),
      events_(events),
      log_(std::move(log)),
      variants_(database, blobs),
      preparation_(database, variants_, log_),
      prepared_(events, preparation_),
      ledger_(std::make_unique<BlobLedger>(database, blobs, log_)),
      catalogue_(database, blobs, clock, prepared_),
      arrivals_(std::make_unique<Arrivals>(database, blobs, *ledger_, quotas, config.limits.uploads_per_user,
                                           config.storage.max_file_bytes, log_)),
      uploads_(*arrivals_, clock, random, prepared_),
      resumable_(database, blobs, *arrivals_, clock, random, prepared_, log_),
      shares_({database, blobs, variants_, preparation_, clock, random, prepared_}),
      albums_({database, blobs, variants_, preparation_, clock, random, events}),
      exchanges_(
          {database, blobs, *ledger_, *arrivals_, passwords, variants_, preparation_, clock, random, prepared_, log_}),
      versions_(database, blobs, clock, prepared_),
      archives_(database, blobs, clock, random) {}
Assets::~Assets() = default;

Expected<void> Assets::start() {
  KITH_TRY(blobs_.clear_unfinished());
  KITH_TRY(exchanges_.start());
  resumable_.set_target(std::string(kExchangeTarget), exchanges_.resumable_target());
  return resumable_.start();
}

Expected<OrphanCounts> Assets::remove_orphans() {
  OrphanCounts counts;
  KITH_TRY_ASSIGN(unknown, ledger_->unknown_blobs(kOrphansAtOnce));
  KITH_TRY_ASSIGN(removed, ledger_->remove_unnamed(unknown));
  counts.removed = removed;
  KITH_TRY_ASSIGN(missing, ledger_->report_missing());
  counts.missing = missing;
  if (removed > 0) log_.info("removed content that no asset names", {{"blobs", removed}});
  return counts;
}

Expected<SweepCounts> Assets::sweep() {
  SweepCounts counts;
  KITH_TRY_ASSIGN(shares, end_expired_shares());
  KITH_TRY_ASSIGN(versions, drop_old_versions());
  KITH_TRY_ASSIGN(assets, drop_deleted_assets());
  KITH_TRY_ASSIGN(exchanges, exchanges_.sweep(kSweepBatch));
  KITH_TRY_ASSIGN(blobs, ledger_->sweep_unnamed(kSweepBatch));
  KITH_TRY(drop_lost_uploads());
  KITH_TRY_ASSIGN(uploads, resumable_.sweep(kSweepBatch));
  counts = {shares, versions, assets, blobs, exchanges, uploads, false};
  KITH_TRY_ASSIGN(photos, preparation_.catch_up(kPreparedBySweep, events_));
  counts.more =
      photos == kPreparedBySweep || std::max({shares, versions, assets, blobs, exchanges, uploads}) == kSweepBatch;
  return counts;
}

Expected<void> Assets::revoke_exchange(const core::UserId& owner, const ExchangeId& id) {
  KITH_TRY(exchanges_.revoke(owner, id));
  if (const auto dropped = drop_lost_uploads(); !dropped)
    log_.warning("uploads to a revoked exchange are left for now", {{"detail", dropped.error().detail}});
  return {};
}

Expected<void> Assets::drop_lost_uploads() {
  KITH_TRY_ASSIGN(lost, exchanges_.lost_uploads(kSweepBatch));
  for (const auto& reference : lost) KITH_TRY(resumable_.drop_target(kExchangeTarget, reference));
  return {};
}

Expected<int> Assets::end_expired_shares() {
  ShareExpiry expiry{database_, clock_, random_, events_};
  KITH_TRY_ASSIGN(albums, expiry.end_album_shares());
  KITH_TRY_ASSIGN(shares, expiry.end_shares());
  if (albums > 0 || shares > 0) preparation_.look_again();
  return albums == kAlbumSharesAtOnce ? kSweepBatch : shares;  // there may be more
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

Expected<void> Assets::each_share(storage::Reader& reader, const UserId& owner,
                                  const std::function<void(const Share&)>& take) const {
  return reader.query(std::string(kSelectShown).append("WHERE s.owner = ? AND ").append(kShareCounts),
                      {owner.text(), clock_.now()}, [&](const storage::Row& row) {
                        take(share_of(row));
                        return true;
                      });
}

Expected<void> Assets::tell_viewers(const UserId& owner, bool hidden) {
  ShareChanges changes;
  KITH_TRY(database_.read([&](storage::Reader& reader) {
    return each_share(reader, owner, [&](const Share& share) {
      if (hidden) {
        changes.withdrawn(share.owner, share.viewer, share.asset);
      } else {
        changes.shared(share.owner, share.viewer, share.asset);
      }
    });
  }));
  changes.tell(events_);
  return {};
}

Expected<void> Assets::remove_owner(const UserId& owner) {
  KITH_TRY(resumable_.remove_owner(owner));
  ShareChanges changes;
  auto done = database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(each_share(transaction, owner,
                        [&](const Share& share) { changes.withdrawn(share.owner, share.viewer, share.asset); }));
    KITH_TRY(transaction.execute("DELETE FROM album_shares WHERE owner = ?1 OR viewer = ?1", {owner.text()}));
    KITH_TRY(transaction.execute("DELETE FROM albums WHERE owner = ?", {owner.text()}));
    KITH_TRY(Exchanges::remove_owner(transaction, owner));
    KITH_TRY(transaction.execute("DELETE FROM shares WHERE owner = ?1 OR viewer = ?1", {owner.text()}));
    KITH_TRY(transaction.execute("DELETE FROM assets WHERE owner = ?", {owner.text()}));
    return {};
  });
  KITH_TRY(std::move(done));
  exchanges_.cut_transfers(owner);
  changes.tell(events_);
  return {};
}

void Assets::take_up(const config::Config& config) {
  arrivals_->set_max_file_bytes(config.storage.max_file_bytes);
  arrivals_->reservations().set_uploads_per_user(config.limits.uploads_per_user);
}

std::uint64_t Assets::max_file_bytes() const {
  return arrivals_->max_file_bytes();
}

}  // namespace kith::assets
