#include "daemon/api/rendering.hpp"

#include <nlohmann/json.hpp>

#include "assets/limits.hpp"
#include "core/encoding.hpp"
#include "federation/fingerprint.hpp"

namespace kith::daemon {
namespace {

Json time_json(const std::optional<core::Timestamp>& time) {
  return time ? Json(core::format_timestamp(*time)) : Json(nullptr);
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json number_or_null(int number) {
  return number == 0 ? Json(nullptr) : Json(number);
}

Json content_json(const assets::Asset& asset, Names& names) {
  return {{"id", asset.id.text()},
          {"name", asset.name},
          {"size", asset.size},
          {"media_type", asset.media_type},
          {"kind", assets::kind_name(asset.kind)},
          {"digest", core::digest_text(asset.digest)},
          {"etag", assets::entity_tag(asset.digest)},
          {"version", asset.version},
          {"created_at", core::format_timestamp(asset.created_at)},
          {"updated_at", core::format_timestamp(asset.updated_at)},
          {"owner", names.address(asset.owner)},
          {"captured_at", text_or_null(asset.photo.captured_at)},
          {"width", number_or_null(asset.photo.width)},
          {"height", number_or_null(asset.photo.height)},
          {"camera", text_or_null(asset.photo.camera)},
          {"has_thumbnail", asset.photo.has_thumbnail}};
}

}  // namespace

const std::string& Names::address(const core::UserId& user) {
  if (const auto found = known_.find(user); found != known_.end()) return found->second;
  std::string text;
  if (const auto row = users_.by_id(user)) text = row->handle + "@" + row->domain.value_or(own_domain_);
  return known_.emplace(user, std::move(text)).first->second;
}

Json user_json(const accounts::User& user, const std::string& own_domain) {
  return {{"id", user.id.text()},
          {"handle", user.handle},
          {"address", user.handle + "@" + user.domain.value_or(own_domain)},
          {"is_local", user.is_local},
          {"email", user.email},
          {"first_name", user.first_name},
          {"last_name", user.last_name},
          {"organization", or_null(user.organization)},
          {"permission", accounts::permission_name(user.permission)},
          {"state", accounts::user_state_name(user.state)},
          {"verified", true},  // there is no user without a proven address; a registration says otherwise
          {"verified", true},  // users who are not yet are no users: see accounts/registration.hpp
          {"quota_bytes", user.quota_bytes},
          {"created_at", core::format_timestamp(user.created_at)},
          {"updated_at", core::format_timestamp(user.updated_at)}};
}

Json token_json(const accounts::IssuedToken& token, const std::string& own_domain) {
  return {{"token", token.token},
          {"expires_at", core::format_timestamp(token.expires_at)},
          {"user", user_json(token.user, own_domain)}};
}

Json asset_json(const assets::Asset& asset, Names& names, const std::vector<assets::Share>& shares) {
  Json out = content_json(asset, names);
  out["shared_with"] = Json::array();
  for (const auto& share : shares) {
    if (share.asset == asset.id) out["shared_with"].push_back(names.address(share.viewer));
  }
  return out;
}

Json deleted_asset_json(const assets::DeletedAsset& deleted, Names& names) {
  Json out = content_json(deleted.asset, names);
  out["deleted_at"] = core::format_timestamp(deleted.deleted_at);
  out["gone_at"] = core::format_timestamp(deleted.deleted_at + assets::kDeletedKept);
  return out;
}

Json shared_asset_json(const assets::SharedAsset& shared, Names& names) {
  Json out = content_json(shared.asset, names);
  out["shared_at"] = core::format_timestamp(shared.share.shared_at);
  out["expires_at"] = time_json(shared.share.terms.expires_at);
  out["album"] = or_null(shared.album);
  return out;
}

Json remote_asset_json(const federation::SharedAsset& asset, const std::string& owner) {
  return {{"id", asset.id.text()},
          {"name", asset.name},
          {"size", asset.size},
          {"media_type", asset.media_type},
          {"kind", asset.kind},
          {"digest", core::digest_text(asset.digest)},
          {"etag", asset.etag},
          {"created_at", core::format_timestamp(asset.created_at)},
          {"shared_at", core::format_timestamp(asset.shared_at)},
          {"expires_at", time_json(asset.expires_at)},
          {"owner", owner},
          {"captured_at", text_or_null(asset.captured_at)},
          {"width", number_or_null(asset.width)},
          {"height", number_or_null(asset.height)},
          {"camera", text_or_null(asset.camera)},
          {"album", text_or_null(asset.album)},
          {"has_thumbnail", asset.has_thumbnail}};
}

Json share_json(const assets::Share& share, Names& names) {
  return {{"id", share.id.text()},
          {"asset_id", share.asset.text()},
          {"with", names.address(share.viewer)},
          {"shared_at", core::format_timestamp(share.shared_at)},
          {"expires_at", time_json(share.terms.expires_at)},
          {"strip", assets::strip_name(share.terms.strip)}};
}

Json share_json(const assets::SharedAsset& shared, Names& names) {
  Json out = share_json(shared.share, names);
  out["asset"] = content_json(shared.asset, names);
  return out;
}

Json album_json(const assets::Album& album, Names& names) {
  Json shared_with = Json::array();
  for (const auto& viewer : album.viewers) shared_with.push_back(names.address(viewer));
  return {{"id", album.id.text()},
          {"name", album.name},
          {"count", album.count},
          {"cover", album.cover ? Json(album.cover->text()) : Json(nullptr)},
          {"shared_with", std::move(shared_with)},
          {"created_at", core::format_timestamp(album.created_at)},
          {"updated_at", core::format_timestamp(album.updated_at)}};
}

Json album_share_json(const assets::AlbumShare& share, Names& names) {
  return {{"id", share.id.text()},
          {"album_id", share.album.text()},
          {"with", names.address(share.viewer)},
          {"shared_at", core::format_timestamp(share.shared_at)},
          {"expires_at", time_json(share.terms.expires_at)},
          {"strip", assets::strip_name(share.terms.strip)}};
}

Json connection_json(const federation::ConnectionView& view) {
  Json timeline = Json::array();
  for (const auto& entry : view.timeline) {
    timeline.push_back({{"step", entry.step},
                        {"since", core::format_timestamp(entry.since)},
                        {"at", core::format_timestamp(entry.at)},
                        {"done", entry.done},
                        {"attempts", entry.attempts},
                        {"next_try_at", time_json(entry.next_try_at)},
                        {"error_code", text_or_null(entry.error_code)},
                        {"last_error", text_or_null(entry.last_error)},
                        {"help", text_or_null(entry.help)}});
  }
  return {{"id", view.id.text()},
          {"state", federation::state_name(view.state)},
          {"direction", view.outgoing ? "outgoing" : "incoming"},
          {"local", view.local_address},
          {"peer", view.peer_address},
          {"purpose", view.purpose},
          {"verified", view.verified},
          {"verified_at", time_json(view.verified_at)},
          {"words", view.words.empty() ? Json(nullptr) : Json(view.words)},
          {"fingerprint", text_or_null(view.fingerprint)},
          {"reason", text_or_null(view.reason)},
          {"peer_delivery", text_or_null(view.peer_delivery)},
          {"peer_instance",
           {{"domain", view.peer_instance.domain},
            {"name", text_or_null(view.peer_instance.name)},
            {"last_seen", time_json(view.peer_instance.last_seen)},
            {"down_since", time_json(view.peer_instance.down_since)}}},
          {"created_at", core::format_timestamp(view.created_at)},
          {"updated_at", core::format_timestamp(view.updated_at)},
          {"expires_at", time_json(view.expires_at)},
          {"established_at", time_json(view.established_at)},
          {"timeline", std::move(timeline)}};
}

Json invite_json(const federation::InviteView& invite) {
  Json out = {{"id", invite.id},
              {"created_at", core::format_timestamp(invite.created_at)},
              {"expires_at", core::format_timestamp(invite.expires_at)},
              {"uses", invite.uses},
              {"reserved", invite.reserved},
              {"spent", invite.spent}};
  if (!invite.link.empty()) out["link"] = invite.link;  // only when it was just made
  return out;
}

Json instance_json(const federation::KnownInstance& instance) {
  const auto fingerprint = [](const std::optional<core::VerifyKey>& key) {
    return key ? Json(federation::Fingerprint::of(*key).grouped()) : Json(nullptr);
  };
  return {{"domain", instance.domain},
          {"name", instance.name},
          {"software", instance.software},
          {"pin", federation::pin_kind_name(instance.pin)},
          {"fingerprint", fingerprint(instance.key)},
          {"offered_fingerprint", fingerprint(instance.offered_key)},
          {"https_only", instance.https_only},
          {"blocked", instance.blocked},
          {"alert", or_null(instance.alert)},
          {"first_seen", core::format_timestamp(instance.first_seen)},
          {"last_seen", time_json(instance.last_seen)},
          {"down_since", time_json(instance.down_since)},
          {"last_error", or_null(instance.last_error)}};
}

std::string list_text(Json items, const std::optional<std::string>& next) {
  return core::to_json_text({{"items", std::move(items)}, {"next", or_null(next)}});
}

}  // namespace kith::daemon
