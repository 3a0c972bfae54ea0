#pragma once
// Ends shares whose time is over: for the sweep. For assets/ only.

#include "assets/asset_events.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/random.hpp"
#include "storage/database.hpp"

namespace kith::assets {

// What ends shares, of assets and of albums.
struct ShareExpiry {
  storage::Database& database;
  const core::Clock& clock;
  core::Random& random;
  AssetEvents& events;

  // Shares of assets with a source that has expired, at most kSweepBatch; how many.
  [[nodiscard]] core::Expected<int> end_shares();
  // Shares of whole albums, at most kAlbumSharesAtOnce, each in a transaction; how many.
  [[nodiscard]] core::Expected<int> end_album_shares();
};

}  // namespace kith::assets
