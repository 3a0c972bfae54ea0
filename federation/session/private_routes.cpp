#include "federation/session/private_routes.hpp"

#include <algorithm>
#include <map>

#include "core/encoding.hpp"
#include "federation/protocol_constants.hpp"
#include "federation/session/asset_json.hpp"
#include "federation/session/content_range.hpp"
#include "federation/session/notifications.hpp"
#include "federation/session/session_limits.hpp"
#include "federation/session/session_problem.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;
using Query = std::map<std::string, std::string, std::less<>>;

constexpr int kDefaultThumbnailEdge = 256;
constexpr int kMaxThumbnailEdge = 2048;

PrivateReply with_body(int status, std::string body, std::string_view media_type, HeaderList headers = {}) {
  PrivateReply reply;
  reply.head.status = status;
  reply.head.headers = std::move(headers);
  reply.head.headers.emplace_back("content-type", media_type);
  reply.head.headers.emplace_back("content-length", std::to_string(body.size()));
  reply.body = std::move(body);
  return reply;
}

PrivateReply bodyless(int status, HeaderList headers = {}) {
  PrivateReply reply;
  reply.head = {status, std::move(headers)};
  return reply;
}

PrivateReply json(std::string body) {
  return with_body(200, std::move(body), kJsonMediaType);
}

// What stands before the first `mark`, and what after it.
std::pair<std::string_view, std::string_view> cut_at(std::string_view text, char mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

// Every parameter once, and none that is not in `known`.
Expected<Query> parse_query(std::string_view text, std::initializer_list<std::string_view> known) {
  Query query;
  while (!text.empty()) {
    const auto [pair, others] = cut_at(text, '&');
    text = others;
    const auto [name_text, value_text] = cut_at(pair, '=');
    const auto name = core::percent_decode(name_text);
    const auto value = core::percent_decode(value_text);
    if (!name || !value || !core::is_valid_utf8(*value)) {
      return core::fail(ErrorCode::bad_request, "the query is not well-formed");
    }
    if (std::ranges::find(known, *name) == known.end()) {
      return core::fail(ErrorCode::bad_request, "a query parameter that is not known here");
    }
    if (!query.emplace(*name, *value).second) return core::fail(ErrorCode::bad_request, *name + " is given twice");
  }
  return query;
}

std::optional<std::string> value_of(const Query& query, std::string_view name) {
  const auto found = query.find(name);
  return found == query.end() ? std::nullopt : std::optional(found->second);
}

Expected<std::uint64_t> number_of(const Query& query, std::string_view name, std::uint64_t fallback,
                                  std::uint64_t max) {
  const auto text = value_of(query, name);
  if (!text) return fallback;
  const auto number = parse_decimal(*text);
  if (!number || *number == 0 || *number > max) {
    return core::fail(ErrorCode::bad_request, std::string(name) + " must be from 1 to " + std::to_string(max));
  }
  return *number;
}

Expected<void> require_method(const InnerRequest& request, std::string_view method) {
  if (request.method == method) return {};
  return core::fail(ErrorCode::method_not_allowed, "only " + std::string(method) + " applies here");
}

bool names_etag(std::optional<std::string_view> if_none_match, const std::string& etag) {
  return if_none_match && (*if_none_match == "*" || if_none_match->find(etag) != std::string_view::npos);
}

}  // namespace

PrivateReply PrivateRoutes::problem(const core::Error& error) {
  PrivateResponse response = problem_response(error, {});
  auto& body = std::get<std::string>(response.body);
  response.headers.emplace_back("content-length", std::to_string(body.size()));
  PrivateReply reply;
  reply.head = {response.status, std::move(response.headers)};
  reply.body = std::move(body);
  return reply;
}

PrivateReply PrivateRoutes::answer(const ConnectionRecord& connection, const InnerRequest& request) {
  auto reply = route(connection, request);
  return reply ? std::move(*reply) : problem(reply.error());
}

PrivateRoutes::Reply PrivateRoutes::route(const ConnectionRecord& connection, const InnerRequest& request) {
  KITH_TRY(check_inner_target(request.target));
  const std::string_view target = std::string_view(request.target).substr(kPrivateRoot.size());
  const auto mark = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, mark);
  const std::string_view query = mark < target.size() ? target.substr(mark + 1) : std::string_view();
  const ShareView view{connection.local_user, connection.peer_user};
  if (path == "assets" || path == "photos") {
    KITH_TRY(require_method(request, "GET"));
    return list(view, query, path == "photos");
  }
  constexpr std::string_view kAssets = "assets/";
  if (path.starts_with(kAssets)) return asset_route(view, request, path.substr(kAssets.size()), query);
  if (path == "notifications" || path == "revoke" || path == "rotate") {
    KITH_TRY(require_method(request, "POST"));
    KITH_TRY(parse_query(query, {}));
    return event_route(connection, request, path);
  }
  return core::fail(ErrorCode::not_found);
}

