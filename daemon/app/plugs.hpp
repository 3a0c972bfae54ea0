#pragma once
// Where folders that never include each other meet: each class answers one folder's narrow interface from another.
// All thread-safe; references given must outlive them.

#include "accounts/accounts.hpp"
#include "assets/assets.hpp"
#include "core/log.hpp"
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
  explicit FederationAssets(assets::Shares& shares) : shares_(shares) {}
  core::Expected<federation::SharedAssetPage> list(const federation::ShareView& view,
                                                   const federation::SharedAssetFilter& filter) override;
  core::Expected<federation::SharedAsset> find(const federation::ShareView& view, const core::AssetId& id) override;
  core::Expected<federation::OpenedAsset> open(const federation::ShareView& view, const core::AssetId& id) override;
  core::Expected<federation::Thumbnail> thumbnail(const federation::ShareView& view, const core::AssetId& id,
                                                  int edge) override;

 private:
  assets::Shares& shares_;
};

// assets asks accounts how much somebody may keep.
class AccountQuotas final : public assets::Quotas {
 public:
  explicit AccountQuotas(accounts::UserStore& users) : users_(users) {}
  core::Expected<std::uint64_t> quota_bytes(const core::UserId& user) override;

 private:
  accounts::UserStore& users_;
};

// assets tells federation what changed for people elsewhere.
class ShareNews final : public assets::ShareEvents {
 public:
  explicit ShareNews(core::Logger log) : log_(std::move(log)) {}
  // Once, before the first event: federation is built after assets.
  void set_notices(federation::ShareNotices& notices) { notices_ = &notices; }
  void shared(const core::UserId& owner, const core::UserId& viewer, std::span<const core::AssetId> assets) override;
  void withdrawn(const core::UserId& owner, const core::UserId& viewer, std::span<const core::AssetId> assets) override;
  void changed(const core::UserId& owner, std::span<const core::UserId> viewers,
               std::span<const core::AssetId> assets) override;

 private:
  void tell(const core::UserId& owner, const core::UserId& viewer, federation::NoticeKind kind,
            std::span<const core::AssetId> assets);
  core::Logger log_;
  federation::ShareNotices* notices_ = nullptr;
};

// federation tells everybody what became of a connection.
class ConnectionNews final : public federation::ConnectionEvents {
 public:
  ConnectionNews(accounts::AuditLog& audit, core::Logger log) : audit_(audit), log_(std::move(log)) {}
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
  void alert(std::string_view kind, const std::string& detail) override;
  void refused(std::string_view step, const std::string& peer, const std::string& reason) override;

 private:
  void forget(const federation::ConnectionRecord& connection);
  accounts::AuditLog& audit_;
  core::Logger log_;
  std::optional<Listeners> listeners_;
};

}  // namespace kith::daemon
