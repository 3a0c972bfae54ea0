// Live transfers as their senders see them (docs/live.md, "Sender").
#include <nlohmann/json.hpp>

#include "assets/live_transfers.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/live_json.hpp"
#include "daemon/api/live_listeners.hpp"
#include "daemon/api/routes.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;
using core::Json;

constexpr std::size_t kLeastSealed = 17;  // bytes: one, and the tag

// Which offer, and where the route says so which request of it.
template <class Id>
Expected<Id> id_in(const Request& request, std::string_view name) {
  const auto id = Id::parse(request.path_value(name));
  if (!id) return fail(ErrorCode::not_found);
  return *id;
}

Expected<Response> make_offer(const Call& call) {
  KITH_TRY_ASSIGN(offer, live_offer_in(call.request.body));
  KITH_TRY_ASSIGN(made, call.services.live.open(call.user(), std::move(offer.files), offer.mac));
  return Response::json(201, core::to_json_text(live_made_json(made, call.services.config.instance.public_url)));
}

// Whether what the stream was opened with is still good. A failure to read counts as gone: the sender comes back and is
// told what is wrong.
std::function<bool()> still_good(const Call& call) {
  if (!call.who->api_token) {
    return [&tokens = call.services.accounts.tokens(), who = *call.who] { return tokens.is_live(who).value_or(false); };
  }
  const auto permit = permit_of(Method::get, "/api/live/{id}/events");
  return [&services = call.services, permit, request = call.request] {
    return authorise(services, request, permit).has_value();
  };
}

Expected<Response> listen(const Call& call) {
  KITH_TRY_ASSIGN(id, id_in<assets::LiveId>(call.request, "id"));
  StreamedBody body;
  if (call.request.method != Method::head) {
    KITH_TRY_ASSIGN(events, call.services.live.listen(call.user(), id));
    const auto stream = std::make_shared<LiveEventStream>(std::move(events), still_good(call));
    call.services.live_listeners.add(call.user(), stream);
    body.source = stream;
  }
  Response response;
  response.body = std::move(body);
  response.headers.set("Content-Type", "text/event-stream");
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Accel-Buffering", "no");  // nginx would hold events back
  return response;
}

Expected<Response> answer_request(const Call& call) {
  KITH_TRY_ASSIGN(id, id_in<assets::LiveId>(call.request, "id"));
  KITH_TRY_ASSIGN(request, id_in<assets::LiveRequestId>(call.request, "rid"));
  KITH_TRY_ASSIGN(said, live_answer_in(call.request.body));
  KITH_TRY_ASSIGN(
      opened, call.services.live.answer(call.user(), id, request, std::move(said.opening), {said.attempt, said.from}));
  return Response::json(200, core::to_json_text(Json{{"attempt", opened.attempt}, {"from", opened.from}}));
}

struct ChunkPlace {
  assets::LiveId id;
  assets::LiveRequestId request;
  assets::LiveTransfers::Chunk chunk;  // without its bytes
};

Expected<ChunkPlace> place_of_chunk(const Request& request) {
  KITH_TRY_ASSIGN(id, id_in<assets::LiveId>(request, "id"));
  KITH_TRY_ASSIGN(request_id, id_in<assets::LiveRequestId>(request, "rid"));
  ChunkPlace place{std::move(id), std::move(request_id), {}};
  KITH_TRY_ASSIGN(number, live_chunk_number(request.path_value("n"), "the chunk's number"));
  place.chunk.number = number;
  if (const auto attempt = request.query_value("attempt")) {
    KITH_TRY_ASSIGN(read, live_attempt(*attempt));
    place.chunk.attempt = read;
  }
  const auto last = request.query_value("last").value_or("0");
  if (last != "0" && last != "1") return fail(ErrorCode::bad_request, "last must be 0 or 1");
  place.chunk.last = last == "1";
  if (request.body.size() < kLeastSealed) return fail(ErrorCode::bad_request, "A sealed chunk has 17 bytes at least.");
  return place;
}

// Holds no thread while there is no room.
void put_chunk(LaterCall call, Answer answer) {
  auto place = place_of_chunk(call.request);
  if (!place) return answer(tl::make_unexpected(std::move(place.error())));
  place->chunk.bytes = std::move(call.request.body);
  call.services.live.put(call.user(), place->id, place->request, std::move(place->chunk),
                         [answer = std::move(answer)](Expected<std::uint64_t> taken) {
                           answer(std::move(taken).map([](std::uint64_t chunks) {
                             return Response::json(200, R"({"taken":)" + std::to_string(chunks) + "}");
                           }));
                         });
}

Expected<assets::LiveReason> reason_in(const Request& request) {
  const auto text = request.query_value("reason").value_or("cancelled");
  if (text == "cancelled") return assets::LiveReason::cancelled;
  if (text == "file_changed") return assets::LiveReason::file_changed;
  if (text == "not_authentic") return assets::LiveReason::not_authentic;
  return fail(ErrorCode::bad_request, "reason must be cancelled, file_changed or not_authentic");
}

Expected<Response> refuse_request(const Call& call) {
  KITH_TRY_ASSIGN(id, id_in<assets::LiveId>(call.request, "id"));
  KITH_TRY_ASSIGN(request, id_in<assets::LiveRequestId>(call.request, "rid"));
  KITH_TRY_ASSIGN(reason, reason_in(call.request));
  KITH_TRY(call.services.live.refuse(call.user(), id, request, reason));
  return Response::empty(204);
}

Expected<Response> end_offer(const Call& call) {
  KITH_TRY_ASSIGN(id, id_in<assets::LiveId>(call.request, "id"));
  KITH_TRY(call.services.live.close(call.user(), id));
  return Response::empty(204);
}

}  // namespace

void add_live_sender_routes(Router& router, const Services& services) {
  add_endpoint(router, services,
               {.method = Method::post,
                .pattern = "/api/live",
                .max_body = kMaxLiveListing,
                .run = make_offer,
                .takes_idempotency_key = true});
  add_endpoint(router, services, {.method = Method::get, .pattern = "/api/live/{id}/events", .run = listen});
  add_endpoint(router, services,
               {.method = Method::post,
                .pattern = "/api/live/{id}/requests/{rid}",
                .max_body = kMaxLiveWords,
                .run = answer_request});
  add_endpoint(router, services,
               {.method = Method::put,
                .pattern = "/api/live/{id}/requests/{rid}/chunks/{n}",
                .query = {"attempt", "last"},
                .max_body = assets::kLiveChunkBytes,
                .run_later = put_chunk});
  add_endpoint(router, services,
               {.method = Method::delete_,
                .pattern = "/api/live/{id}/requests/{rid}",
                .query = {"reason"},
                .run = refuse_request});
  add_endpoint(router, services, {.method = Method::delete_, .pattern = "/api/live/{id}", .run = end_offer});
}

}  // namespace kith::daemon
