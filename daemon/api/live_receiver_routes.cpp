// Live transfers as whoever has the link sees them (docs/live.md, "Receiver").
#include <nlohmann/json.hpp>

#include "assets/live_transfers.hpp"
#include "core/encoding.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/exchange_door.hpp"
#include "daemon/api/exchange_json.hpp"
#include "daemon/api/live_door.hpp"
#include "daemon/api/live_json.hpp"
#include "daemon/api/live_stream_body.hpp"
#include "daemon/api/routes.hpp"

namespace kith::daemon {
namespace {

using assets::LiveToken;
using core::ErrorCode;
using core::Expected;
using core::fail;
using core::Json;

// What links open is nobody else's, and nothing for search engines.
Response told(Response response) {
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Robots-Tag", "noindex, nofollow");
  return response;
}

Expected<Response> look(const Call& call) {
  KITH_TRY_ASSIGN(listing, call.services.live.look(call.request.path_value("code")));
  const auto json =
      live_listing_json(listing, person_of(call.services, listing.owner), call.services.config.instance.name);
  return told(Response::json(200, core::to_json_text(json)));
}

Expected<Response> ask(const Call& call) {
  KITH_TRY_ASSIGN(wish, live_wish_in(call.request.body));
  KITH_TRY_ASSIGN(
      asked, call.services.live.ask(call.request.path_value("code"), wish.file, wish.public_key, wish.mac, wish.from));
  return told(Response::json(201, core::to_json_text(Json{{"request_id", asked.id.text()},
                                                          {"token", core::to_base64url(asked.token.view())}})));
}

// The request that a token came with; what it does not fit looks as if it were not there.
class OwnRequest {
 public:
  static Expected<OwnRequest> of(const Request& request) {
    const auto id = assets::LiveRequestId::parse(request.path_value("rid"));
    auto token = core::from_base64url_as<LiveToken>(exchange_token_in(request.headers).value_or(""));
    if (!id || !token) return fail(ErrorCode::not_found);
    return OwnRequest(request.path_value("code"), *id, std::move(*token));
  }
  assets::LiveTransfers::Receiver who() const { return {code_, id_, token_}; }

 private:
  OwnRequest(std::string_view code, assets::LiveRequestId id, LiveToken token)
      : code_(code), id_(std::move(id)), token_(std::move(token)) {}
  const std::string_view code_;
  const assets::LiveRequestId id_;
  LiveToken token_;
};

Expected<Response> stream(const Call& call) {
  std::optional<std::uint64_t> from;
  if (const auto text = call.request.query_value("from")) {
    KITH_TRY_ASSIGN(number, live_chunk_number(*text, "from"));
    from = number;
  }
  StreamedBody body;
  if (call.request.method != Method::head) {
    KITH_TRY_ASSIGN(own, OwnRequest::of(call.request));
    KITH_TRY_ASSIGN(items, call.services.live.stream(own.who(), from));
    body.source = std::make_shared<LiveStreamBody>(std::move(items));
  }
  Response response;
  response.body = std::move(body);
  response.headers.set("Content-Type", "application/vnd.kith.live");
  response.headers.set("X-Accel-Buffering", "no");  // nginx would hold chunks back
  return told(std::move(response));
}

Expected<Response> confirm(const Call& call) {
  KITH_TRY_ASSIGN(mac, live_receipt_in(call.request.body));
  KITH_TRY_ASSIGN(own, OwnRequest::of(call.request));
  KITH_TRY(call.services.live.received(own.who(), mac));
  return told(Response::empty(204));
}

Expected<Response> give_up(const Call& call) {
  KITH_TRY_ASSIGN(own, OwnRequest::of(call.request));
  KITH_TRY(call.services.live.give_up(own.who()));
  return told(Response::empty(204));
}

}  // namespace

void add_live_receiver_routes(Router& router, const Services& services) {
  const auto add = [&](EndpointSpec spec) {
    spec.run = [run = std::move(spec.run)](const Call& call) {
      return call.services.live_door.pass(call.request, run(call));
    };
    add_endpoint(router, services, std::move(spec));
  };
  const std::string request = "/live/{code}/requests/{rid}";
  add({.method = Method::get, .pattern = "/live/{code}", .run = look});
  add({.method = Method::post, .pattern = "/live/{code}/requests", .max_body = kMaxLiveWords, .run = ask});
  add({.method = Method::get, .pattern = request + "/stream", .query = {"from"}, .run = stream});
  add({.method = Method::post, .pattern = request + "/received", .max_body = kMaxLiveWords, .run = confirm});
  add({.method = Method::delete_, .pattern = request, .run = give_up});
}

}  // namespace kith::daemon
