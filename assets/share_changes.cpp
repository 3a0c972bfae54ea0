#include "assets/share_changes.hpp"

#include <algorithm>
#include <functional>

#include "assets/limits.hpp"

namespace kith::assets {

namespace {

using core::AssetId;

void in_pieces(std::span<const AssetId> assets, const std::function<void(std::span<const AssetId>)>& tell) {
  for (; !assets.empty(); assets = assets.subspan(std::min(kMaxAssetsPerShareCall, assets.size())))
    tell(assets.first(std::min(kMaxAssetsPerShareCall, assets.size())));
}

}  // namespace

void ShareChanges::tell(AssetEvents& events) const {
  for (const auto& [pair, lists] : of_) {
    const auto& owner = pair.first;
    const auto& viewer = pair.second;
    in_pieces(lists.shared, [&](auto assets) { events.shared(owner, viewer, assets); });
    in_pieces(lists.changed, [&](auto assets) { events.changed(owner, std::span(&viewer, 1), assets); });
    in_pieces(lists.withdrawn, [&](auto assets) { events.withdrawn(owner, viewer, assets); });
  }
}

}  // namespace kith::assets
