#include "daemon/app/plugs.hpp"

#include "daemon/api/photo_query.hpp"
#include "daemon/api/rendering.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

Expected<std::optional<federation::LocalUser>> local_user(const Expected<accounts::User>& user) {
  if (!user) {
    if (user.error().code == ErrorCode::not_found) return std::nullopt;
    return tl::make_unexpected(user.error());
  }
  if (!user->is_local) return std::nullopt;
  const bool enabled = user->state == accounts::UserState::active && user->permission >= accounts::Permission::user;
  return federation::LocalUser{user->id, user->handle, enabled, user->permission == accounts::Permission::admin};
}

federation::SharedAsset as_seen_elsewhere(const assets::SharedAsset& shared) {
  const auto& asset = shared.asset;
  federation::SharedAsset out;
  out.id = asset.id;
  out.name = asset.name;
  out.size = asset.size;
  out.media_type = asset.media_type;
  out.kind = assets::kind_name(asset.kind);
  out.digest = asset.digest;
  out.created_at = asset.created_at;
  out.shared_at = shared.share.shared_at;
  out.expires_at = shared.share.terms.expires_at;
  out.etag = assets::entity_tag(asset.digest);
  out.has_thumbnail = asset.photo.has_thumbnail;
  out.captured_at = asset.photo.captured_at;
  out.width = asset.photo.width;
  out.height = asset.photo.height;
  out.camera = asset.photo.camera;
  out.album = shared.album.value_or("");
  return out;
}

class SharedBlob final : public federation::SharedContent {
 public:
  explicit SharedBlob(std::shared_ptr<storage::BlobReader> reader) : reader_(std::move(reader)) {}
  std::uint64_t size() const override { return reader_->size(); }
  Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) override {
    return reader_->read(offset, out);
  }

 private:
  std::shared_ptr<storage::BlobReader> reader_;
};

}  // namespace

// ---- FederationUsers

Expected<std::optional<federation::LocalUser>> FederationUsers::find_by_handle(storage::Reader& reader,
                                                                               std::string_view handle) {
  return local_user(accounts::UserStore::by_address(reader, handle, std::nullopt));
}

Expected<std::optional<federation::LocalUser>> FederationUsers::find_by_id(storage::Reader& reader,
                                                                           const core::UserId& id) {
  return local_user(accounts::UserStore::by_id(reader, id));
}

Expected<core::UserId> FederationUsers::ensure_remote(storage::Transaction& transaction,
                                                      const federation::Address& address) {
  KITH_TRY_ASSIGN(user, users_.ensure_remote(transaction, address.handle(), address.domain().text()));
  return user.id;
}

// ---- FederationAssets

Expected<assets::Page<assets::SharedAsset>> FederationAssets::page_of(const federation::ShareView& view,
                                                                      const federation::SharedAssetFilter& filter) {
  const assets::PageRequest page{filter.cursor.value_or(""), static_cast<int>(filter.limit)};
  if (filter.photos_by_time) {
    KITH_TRY_ASSIGN(narrowed, photo_filter(filter.name.value_or(""), filter.camera, filter.from, filter.to));
    return photos_.list_between(view.owner, view.viewer, narrowed, page);
  }
  assets::AssetFilter narrowed;
  narrowed.name = filter.name.value_or("");
  if (filter.kind) {
    narrowed.kind = assets::kind_from_name(*filter.kind);
    if (!narrowed.kind) return fail(ErrorCode::bad_request, "there is no such kind of asset");
  }
  return shares_.list_between(view.owner, view.viewer, narrowed, page);
}

Expected<federation::SharedAssetPage> FederationAssets::list(const federation::ShareView& view,
                                                             const federation::SharedAssetFilter& filter) {
  KITH_TRY_ASSIGN(page, page_of(view, filter));
  federation::SharedAssetPage out;
  for (const auto& shared : page.items) out.items.push_back(as_seen_elsewhere(shared));
  out.next = std::move(page.next);
  return out;
}

Expected<federation::SharedAsset> FederationAssets::find(const federation::ShareView& view, const core::AssetId& id) {
  KITH_TRY_ASSIGN(shared, shares_.view(view.owner, view.viewer, id));
  return as_seen_elsewhere(shared);
}

Expected<federation::OpenedAsset> FederationAssets::open(const federation::ShareView& view, const core::AssetId& id) {
  KITH_TRY_ASSIGN(content, shares_.open(view.owner, view.viewer, id));
  return federation::OpenedAsset{as_seen_elsewhere(content.shared), std::make_shared<SharedBlob>(content.reader)};
}

Expected<federation::Thumbnail> FederationAssets::thumbnail(const federation::ShareView& view, const core::AssetId& id,
                                                            int edge) {
  KITH_TRY_ASSIGN(shared, shares_.view(view.owner, view.viewer, id));
  KITH_TRY_ASSIGN(picture, photos_.thumbnail(view.owner, shared.original, edge));
  return federation::Thumbnail{"image/webp", std::move(picture.etag), std::move(picture.webp)};
}

// ---- AccountQuotas

