#include "federation/session/private_api.hpp"

#include "core/encoding.hpp"
#include "federation/protocol_constants.hpp"
#include "federation/session/answer_source.hpp"
#include "federation/session/content_range.hpp"
#include "federation/session/direct_mac.hpp"
#include "federation/session/private_routes.hpp"
#include "federation/session/session_acceptor.hpp"
#include "federation/session/session_limits.hpp"
#include "federation/session/session_problem.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;
using SessionPointer = std::shared_ptr<AcceptedSession>;

constexpr std::string_view kSealedMediaType = "application/vnd.kith.sealed";

// A request that belongs to a session, its counter marked.
struct Opened {
  SessionPointer session;
  std::uint64_t counter = 0;
  bool sealed = false;
  Expected<InnerRequest> request;  // an error here is answered inside the session
};

struct SessionHeaders {
  SessionId session;
  std::uint64_t counter = 0;
};

Expected<SessionHeaders> session_headers(const HeaderList& headers) {
  const auto id_text = find_header(headers, "kith-session");
  const auto counter_text = find_header(headers, "kith-counter");
  const auto id = id_text ? core::from_base64url_as<SessionId>(*id_text) : std::nullopt;
  const auto counter = counter_text ? parse_decimal(*counter_text) : std::nullopt;
  if (!id || !counter) {
    return core::fail(ErrorCode::bad_request, "Kith-Session and Kith-Counter are needed, well-formed");
  }
  return SessionHeaders{*id, *counter};
}

Expected<Opened> open_sealed_request(SessionAcceptor& sessions, const PrivateRequest& request) {
  if (request.method != "POST") return core::fail(ErrorCode::method_not_allowed, "only POST applies here");
  if (request.body.size() > kMaxSealedRequest) return core::fail(ErrorCode::too_large, "at most 1 MiB");
  KITH_TRY_ASSIGN(names, session_headers(request.headers));
  KITH_TRY_ASSIGN(session, sessions.find(names.session));
  core::Bytes text = core::to_bytes(core::as_bytes(request.body));
  std::size_t size = 0;
  {
    std::lock_guard lock(session->mutex);
    KITH_TRY_ASSIGN(opened, open_request(*session->requests, session->id, names.counter, text));
    size = opened.size();
  }
  KITH_TRY(sessions.mark(*session, names.counter));
  auto inner = parse_inner_request(core::as_text(core::ByteView(text).first(size)));
  return Opened{std::move(session), names.counter, true, std::move(inner)};
}

Expected<Opened> open_direct_request(SessionAcceptor& sessions, const PrivateRequest& request) {
  if (request.body.size() > kMaxBodyBytes) return core::fail(ErrorCode::too_large, "at most 64 KiB");
  KITH_TRY_ASSIGN(names, session_headers(request.headers));
  KITH_TRY_ASSIGN(session, sessions.find(names.session));
  if (!request.own_tls13 || !session->tls_spki) {
    return core::fail(ErrorCode::forbidden, "direct requests need TLS 1.3 up to this daemon; send a sealed one");
  }
  const auto header = [&](std::string_view name) { return find_header(request.headers, name).value_or(""); };
  const auto given = core::from_base64url_as<core::Mac>(header("kith-mac"));
  const core::Mac right =
      direct_request_mac(session->keys.mac, session->id, names.counter,
                         {request.method, request.target, header("range"), header("if-range"), request.body});
  if (!given || !core::mac_equal(*given, right)) {
    return core::fail(ErrorCode::unauthorized, "Kith-Mac is not that of this session");
  }
  KITH_TRY(sessions.mark(*session, names.counter));
  InnerRequest inner{request.method, request.target, {}, request.body};
  for (const auto& [name, value] : request.headers) {
    const std::string lower = core::to_lower_ascii(name);
    if (is_inner_header(lower)) inner.headers.emplace_back(lower, value);
  }
  return Opened{std::move(session), names.counter, false, std::move(inner)};
}

// What about a request that was not taken is no mistake and no session that has ended: a forgery, told in a sentence.
std::optional<std::string_view> forgery_in(const SessionAcceptor& sessions, const PrivateRequest& request,
                                           const core::Error& error) {
  if (error.code == ErrorCode::unauthorized) return "A request came that was not made with the keys of its session.";
  const auto text = find_header(request.headers, "kith-session");
  const auto id = text ? core::from_base64url_as<SessionId>(*text) : std::nullopt;
  const bool shows_token = text || find_header(request.headers, "authorization");
  const bool forged = error.code == ErrorCode::session_unknown ? !id || !sessions.made_here(*id) : !id && shows_token;
  if (forged) return "A request came with the token of a session that this instance never opened.";
  return std::nullopt;
}

