#pragma once
// Makes photos ready for viewers who are not to get all of them: what is left when it is left out must be known before
// anything is shown. Reads whole photos, so it runs outside transactions. Thread-safe.

#include <atomic>
#include <span>

#include "assets/asset_events.hpp"
#include "assets/share_terms.hpp"
#include "assets/stripped_photos.hpp"
#include "core/log.hpp"
#include "storage/database.hpp"

namespace kith::assets {

class SharePreparation {
 public:
  SharePreparation(storage::Database& database, PhotoVariants& variants, core::Logger log);

  // Before something is shared: conflict naming the first photo among these that `strip` can't be left out of. Passes
  // over what is no photo and what is not the owner's.
  [[nodiscard]] core::Expected<void> require(const core::UserId& owner, std::span<const core::AssetId> assets,
                                             Strip strip);
  // After something shared got other content: what can be made ready is, what can't stays hidden.
  void catch_up_with(std::span<const core::AssetId> assets);
  // After something that may have left much hidden: catch_up() looks.
  void look_again() { is_due_ = true; }
  // What is still hidden since nobody looked, at most `limit` photos; viewers are told. How many were looked at with
  // success. Does nothing unless look_again() was called, something failed, or this has just begun to run.
  [[nodiscard]] core::Expected<int> catch_up(int limit, AssetEvents& events);

 private:
  struct Hidden;
  bool make_ready(const Hidden& photo);

  storage::Database& database_;
  PhotoVariants& variants_;
  core::Logger log_;
  std::atomic<bool> is_due_{true};  // a crash may have left something
};

// Hands events on once what they tell of is ready.
class PreparedEvents final : public AssetEvents {
 public:
  PreparedEvents(AssetEvents& events, SharePreparation& preparation) : events_(events), preparation_(preparation) {}
  void owned_changed(const core::UserId& owner) override { events_.owned_changed(owner); }
  void albums_changed(const core::UserId& owner) override { events_.albums_changed(owner); }
  void exchanges_changed(const core::UserId& owner) override { events_.exchanges_changed(owner); }
  void shared(const core::UserId& owner, const core::UserId& viewer, std::span<const core::AssetId> assets) override {
    preparation_.catch_up_with(assets);
    events_.shared(owner, viewer, assets);
  }
  void withdrawn(const core::UserId& owner, const core::UserId& viewer,
                 std::span<const core::AssetId> assets) override {
    events_.withdrawn(owner, viewer, assets);
  }
  void changed(const core::UserId& owner, std::span<const core::UserId> viewers,
               std::span<const core::AssetId> assets) override {
    preparation_.catch_up_with(assets);
    events_.changed(owner, viewers, assets);
  }

 private:
  AssetEvents& events_;
  SharePreparation& preparation_;
};

}  // namespace kith::assets
