#pragma once
// The one place that decides what follows from all that shows an asset to a viewer: the owner's own act, and each album
// it is in that is shared with them. The viewer sees it while any of these counts, until the latest of their ends; what
// any of them leaves out of a photo is left out (so a share can be made narrower by another, never wider); the album
// that was shared with them first gives its name. For assets/ only.

#include <functional>
#include <optional>

#include "assets/share_changes.hpp"
#include "assets/share_terms.hpp"
#include "core/id.hpp"
#include "storage/database.hpp"

namespace kith::assets {

struct ShareSpot {
  const core::UserId& owner;
  const core::UserId& viewer;
  const core::AssetId& asset;
};

// What becomes of the owner's own act, if there is one: it is handed over, and what is left in its place counts.
using OwnAct = std::optional<ShareTerms>;
using ChangeOwnAct = std::function<void(OwnAct&)>;

struct Settlement {
  core::Timestamp now;
  std::function<core::ShareId()> make_id;  // for a share that begins
};

// Brings the row of `shares` in line with what shows the asset by now, after `change`, and notes in `changes` what that
// means for the viewer. Call it for every spot that something changed for, in the transaction that changed it.
// not_found when the viewer is no user.
[[nodiscard]] core::Expected<void> settle_share(storage::Transaction& transaction, const Settlement& settlement,
                                                const ShareSpot& spot, ShareChanges& changes,
                                                const ChangeOwnAct& change = {});

}  // namespace kith::assets