PrivateResponse sealed_response(SealedFrameWriter writer, const AnswerHead& head, const std::string& body) {
  const std::string head_text = render_answer_head(head);
  const core::Bytes frame_zero = writer.frame_of(core::as_bytes(head_text), body.empty());
  std::string frames(core::as_text(frame_zero));
  for (std::size_t from = 0; from < body.size(); from += kFrameContent) {
    const auto piece = std::string_view(body).substr(from, kFrameContent);
    frames += core::as_text(writer.frame_of(core::as_bytes(piece), from + piece.size() == body.size()));
  }
  PrivateResponse response;
  response.body = std::move(frames);
  return response;
}

}  // namespace

struct PrivateApi::State {
  explicit State(Parts all) : parts(std::move(all)), routes(parts) {}

  PrivateReply answer(const Opened& opened);
  GuardedContent guarded(const SessionPointer& session, ContentSlice slice);
  PrivateResponse seal(const Opened& opened, PrivateReply reply);
  PrivateResponse direct(const Opened& opened, PrivateReply reply);

  const Parts parts;
  PrivateRoutes routes;
};

PrivateReply PrivateApi::State::answer(const Opened& opened) {
  const auto connection = parts.sessions.require_connection(*opened.session);
  if (!connection) return PrivateRoutes::problem(connection.error());
  if (!opened.request) return PrivateRoutes::problem(opened.request.error());
  return routes.answer(*connection, *opened.request);
}

GuardedContent PrivateApi::State::guarded(const SessionPointer& session, ContentSlice slice) {
  auto still_allowed = [this, session, view = slice.view, asset = slice.asset] {
    return parts.sessions.require_connection(*session).has_value() && parts.assets.find(view, asset).has_value();
  };
  return {std::move(slice), session->cut, std::move(still_allowed)};
}

PrivateResponse PrivateApi::State::seal(const Opened& opened, PrivateReply reply) {
  const auto& session = *opened.session;
  SealedFrameWriter writer(core::Aead(session.cipher, session.keys.a2o), session.id, opened.counter);
  PrivateResponse response;
  if (auto* slice = std::get_if<ContentSlice>(&reply.body)) {
    auto source =
        std::make_shared<SealedAnswerSource>(std::move(writer), reply.head, guarded(opened.session, std::move(*slice)));
    const std::uint64_t length = source->length();
    response.body = PrivateStream{std::move(source), length};
  } else {
    response = sealed_response(std::move(writer), reply.head, std::get<std::string>(reply.body));
  }
  response.status = 200;
  response.headers = {{"content-type", std::string(kSealedMediaType)}, {"cache-control", "no-store"}};
  return response;
}

PrivateResponse PrivateApi::State::direct(const Opened& opened, PrivateReply reply) {
  const auto& session = *opened.session;
  const core::Mac mac = direct_answer_mac(session.keys.mac, session.id, opened.counter,
                                          direct_answer_fields(reply.head.status, reply.head.headers));
  PrivateResponse response;
  response.status = reply.head.status;
  for (auto& header : reply.head.headers) {
    if (header.first != "content-length") response.headers.push_back(std::move(header));
  }
  response.headers.emplace_back("kith-mac", core::to_base64url(mac.view()));
  if (!find_header(response.headers, "cache-control")) response.headers.emplace_back("cache-control", "no-store");
  if (auto* slice = std::get_if<ContentSlice>(&reply.body)) {
    const std::uint64_t length = slice->length;
    response.body =
        PrivateStream{std::make_shared<DirectAnswerSource>(guarded(opened.session, std::move(*slice))), length};
  } else {
    response.body = std::get<std::string>(std::move(reply.body));
  }
  return response;
}

PrivateApi::PrivateApi(Parts parts) : state_(std::make_unique<State>(std::move(parts))) {}
PrivateApi::~PrivateApi() = default;

PrivateResponse PrivateApi::handle(const PrivateRequest& request) {
  const bool sealed = request.target == kSealedTarget;
  auto& sessions = state_->parts.sessions;
  const auto opened = sealed ? open_sealed_request(sessions, request) : open_direct_request(sessions, request);
  if (!opened) {
    const auto forgery = forgery_in(sessions, request, opened.error());
    if (forgery) sessions.report_forgery(request.client, *forgery);
    return problem_response(opened.error(), request.request_id);
  }
  PrivateReply reply = state_->answer(*opened);
  return sealed ? state_->seal(*opened, std::move(reply)) : state_->direct(*opened, std::move(reply));
}

}  // namespace kith::federation
