#pragma once
// Values as JSON, the way the HTTP interface shows them. Pure but for Names, which looks users up.

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "accounts/accounts.hpp"
#include "assets/albums.hpp"
#include "assets/shares.hpp"
#include "core/json.hpp"
#include "federation/net/instance_store.hpp"
#include "federation/service/connections.hpp"
#include "federation/service/invites.hpp"
#include "federation/shared_assets.hpp"

namespace kith::daemon {

using core::Json;

// Addresses of users ("alice@a.example"), each looked up once. For one request; not thread-safe.
class Names {
 public:
  Names(accounts::UserStore& users, std::string own_domain) : users_(users), own_domain_(std::move(own_domain)) {}
  // Empty for a user who is gone.
  const std::string& address(const core::UserId& user);

 private:
  accounts::UserStore& users_;
  const std::string own_domain_;
  std::map<core::UserId, std::string> known_;
};

Json user_json(const accounts::User& user, const std::string& own_domain);
Json token_json(const accounts::IssuedToken& token, const std::string& own_domain);
// `shares`: who sees it, for its owner; empty for viewers.
Json asset_json(const assets::Asset& asset, Names& names, const std::vector<assets::Share>& shares);
// For its owner, until it can't be restored any more.
Json deleted_asset_json(const assets::DeletedAsset& deleted, Names& names);
// An asset of somebody else, as a viewer sees it.
Json shared_asset_json(const assets::SharedAsset& shared, Names& names);
Json remote_asset_json(const federation::SharedAsset& asset, const std::string& owner);
Json share_json(const assets::SharedAsset& shared, Names& names);
Json share_json(const assets::Share& share, Names& names);
Json album_json(const assets::Album& album, Names& names);
Json album_share_json(const assets::AlbumShare& share, Names& names);
Json connection_json(const federation::ConnectionView& view);
Json invite_json(const federation::InviteView& invite);
Json instance_json(const federation::KnownInstance& instance);

// {"items": […], "next": cursor or null}
std::string list_text(Json items, const std::optional<std::string>& next);

}  // namespace kith::daemon