Expected<std::uint64_t> AccountQuotas::quota_bytes(const core::UserId& user) {
  KITH_TRY_ASSIGN(row, users_.by_id(user));
  if (!row.is_local || row.state != accounts::UserState::active) return fail(ErrorCode::forbidden);
  return row.quota_bytes;
}

// ---- AssetNews

void AssetNews::tell(const core::UserId& owner, const core::UserId& viewer, federation::NoticeKind kind,
                     std::span<const core::AssetId> assets) {
  tell_pages(owner, viewer);
  if (notices_ == nullptr) return;
  if (const auto told = notices_->tell(owner, viewer, kind, assets); !told) {
    // Only a hint is lost: the other side sees the change when it reads again.
    log_.warning("could not note a change for a peer", {{"detail", told.error().detail}});
  }
}

void AssetNews::tell_pages(const core::UserId& owner, const core::UserId& viewer) {
  events_.publish(owner, Event::shares());
  if (!events_.is_heard_by(viewer)) return;
  // Who was deleted has no address any more: then the page reads everything again.
  const auto address = Names(users_, own_domain_).address(owner);
  events_.publish(viewer, address.empty() ? Event::resync() : Event::shared_with_me(address));
}

void AssetNews::owned_changed(const core::UserId& owner) {
  if (photos_ != nullptr) photos_->wake();
  events_.publish(owner, Event::assets());
}

void AssetNews::exchanges_changed(const core::UserId& owner) {
  events_.publish(owner, Event::exchanges());
}

void AssetNews::albums_changed(const core::UserId& owner) {
  events_.publish(owner, Event::albums());
}

void AssetNews::shared(const core::UserId& owner, const core::UserId& viewer, std::span<const core::AssetId> assets) {
  tell(owner, viewer, federation::NoticeKind::shared, assets);
}

void AssetNews::withdrawn(const core::UserId& owner, const core::UserId& viewer,
                          std::span<const core::AssetId> assets) {
  tell(owner, viewer, federation::NoticeKind::withdrawn, assets);
}

void AssetNews::changed(const core::UserId& owner, std::span<const core::UserId> viewers,
                        std::span<const core::AssetId> assets) {
  for (const auto& viewer : viewers) tell(owner, viewer, federation::NoticeKind::changed, assets);
}

// ---- ConnectionNews

void ConnectionNews::changed(const core::ConnectionId& id, const core::UserId& user) {
  events_.publish_with_admins(user, Event::connection(id));
  if (!listeners_) return;
  const auto connection = listeners_->connections.find(id);
  if (connection && *connection && !(*connection)->active) forget(**connection);
}

void ConnectionNews::forget(const federation::ConnectionRecord& connection) {
  listeners_->acceptor.connection_ended(connection.id);
  if (!connection.ending) listeners_->opener.connection_ended(connection.id);
  const auto told = listeners_->told.forget_connection(connection.id);
  // A newer connection of the same two may be there already; then what was shared stays.
  const auto newer = listeners_->connections.find_active(connection.local_user, connection.peer_address);
  if (newer && *newer) return;
  const auto shares = listeners_->shares.forget_between(connection.local_user, connection.peer_user);
  if (!told || !shares) log_.warning("an ended connection left rows behind", {{"connection", connection.id.text()}});
  events_.publish(connection.local_user, Event::shares());
  events_.publish(connection.local_user, Event::shared_with_me(connection.peer_address.text()));
}

void ConnectionNews::alert(std::string_view kind, std::string_view about, const std::string& detail) {
  alerts_.raise(kind, about, detail);
}

void ConnectionNews::refused(std::string_view step, const std::string& peer, const std::string& reason) {
  const auto now = clock_.steady();
  std::lock_guard lock(mutex_);
  if (now >= window_ends_) {
    window_ends_ = now + kRefusalWindow;
    refusals_ = 0;
  }
  if (++refusals_ > kRefusalsNoted || waiting_.size() >= kMostWaiting) {
    ++unreported_;
    return;
  }
  log_.info("refused a message of a peer", {{"step", step}, {"peer", peer}, {"reason", reason}});
  waiting_.push_back({peer, "handshake_refused", std::string(step), "", reason});
}

Expected<void> ConnectionNews::by_peer(const core::ConnectionId& id, std::string_view action, Expected<void> done) {
  if (!done || !listeners_) return done;
  const auto connection = listeners_->connections.find(id);
  if (!connection || !*connection) return done;
  std::lock_guard lock(mutex_);
  if (waiting_.size() < kMostWaiting) {
    waiting_.push_back({(*connection)->peer_address.text(), std::string(action), id.text(), "", "told by the peer"});
  }
  return done;
}

void ConnectionNews::flush() {
  std::vector<accounts::AuditEvent> events;
  {
    std::lock_guard lock(mutex_);
    events.swap(waiting_);
    if (unreported_ > 0 && clock_.steady() >= window_ends_) {
      events.push_back({"kithd", "handshake_refused", "", "", std::to_string(unreported_) + " more were refused"});
      unreported_ = 0;
    }
  }
  for (const auto& event : events) {
    if (const auto written = audit_.write(event); !written) {
      log_.warning("the audit log was not written", {{"detail", written.error().detail}});
    }
  }
}

}  // namespace kith::daemon
