#pragma once
// Who gets told when what they have, or can see, changes. daemon/app turns it into notifications to peers and events
// for the page.
//
// Events are hints, sent once and after the change is committed: a receiver reads again, and what a crash swallows is
// found at the next reading. Called on the thread that made the change, with no lock held; several threads at a time.
// Implementations must be quick (hand over to a queue) and must not throw.

#include <span>

#include "core/id.hpp"

namespace kith::assets {

class AssetEvents {
 public:
  virtual ~AssetEvents() = default;
  // `owner` has something new, has something no more, or has it with another name or content.
  virtual void owned_changed(const core::UserId& owner) = 0;
  // `owner`'s albums are others, hold others, or are shown to others.
  virtual void albums_changed(const core::UserId& owner) = 0;
  // One of `owner`'s exchanges is new, has gone, or is in another state.
  virtual void exchanges_changed(const core::UserId& owner) = 0;
  // `viewer` can see these assets from now on.
  virtual void shared(const core::UserId& owner, const core::UserId& viewer, std::span<const core::AssetId> assets) = 0;
  // `viewer` no longer sees them: withdrawn, expired, or the asset is deleted.
  virtual void withdrawn(const core::UserId& owner, const core::UserId& viewer,
                         std::span<const core::AssetId> assets) = 0;
  // Content, name or expiry is another. `viewers` are all who see all of these assets.
  virtual void changed(const core::UserId& owner, std::span<const core::UserId> viewers,
                       std::span<const core::AssetId> assets) = 0;
};

}  // namespace kith::assets
