#pragma once
// Where folders that never include each other meet: each class answers one folder's narrow interface from another.
// All thread-safe; references given must outlive them.

#include <mutex>
#include <vector>

#include "accounts/accounts.hpp"
#include "assets/assets.hpp"
#include "assets/photos.hpp"
#include "core/alerts.hpp"
#include "core/log.hpp"
#include "daemon/api/event_hub.hpp"
#include "federation/local_users.hpp"
#include "federation/service/events.hpp"
#include "federation/session/notifications.hpp"
#include "federation/session/session_acceptor.hpp"
#include "federation/session/session_opener.hpp"
#include "federation/session/told_assets.hpp"
#include "federation/shared_assets.hpp"

namespace kith::daemon {

// federation asks accounts who lives here.
class FederationUsers final : public federation::LocalUsers {
 public:
  explicit FederationUsers(accounts::UserStore& users) : users_(users) {}
  core::Expected<std::optional<federation::LocalUser>> find_by_handle(storage::Reader& reader,
                                                                      std::string_view handle) override;
  core::Expected<std::optional<federation::LocalUser>> find_by_id(storage::Reader& reader,
                                                                  const core::UserId& id) override;
  core::Expected<core::UserId> ensure_remote(storage::Transaction& transaction,
                                             const federation::Address& address) override;

 private:
  accounts::UserStore& users_;
};

// federation asks assets what is shared with somebody elsewhere.
class FederationAssets final : public federation::SharedAssets {
 public:
  FederationAssets(assets::Shares& shares, assets::Photos& photos) : shares_(shares), photos_(photos) {}
  core::Expected<federation::SharedAssetPage> list(const federation::ShareView& view,
                                                   const federation::SharedAssetFilter& filter) override;
  core::Expected<federation::SharedAsset> find(const federation::ShareView& view, const core::AssetId& id) override;
  core::Expected<federation::OpenedAsset> open(const federation::ShareView& view, const core::AssetId& id) override;
  core::Expected<federation::Thumbnail> thumbnail(const federation::ShareView& view, const core::AssetId& id,
                                                  int edge) override;

 private:
  core::Expected<assets::Page<assets::SharedAsset>> page_of(const federation::ShareView& view,
                                                            const federation::SharedAssetFilter& filter);
  assets::Shares& shares_;
  assets::Photos& photos_;
};

// assets asks accounts how much somebody may keep.
class AccountQuotas final : public assets::Quotas {
 public:
  explicit AccountQuotas(accounts::UserStore& users) : users_(users) {}
  core::Expected<std::uint64_t> quota_bytes(const core::UserId& user) override;

 private:
  accounts::UserStore& users_;
};

// assets tells the pages of people here, and federation for people elsewhere, what changed.
class AssetNews final : public assets::AssetEvents {
 public:
  AssetNews(EventHub& events, accounts::UserStore& users, core::Logger log)
      : events_(events), users_(users), log_(std::move(log)) {}
  // Once, before the first event: federation is built after assets.
  void set_federation(federation::ShareNotices& notices, std::string own_domain) {
    notices_ = &notices;
    own_domain_ = std::move(own_domain);
  }
  // Likewise: photos among what is new wait to be looked at.
  void set_photos(assets::PhotoWork& photos) { photos_ = &photos; }
  void owned_changed(const core::UserId& owner) override;
  void albums_changed(const core::UserId& owner) override;
  void exchanges_changed(const core::UserId& owner) override;
  void shared(const core::UserId& owner, const core::UserId& viewer, std::span<const core::AssetId> assets) override;
  void withdrawn(const core::UserId& owner, const core::UserId& viewer, std::span<const core::AssetId> assets) override;
  void changed(const core::UserId& owner, std::span<const core::UserId> viewers,
               std::span<const core::AssetId> assets) override;

 private:
  void tell(const core::UserId& owner, const core::UserId& viewer, federation::NoticeKind kind,
            std::span<const core::AssetId> assets);
  void tell_pages(const core::UserId& owner, const core::UserId& viewer);
  EventHub& events_;
  accounts::UserStore& users_;
  core::Logger log_;
  federation::ShareNotices* notices_ = nullptr;
  assets::PhotoWork* photos_ = nullptr;
  std::string own_domain_;
};

// federation tells everybody what became of a connection: the pages of its user and of admins, and who keeps things
// that end with it.
//
// refused() may be called inside a transaction, so it only notes; flush() writes. Strangers cause refusals
// at will: kRefusalsNoted in kRefusalWindow are noted one by one, the rest as a number, so that they can't wash the
// audit log away.
class ConnectionNews final : public federation::ConnectionEvents {
 public:
  static constexpr std::size_t kRefusalsNoted = 20;
  static constexpr std::chrono::minutes kRefusalWindow{10};
  static constexpr std::size_t kMostWaiting = 64;

  ConnectionNews(EventHub& events, accounts::AuditLog& audit, core::Alerts& alerts, const core::Clock& clock,
                 core::Logger log)
      : events_(events), audit_(audit), alerts_(alerts), clock_(clock), log_(std::move(log)) {}
  // Once, before the first event: these are built after the handshakes.
  struct Listeners {
    federation::Connections& connections;
    federation::SessionAcceptor& acceptor;
    federation::SessionOpener& opener;
    federation::ToldAssets& told;
    assets::Shares& shares;
  };
  void set_listeners(const Listeners& listeners) { listeners_.emplace(listeners); }
  void changed(const core::ConnectionId& id, const core::UserId& user) override;
  void alert(std::string_view kind, std::string_view about, const std::string& detail) override;
  void refused(std::string_view step, const std::string& peer, const std::string& reason) override;
  // What the peer of a connection did by a message of its own, once that is done; `done` comes back.
  core::Expected<void> by_peer(const core::ConnectionId& id, std::string_view action, core::Expected<void> done);
  // Writes what was noted to the audit log. Every second or so, and at the end; outside of transactions.
  void flush();

 private:
  void forget(const federation::ConnectionRecord& connection);
  EventHub& events_;
  accounts::AuditLog& audit_;
  core::Alerts& alerts_;
  const core::Clock& clock_;
  core::Logger log_;
  std::mutex mutex_;  // guards the four below
  std::vector<accounts::AuditEvent> waiting_;
  std::chrono::steady_clock::time_point window_ends_{};
  std::size_t refusals_ = 0;    // in this window
  std::size_t unreported_ = 0;  // refusals that only count
  std::optional<Listeners> listeners_;
};

}  // namespace kith::daemon
