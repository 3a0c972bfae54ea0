#pragma once
// What a change did to those who see something: collected inside the transaction, told once it is committed. A value.
// For assets/ only.

#include <map>
#include <utility>
#include <vector>

#include "assets/asset_events.hpp"
#include "core/id.hpp"

namespace kith::assets {

class ShareChanges {
 public:
  void shared(const core::UserId& owner, const core::UserId& viewer, const core::AssetId& asset) {
    of_[{owner, viewer}].shared.push_back(asset);
  }
  void changed(const core::UserId& owner, const core::UserId& viewer, const core::AssetId& asset) {
    of_[{owner, viewer}].changed.push_back(asset);
  }
  void withdrawn(const core::UserId& owner, const core::UserId& viewer, const core::AssetId& asset) {
    of_[{owner, viewer}].withdrawn.push_back(asset);
  }
  // In pieces of kMaxAssetsPerShareCall.
  void tell(AssetEvents& events) const;

 private:
  struct Lists {
    std::vector<core::AssetId> shared, changed, withdrawn;
  };
  std::map<std::pair<core::UserId, core::UserId>, Lists> of_;  // owner and viewer
};

}  // namespace kith::assets
