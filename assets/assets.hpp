#pragma once
// Everything assets/ offers, put together once by daemon/app. Thread-safe; calls block on disk, so they belong on
// worker threads. Must outlive every Upload it gave out.

#include <functional>
#include <memory>

#include "assets/albums.hpp"
#include "assets/archives.hpp"
#include "assets/asset_events.hpp"
#include "assets/catalogue.hpp"
#include "assets/exchanges.hpp"
#include "assets/quotas.hpp"
#include "assets/resumable_uploads.hpp"
#include "assets/share_preparation.hpp"
#include "assets/shares.hpp"
#include "assets/stripped_photos.hpp"
#include "assets/uploads.hpp"
#include "assets/versions.hpp"
#include "config/config.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "storage/blob_store.hpp"
#include "storage/database.hpp"

namespace kith::assets {

class Arrivals;
class BlobLedger;

// What one sweep removed.
struct SweepCounts {
  int shares = 0;     // expired
  int versions = 0;   // superseded longer ago than kVersionKept
  int assets = 0;     // deleted longer ago than kDeletedKept
  int blobs = 0;      // content nothing names any more
  int exchanges = 0;  // expired or revoked, and what others no longer need
  int uploads = 0;    // resumable ones that got no byte for kUploadKept
  bool more = false;  // a limit was reached: call again soon
};

struct OrphanCounts {
  int removed = 0;  // blobs the database knows nothing of
  int missing =
      0;  // blobs the database names and the store does not have; each is logged as an error, nothing is changed
};

class Assets {
 public:
  // References are borrowed and outlive this.
  Assets(storage::Database& database, storage::BlobStore& blobs, const core::Clock& clock, core::Random& random,
         const config::Config& config, Quotas& quotas, ExchangePasswords& passwords, AssetEvents& events,
         core::Logger log);
  ~Assets();
  Assets(const Assets&) = delete;
  Assets& operator=(const Assets&) = delete;

  Catalogue& catalogue() { return catalogue_; }
  Uploads& uploads() { return uploads_; }
  ResumableUploads& resumable() { return resumable_; }
  Shares& shares() { return shares_; }
  Albums& albums() { return albums_; }
  Exchanges& exchanges() { return exchanges_; }
  Versions& versions() { return versions_; }
  Archives& archives() { return archives_; }

  // What holds from now on of settings that may change while the daemon runs: storage.max_file_size and
  // limits.uploads_per_user.
  void take_up(const config::Config& config);
  std::uint64_t max_file_bytes() const;

  // Exchanges::revoke, and the room is free that resumable uploads to it held.
  [[nodiscard]] core::Expected<void> revoke_exchange(const core::UserId& owner, const ExchangeId& id);

  // Removes what unfinished uploads of an earlier run left. Once, before the first upload.
  [[nodiscard]] core::Expected<void> start();
  // Compares the store with the database, both ways; reads all of both, so it belongs on a worker thread some time
  // after the start. Safe beside uploads.
  [[nodiscard]] core::Expected<OrphanCounts> remove_orphans();
  // Ends what has run out and removes content nothing names. Bounded (kSweepBatch of each kind): call it every minute
  // or so, at once again while `more`.
  [[nodiscard]] core::Expected<SweepCounts> sweep();

  // An account was suspended, which hides what it shares (`hidden`), or is back: those it shares with hear of it. Hints
  // only; what is served follows from the account itself.
  [[nodiscard]] core::Expected<void> tell_viewers(const core::UserId& owner, bool hidden);
  // An account goes: all its assets, versions, albums, exchanges and shares, both ways, in one transaction, with no way
  // back; the content is removed by the following sweeps. Repeatable. Call it before the user's row is deleted.
  [[nodiscard]] core::Expected<void> remove_owner(const core::UserId& owner);

 private:
  core::Expected<void> drop_lost_uploads();
  // What `owner` shares, expired and deleted ones left out.
  core::Expected<void> each_share(storage::Reader& reader, const core::UserId& owner,
                                  const std::function<void(const Share&)>& take) const;
  core::Expected<int> end_expired_shares();
  core::Expected<int> drop_old_versions();
  core::Expected<int> drop_deleted_assets();

  storage::Database& database_;
  storage::BlobStore& blobs_;
  const core::Clock& clock_;
  core::Random& random_;
  AssetEvents& events_;
  core::Logger log_;
  PhotoVariants variants_;
  SharePreparation preparation_;
  PreparedEvents prepared_;  // for what changes contents
  std::unique_ptr<BlobLedger> ledger_;
  Catalogue catalogue_;
  std::unique_ptr<Arrivals> arrivals_;
  Uploads uploads_;
  ResumableUploads resumable_;
  Shares shares_;
  Albums albums_;
  Exchanges exchanges_;
  Versions versions_;
  Archives archives_;
};

}  // namespace kith::assets
