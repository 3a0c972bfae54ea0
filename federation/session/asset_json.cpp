#include "federation/session/asset_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/json.hpp"
#include "core/wall_time.hpp"
#include "federation/session/session_limits.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;

constexpr std::size_t kMaxName = 1024;
constexpr std::size_t kMaxMediaType = 255;
constexpr std::size_t kMaxKind = 32;
constexpr std::size_t kMaxAlbum = 255;
constexpr std::size_t kMaxEtag = 128;
constexpr std::size_t kMaxCursor = 512;
constexpr std::size_t kMaxCamera = 100;
constexpr std::int64_t kMaxEdge = 1'000'000'000;
constexpr std::int64_t kMaxSize = (std::int64_t{1} << 53) - 1;  // what every JSON library keeps exactly
constexpr core::JsonLimits kPageLimits{.max_bytes = kMaxSmallAnswer, .max_depth = 8, .max_values = 20'000};

bool is_visible(char c) {
  return c > 0x20 && c < 0x7f;
}
bool is_printable(char c) {
  return c >= 0x20 && c < 0x7f;
}

core::Json asset_json(const SharedAsset& asset) {
  core::Json json = {
      {"id", asset.id.text()},
      {"name", asset.name},
      {"size", asset.size},
      {"media_type", asset.media_type},
      {"kind", asset.kind},
      {"digest", core::digest_text(asset.digest)},
      {"created_at", core::format_timestamp(asset.created_at)},
      {"shared_at", core::format_timestamp(asset.shared_at)},
      {"etag", asset.etag},
      {"has_thumbnail", asset.has_thumbnail},
  };
  if (asset.expires_at) json["expires_at"] = core::format_timestamp(*asset.expires_at);
  if (!asset.captured_at.empty()) json["captured_at"] = asset.captured_at;
  if (asset.width > 0) json["width"] = asset.width;
  if (asset.height > 0) json["height"] = asset.height;
  if (!asset.camera.empty()) json["camera"] = asset.camera;
  if (!asset.album.empty()) json["album"] = asset.album;
  return json;
}

Expected<void> read_photo_fields(const core::Json& json, SharedAsset& asset) {
  KITH_TRY_ASSIGN(captured_at, core::optional_text(json, "captured_at", core::kMaxWallTimeText));
  if (captured_at && !core::parse_wall_time(*captured_at))
    return core::fail(ErrorCode::bad_request, "captured_at must be a time as a camera's clock shows it");
  asset.captured_at = captured_at.value_or("");
  KITH_TRY_ASSIGN(width, core::optional_integer(json, "width", 1, kMaxEdge));
  KITH_TRY_ASSIGN(height, core::optional_integer(json, "height", 1, kMaxEdge));
  asset.width = static_cast<int>(width.value_or(0));
  asset.height = static_cast<int>(height.value_or(0));
  KITH_TRY_ASSIGN(camera, core::optional_text(json, "camera", kMaxCamera));
  asset.camera = camera.value_or("");
  if (std::ranges::any_of(asset.camera, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }))
    return core::fail(ErrorCode::bad_request, "camera must have no control characters");
  return {};
}

Expected<std::string> album_of(const core::Json& json) {
  KITH_TRY_ASSIGN(album, core::optional_text(json, "album", kMaxAlbum));
  if (!album) return std::string();
  for (std::string_view rest = *album; !rest.empty();) {
    const char32_t point = core::take_code_point(rest);
    if (point < 0x20 || (point >= 0x7f && point < 0xa0))
      return core::fail(ErrorCode::bad_request, "album must have no control characters");
  }
  if (album->empty()) return core::fail(ErrorCode::bad_request, "album must not be empty");
  return std::move(*album);
}

