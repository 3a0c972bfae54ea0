#pragma once
// What peers told last of the assets they share with users here (table told_assets): so that it can be shown when they
// are down. A memory, not a truth: every use of an asset asks the peer again. At most kMaxToldAssets a connection, the
// newest. What is told again unchanged is not written again for a while. Thread-safe, blocking (database).

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "federation/service/connections.hpp"
#include "federation/shared_assets.hpp"
#include "storage/database.hpp"

namespace kith::federation {

inline constexpr std::size_t kMaxToldAssets = 10'000;

// An asset as its peer told of it last.
struct ToldAsset {
  std::string peer;  // "bob@b.example"
  SharedAsset asset;
  core::Timestamp told_at;
};
struct ToldAssetPage {
  std::vector<ToldAsset> items;  // newest share first
  std::optional<std::string> next;
};

class ToldAssets {
 public:
  ToldAssets(storage::Database& database, const core::Clock& clock);

  // All there is: what is not in `items` is forgotten.
  [[nodiscard]] Expected<void> replace(const ConnectionRecord& connection, std::span<const SharedAsset> items);
  // Some of it: added, or brought up to date.
  [[nodiscard]] Expected<void> learn(const ConnectionRecord& connection, std::span<const SharedAsset> items);
  [[nodiscard]] Expected<void> forget(const core::ConnectionId& connection, std::span<const std::string> asset_ids);
  [[nodiscard]] Expected<void> forget_connection(const core::ConnectionId& connection);
  // An account goes: what was told to it, over any of its connections.
  [[nodiscard]] Expected<void> forget_user(const core::UserId& viewer);
  // Over all peers; expired shares are left out. bad_request for a cursor that is none, limit 1 to 500.
  [[nodiscard]] Expected<ToldAssetPage> list(const core::UserId& viewer, const std::optional<std::string>& cursor,
                                             std::size_t limit);

 private:
  storage::Database& database_;
  const core::Clock& clock_;
};

}  // namespace kith::federation