PrivateRoutes::Reply PrivateRoutes::asset_route(const ShareView& view, const InnerRequest& request,
                                                std::string_view rest, std::string_view query) {
  const auto slash = std::min(rest.find('/'), rest.size());
  const auto id = core::AssetId::parse(rest.substr(0, slash));
  const std::string_view part = rest.substr(slash);
  if (!id || !(part.empty() || part == "/content" || part == "/thumbnail")) return core::fail(ErrorCode::not_found);
  KITH_TRY(require_method(request, "GET"));
  if (part == "/thumbnail") return thumbnail(view, *id, request, query);
  KITH_TRY(parse_query(query, {}));
  if (part == "/content") return content(view, *id, request);
  KITH_TRY_ASSIGN(asset, parts_.assets.find(view, *id));
  return json(render_asset(asset));
}

PrivateRoutes::Reply PrivateRoutes::event_route(const ConnectionRecord& connection, const InnerRequest& request,
                                                std::string_view name) {
  if (name == "notifications") {
    KITH_TRY_ASSIGN(notification, parse_notification(request.body));
    KITH_TRY(parts_.notifications.take(connection, notification));
  } else if (name == "rotate") {
    KITH_TRY(parts_.on_rotate(connection.id, request.body));
  } else {
    KITH_TRY(parts_.on_revoke(connection.id, request.body));
  }
  return bodyless(204);
}

PrivateRoutes::Reply PrivateRoutes::list(const ShareView& view, std::string_view query_text, bool photos) {
  KITH_TRY_ASSIGN(query, photos ? parse_query(query_text, {"kind", "name", "cursor", "limit", "from", "to", "camera"})
                                : parse_query(query_text, {"kind", "name", "cursor", "limit"}));
  SharedAssetFilter filter{value_of(query, "kind"), value_of(query, "name"), value_of(query, "cursor"), 0};
  KITH_TRY_ASSIGN(limit, number_of(query, "limit", SharedAssetFilter().limit, kMaxPageItems));
  filter.limit = static_cast<std::size_t>(limit);
  if (photos && filter.kind && *filter.kind != "photo") {
    return core::fail(ErrorCode::bad_request, "kind can only be photo here");
  }
  if (photos) {
    filter.kind = "photo";
    filter.photos_by_time = true;
    filter.camera = value_of(query, "camera");
    filter.from = value_of(query, "from");
    filter.to = value_of(query, "to");
  }
  KITH_TRY_ASSIGN(page, parts_.assets.list(view, filter));
  return json(render_asset_page(page));
}

PrivateRoutes::Reply PrivateRoutes::content(const ShareView& view, const core::AssetId& id,
                                            const InnerRequest& request) {
  KITH_TRY_ASSIGN(opened, parts_.assets.open(view, id));
  const SharedAsset& asset = opened.asset;
  HeaderList headers = {{"etag", asset.etag}, {"repr-digest", repr_digest_field(asset.digest)}};
  if (names_etag(find_header(request.headers, "if-none-match"), asset.etag)) return bodyless(304, std::move(headers));
  const auto range = find_header(request.headers, "range");
  const auto if_range = find_header(request.headers, "if-range");
  if (range && if_range && *if_range != asset.etag) {
    return core::fail(ErrorCode::precondition_failed, "the content is another one now");
  }
  auto part = evaluate_range(range, asset.size);
  if (!part && part.error().code == ErrorCode::range_not_satisfiable) {
    auto reply = problem(part.error());
    reply.head.headers.emplace_back("content-range", "bytes */" + std::to_string(asset.size));
    return reply;
  }
  if (!part) return tl::make_unexpected(std::move(part.error()));
  headers.emplace_back("accept-ranges", "bytes");
  if (!part->whole) headers.emplace_back("content-range", content_range_field(part->offset, part->length, asset.size));
  if (part->length == 0) return with_body(200, {}, asset.media_type, std::move(headers));
  headers.emplace_back("content-type", asset.media_type);
  headers.emplace_back("content-length", std::to_string(part->length));
  PrivateReply reply;
  reply.head = {part->whole ? 200 : 206, std::move(headers)};
  reply.body = ContentSlice{std::move(opened.content), part->offset, part->length, view, id};
  return reply;
}

PrivateRoutes::Reply PrivateRoutes::thumbnail(const ShareView& view, const core::AssetId& id,
                                              const InnerRequest& request, std::string_view query_text) {
  KITH_TRY_ASSIGN(query, parse_query(query_text, {"size"}));
  KITH_TRY_ASSIGN(edge, number_of(query, "size", kDefaultThumbnailEdge, kMaxThumbnailEdge));
  KITH_TRY_ASSIGN(image, parts_.assets.thumbnail(view, id, static_cast<int>(edge)));
  HeaderList headers = {{"etag", image.etag}};
  if (names_etag(find_header(request.headers, "if-none-match"), image.etag)) return bodyless(304, std::move(headers));
  return with_body(200, std::move(image.bytes), image.media_type, std::move(headers));
}

}  // namespace kith::federation