Expected<SharedAsset> asset_of(const core::Json& json) {
  SharedAsset asset;
  KITH_TRY_ASSIGN(id_text, core::required_text(json, "id", 26));
  const auto id = core::AssetId::parse(id_text);
  if (!id) return core::fail(ErrorCode::bad_request, "id must be a lower-case ULID");
  asset.id = *id;
  KITH_TRY_ASSIGN(name, core::required_text(json, "name", kMaxName));
  asset.name = std::move(name);
  KITH_TRY_ASSIGN(size, core::required_integer(json, "size", 0, kMaxSize));
  asset.size = static_cast<std::uint64_t>(size);
  KITH_TRY_ASSIGN(media_type, core::required_text(json, "media_type", kMaxMediaType));
  if (!std::ranges::all_of(media_type, is_printable)) return core::fail(ErrorCode::bad_request, "media_type");
  asset.media_type = std::move(media_type);
  KITH_TRY_ASSIGN(kind, core::required_text(json, "kind", kMaxKind));
  asset.kind = std::move(kind);
  KITH_TRY_ASSIGN(digest_text, core::required_text(json, "digest", 80));
  const auto digest = core::parse_digest_text(digest_text);
  if (!digest) return core::fail(ErrorCode::bad_request, "digest must be sha-256: and 64 hexadecimal digits");
  asset.digest = *digest;
  KITH_TRY_ASSIGN(created_at, core::required_timestamp(json, "created_at"));
  asset.created_at = created_at;
  KITH_TRY_ASSIGN(shared_at, core::required_timestamp(json, "shared_at"));
  asset.shared_at = shared_at;
  KITH_TRY_ASSIGN(expires_at, core::optional_timestamp(json, "expires_at"));
  asset.expires_at = expires_at;
  KITH_TRY_ASSIGN(etag, core::required_text(json, "etag", kMaxEtag));
  if (!is_entity_tag(etag)) return core::fail(ErrorCode::bad_request, "etag must be a strong entity tag");
  asset.etag = std::move(etag);
  KITH_TRY_ASSIGN(has_thumbnail, core::required_bool(json, "has_thumbnail"));
  asset.has_thumbnail = has_thumbnail;
  KITH_TRY(read_photo_fields(json, asset));
  KITH_TRY_ASSIGN(album, album_of(json));
  asset.album = std::move(album);
  return asset;
}

}  // namespace

bool is_entity_tag(std::string_view text) {
  if (text.size() < 2 || text.size() > kMaxEtag || text.front() != '"' || text.back() != '"') return false;
  const auto inner = text.substr(1, text.size() - 2);
  return std::ranges::all_of(inner, [](char c) { return is_visible(c) && c != '"'; });
}

std::string render_asset(const SharedAsset& asset) {
  return core::to_json_text(asset_json(asset));
}

Expected<SharedAsset> parse_asset(std::string_view text) {
  KITH_TRY_ASSIGN(json, core::parse_json_object(text));
  return asset_of(json);
}

std::string render_asset_page(const SharedAssetPage& page) {
  core::Json items = core::Json::array();
  for (const auto& asset : page.items) items.push_back(asset_json(asset));
  core::Json json = {{"items", std::move(items)}};
  if (page.next) json["next"] = *page.next;
  return core::to_json_text(json);
}

Expected<SharedAssetPage> parse_asset_page(std::string_view text) {
  KITH_TRY_ASSIGN(json, core::parse_json_object(text, kPageLimits));
  const auto items = json.find("items");
  if (items == json.end() || !items->is_array() || items->size() > kMaxPageItems) {
    return core::fail(ErrorCode::bad_request, "items must be a list of at most 500");
  }
  SharedAssetPage page;
  for (const auto& item : *items) {
    if (!item.is_object()) return core::fail(ErrorCode::bad_request, "an item must be an object");
    KITH_TRY_ASSIGN(asset, asset_of(item));
    page.items.push_back(std::move(asset));
  }
  KITH_TRY_ASSIGN(next, core::optional_text(json, "next", kMaxCursor));
  page.next = std::move(next);
  return page;
}

std::string repr_digest_field(const core::Digest& digest) {
  return "sha-256=:" + core::to_base64(digest.view()) + ":";
}

}  // namespace kith::federation
