// Exchanges as the people who make them see them: make, list, look, revoke.
#include <nlohmann/json.hpp>

#include "assets/exchanges.hpp"
#include "daemon/api/acts.hpp"
#include "daemon/api/asset_ids.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/exchange_json.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/api/wanted_share.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;
using core::Json;

constexpr std::size_t kMaxExchangeBody = 16 * 1024;
constexpr std::size_t kMaxGivenAssets = 100;
constexpr std::int64_t kMostBytes = std::int64_t{1} << 53;  // what every client's numbers can hold

// Of the right types; assets/ knows the bounds.
Expected<assets::ExchangeWishes> wishes_in(const Json& body) {
  assets::ExchangeWishes wishes;
  constexpr auto kMost = std::numeric_limits<std::int32_t>::max();
  KITH_TRY_ASSIGN(expires_in, core::optional_integer(body, "expires_in", 0, kMost));
  KITH_TRY_ASSIGN(max_downloads, core::optional_integer(body, "max_downloads", 0, kMost));
  KITH_TRY_ASSIGN(max_files, core::optional_integer(body, "max_files", 0, kMost));
  KITH_TRY_ASSIGN(max_size, core::optional_integer(body, "max_size", 0, kMostBytes));
  KITH_TRY_ASSIGN(password, core::optional_text(body, "password", 1024));
  KITH_TRY_ASSIGN(note, core::optional_text(body, "note", 1000));
  KITH_TRY_ASSIGN(receive, core::optional_bool(body, "receive"));
  KITH_TRY_ASSIGN(encrypted, core::optional_bool(body, "encrypted"));
  if (expires_in) wishes.expires_in = std::chrono::seconds(*expires_in);
  if (max_size) wishes.max_size = static_cast<std::uint64_t>(*max_size);
  wishes.max_downloads = max_downloads;
  wishes.max_files = max_files;
  wishes.password = std::move(password);
  wishes.note = std::move(note);
  wishes.receive = receive.value_or(false);
  wishes.encrypted = encrypted.value_or(false);
  if (body.contains("asset_ids")) {
    KITH_TRY_ASSIGN(ids, asset_ids_of(body, kMaxGivenAssets));
    wishes.asset_ids = std::move(ids);
  }
  KITH_TRY_ASSIGN(strip, strip_in(body));
  if (strip && wishes.asset_ids.empty()) return fail(ErrorCode::bad_request, "strip is for photos among asset_ids");
  if (strip) wishes.strip = *strip;
  return wishes;
}

Expected<Response> create_exchange(const Call& call) {
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body, {.max_bytes = kMaxExchangeBody}));
  KITH_TRY(core::only_fields(body, {"expires_in", "max_downloads", "max_files", "max_size", "password", "note",
                                    "receive", "encrypted", "asset_ids", "strip"}));
  KITH_TRY_ASSIGN(wishes, wishes_in(body));
  KITH_TRY_ASSIGN(made, call.services.assets.exchanges().create(call.user(), wishes));
  note_act(call, "exchange_made", made.exchange.id.text());
  auto response =
      Response::json(201, core::to_json_text(new_exchange_json(made, call.services.config.instance.public_url)));
  response.headers.set("Location", "/api/exchanges/" + made.exchange.id.text());
  return response;
}

Expected<Response> list_exchanges(const Call& call) {
  KITH_TRY_ASSIGN(page, list_parameters(call.request));
  KITH_TRY_ASSIGN(found, call.services.assets.exchanges().list(call.user(), {page.cursor.value_or(""), page.limit}));
  Json items = Json::array();
  for (const auto& exchange : found.items) items.push_back(exchange_json(exchange));
  return Response::json(200, list_text(std::move(items), found.next));
}

Expected<assets::ExchangeId> exchange_id(const Call& call) {
  const auto id = assets::ExchangeId::parse(call.request.path_value("id"));
  if (!id) return fail(ErrorCode::not_found);
  return *id;
}

Expected<Response> get_exchange(const Call& call) {
  KITH_TRY_ASSIGN(id, exchange_id(call));
  KITH_TRY_ASSIGN(exchange, call.services.assets.exchanges().find(call.user(), id));
  return Response::json(200, core::to_json_text(exchange_json(exchange)));
}

Expected<Response> revoke_exchange(const Call& call) {
  KITH_TRY_ASSIGN(id, exchange_id(call));
  KITH_TRY(call.services.assets.revoke_exchange(call.user(), id));
  note_act(call, "exchange_revoked", id.text());
  return Response::empty(204);
}

}  // namespace

void add_exchange_routes(Router& router, const Services& services) {
  add_endpoint(router, services,
               {.method = Method::post,
                .pattern = "/api/exchanges",
                .max_body = kMaxExchangeBody,
                .run = create_exchange,
                .takes_idempotency_key = true});
  add_endpoint(
      router, services,
      {.method = Method::get, .pattern = "/api/exchanges", .query = {"cursor", "limit"}, .run = list_exchanges});
  add_endpoint(router, services, {.method = Method::get, .pattern = "/api/exchanges/{id}", .run = get_exchange});
  add_endpoint(router, services, {.method = Method::delete_, .pattern = "/api/exchanges/{id}", .run = revoke_exchange});
}

}  // namespace kith::daemon
