// Connection, the way in: heads, bodies, handlers.

#include <algorithm>
#include <exception>

#include "core/id.hpp"
#include "daemon/http/connection.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;

constexpr std::chrono::seconds kBusyRetry{2};

core::Error busy() {
  return {ErrorCode::busy, "The server has more to do than it can take on; try again.", kBusyRetry, {}};
}

core::Error too_large(std::size_t max) {
  return {ErrorCode::too_large, "The body may have " + std::to_string(max) + " bytes at most here.", {}, {}};
}

}  // namespace

void Connection::start_exchange() {
  exchange_ = Exchange{};
  exchange_.number = ++exchanges_;
  exchange_.started = context_.clock.steady();
  exchange_.request.request_id = core::make_ulid(context_.clock, context_.random);
  exchange_.request.listener = listener_;
  exchange_.request.client = peer_;
  exchange_.request.secure = stream_.secure();
  scanner_.reset();
}

bool Connection::read_head() {
  // One empty line before a request is forgiven (RFC 9112, section 2.2).
  if (scanner_.end() == 0 && std::string_view(in_).substr(used_).starts_with("\r\n")) consume(2);
  const auto bytes = std::string_view(in_).substr(used_);
  const auto& limits = context_.options.limits;
  const auto found = scanner_.scan(bytes.substr(0, limits.head_bytes));
  if (found == HeadScanner::Result::more && bytes.size() < limits.head_bytes) return false;
  const bool past_line = scanner_.past_request_line();
  const auto end = scanner_.end();
  start_exchange();
  if (found == HeadScanner::Result::complete) {
    auto head = parse_head(bytes.substr(0, end), limits);
    consume(end);
    if (head) {
      begin(std::move(*head));
    } else {
      refuse(head.error());
    }
  } else if (found == HeadScanner::Result::bad) {
    refuse({ErrorCode::bad_request, "Lines of a request end in CR LF, and it has no NUL.", {}, {}});
  } else if (past_line) {
    refuse({ErrorCode::head_too_large, "The head of a request is limited here.", {}, {}});
  } else {
    refuse({ErrorCode::target_too_long, "The address is too long.", {}, {}});
  }
  return phase_ != Phase::closed;
}

void Connection::begin(RequestHead head) {
  exchange_.method = head.method;
  exchange_.body = BodyReader(head);
  exchange_.keep_alive = head.keep_alive;
  exchange_.http10 = head.http10;
  exchange_.expects_continue = head.expects_continue;
  phase_ = Phase::body;
  const auto method = method_from_name(head.method);
  const bool has_body = head.has_body();
  auto match = context_.router.find(listener_, method.value_or(Method::options), head.target.path);
  exchange_.head_only = method == Method::head;
  if (method) exchange_.request.method = *method;
  fill_request(std::move(head));
  // HTTP/1.0 has no Host; browsers, which others could lead here under a name of theirs, all speak HTTP/1.1.
  const bool no_host_known = exchange_.http10 && exchange_.request.host.empty();
  if (context_.options.serves_host && !no_host_known &&
      !context_.options.serves_host(listener_, exchange_.request.host))
    return refuse({ErrorCode::misdirected, "This host name is not in web.allowed_hosts.", {}, {}});
  if (!method || (*method == Method::options && !match.route)) {
    const bool known = !match.allow.empty() || exchange_.request.path == "*";
    if (method && known && !has_body) {
      auto response = Response::empty(204);
      response.headers.set("Allow", match.allow.empty() ? "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" : match.allow);
      return respond(std::move(response));
    }
    match.route = nullptr;
    match.error = known ? ErrorCode::method_not_allowed : ErrorCode::not_found;
  }
  route(has_body, std::move(match));
}

void Connection::fill_request(RequestHead head) {
  Request& request = exchange_.request;
  request.target = std::move(head.target.origin);
  request.path = std::move(head.target.path);
  request.query = std::move(head.target.query);
  request.host = std::move(head.host);
  request.content_length = head.chunked ? std::nullopt : std::optional(head.content_length.value_or(0));
  auto origin = context_.proxies.origin(peer_, stream_.secure(), head.headers);
  request.client = std::move(origin.client);
  request.secure = origin.secure;
  if (origin.request_id) request.request_id = std::move(*origin.request_id);
  exchange_.forwarded = !context_.proxies.contains(peer_) && head.headers.count("X-Forwarded-For") > 0;
  request.own_tls13 = stream_.is_tls13();
  request.headers = std::move(head.headers);
}

void Connection::route(bool has_body, Router::Match match) {
  if (!match.route) {
    auto response = Response::problem({match.error, {}, {}, {}}, exchange_.request.request_id);
    if (match.error == ErrorCode::method_not_allowed) response.headers.set("Allow", match.allow);
    return respond(std::move(response));
  }
  exchange_.route = match.route;
  exchange_.request.path_values = std::move(match.path_values);
  set_deadline(context_.options.timeouts.idle_body);
  rate_.reset();
  if (match.route->open_sink) return open_sink();
  if (exchange_.request.content_length.value_or(0) > match.route->max_body)
    return refuse(too_large(match.route->max_body));
  if (!has_body) return dispatch();
  say_continue();
}

void Connection::say_continue() {
  // A client that sends already has stopped waiting.
  if (!exchange_.expects_continue || used_ < in_.size() || exchange_.body.done()) return;
  out_.push(std::string("HTTP/1.1 100 Continue\r\n\r\n"));
  flush();
}

// What a route made of a head: a sink, an error, or an answer at once.
struct Connection::OpenedSink {
  core::Expected<std::shared_ptr<BodySink>> sink;
  std::shared_ptr<Response> answer;
};

void Connection::open_sink() {
  phase_ = Phase::opening;
  auto request = std::make_shared<Request>(exchange_.request);
  const core::LogScope scope(request->request_id);  // goes with the task
  const bool taken = context_.handlers.try_post([weak = weak_from_this(), mailbox = host_.mailbox(),
                                                 &disk = context_.disk, logger = context_.logger,
                                                 route = exchange_.route, request, number = exchange_.number] {
    auto opened =
        std::make_shared<OpenedSink>(OpenedSink{core::fail(ErrorCode::internal, "the handler threw"), nullptr});
    try {
      opened->sink = route->open_sink(*request);
      if (opened->sink && *opened->sink) opened->answer = (*opened->sink)->early_answer();
      if (opened->answer) opened->sink->reset();
    } catch (const std::exception& error) {
      logger.error("a handler threw", {{"route", route->pattern}, {"what", error.what()}});
    }
    mailbox->post([weak, number, opened, &disk] {
      const auto self = weak.lock();
      if (self && self->phase_ == Phase::opening && self->exchange_.number == number) {
        self->sink_opened(number, std::move(*opened));
        return self->update_interest();
      }
      (void)disk.post([opened]() mutable { opened.reset(); });
    });
  });
  if (!taken) refuse(busy());
}

void Connection::sink_opened(std::uint64_t exchange, OpenedSink opened) {
  if (opened.answer) return respond(std::move(*opened.answer));
  const core::LogScope scope(exchange_.request.request_id);
  auto& sink = opened.sink;
  if (!sink) return refuse(sink.error());
  if (!*sink) return refuse({ErrorCode::internal, "the route opened no sink", {}, {}});
  exchange_.transfer = context_.begin_transfer();
  exchange_.feed = std::make_shared<SinkFeed>(
      std::move(*sink), context_.disk, host_.mailbox(),
      [weak = weak_from_this(), exchange] {
        if (const auto self = weak.lock()) self->sink_changed(exchange);
      },
      context_.logger);
  phase_ = Phase::body;
  set_deadline(context_.options.timeouts.idle_body);
  if (exchange_.body.done()) return body_complete();
  say_continue();
  process();
  if (phase_ == Phase::body) read_some();
}

bool Connection::read_body() {
  const auto& feed = exchange_.feed;
  const auto room = feed ? feed->space().size() : kPipelineBytes;
  if (room == 0) return false;
  const auto step = exchange_.body.step(core::as_bytes(in_).subspan(used_), room);
  exchange_.bytes_in += step.data.size();
  if (step.status == ChunkedDecoder::Status::bad) {
    refuse({ErrorCode::bad_request, "The chunked body is broken.", {}, {}});
    return false;
  }
  if (!step.data.empty()) body_bytes(step.data);
  if (phase_ != Phase::body) return false;
  consume(step.consumed);
  if (exchange_.body.done()) body_complete();
  return phase_ != Phase::closed;
}

// Of a body that is kept whole and needs no decoding: nothing but it was read.
void Connection::take_plain_body(core::ByteView bytes) {
  const auto step = exchange_.body.step(bytes, bytes.size());
  exchange_.bytes_in += step.data.size();
  body_bytes(step.data);
  if (phase_ == Phase::body && exchange_.body.done()) body_complete();
}

void Connection::body_bytes(core::ByteView data) {
  if (exchange_.feed) {
    std::copy(data.begin(), data.end(), exchange_.feed->space().begin());
    return exchange_.feed->filled(data.size());
  }
  if (exchange_.request.body.size() + data.size() > exchange_.route->max_body) {
    return refuse(too_large(exchange_.route->max_body));
  }
  if (!exchange_.body_share) exchange_.body_share = std::make_shared<BodyBudget::Share>(context_.bodies);
  if (!exchange_.body_share->grow(listener_, data.size())) {
    exchange_.keep_alive = false;
    return refuse(busy());
  }
  auto& body = exchange_.request.body;
  // Memory that no byte has come for is not touched.
  if (body.empty()) body.reserve(static_cast<std::size_t>(exchange_.request.content_length.value_or(0)));
  body.append(core::as_text(data));
}

void Connection::body_complete() {
  if (!exchange_.feed) return dispatch();
  phase_ = Phase::answering;
  deadline_ = TimePoint::max();
  exchange_.feed->end();
  exchange_.feed->hand_over();
}

void Connection::sink_changed(std::uint64_t exchange) {
  if (phase_ == Phase::closed || exchange != exchange_.number || !exchange_.feed) return;
  if (auto& outcome = exchange_.feed->outcome()) {
    auto answer = *outcome ? std::move(**outcome) : problem(outcome->error());
    respond(std::move(answer));
  } else if (phase_ == Phase::body) {
    set_deadline(context_.options.timeouts.idle_body);
    process();
    if (phase_ == Phase::body) read_some();
  }
  update_interest();
}

void Connection::dispatch() {
  phase_ = Phase::answering;
  deadline_ = TimePoint::max();
  auto deliver = [weak = weak_from_this(), number = exchange_.number](Response response) {
    const auto self = weak.lock();
    if (!self || self->phase_ != Phase::answering || self->exchange_.number != number) return;
    if (!self->exchange_.response_started) self->respond(std::move(response));
    self->update_interest();
  };
  auto slot = std::make_shared<ReplySlot>(host_.mailbox(), std::move(deliver), exchange_.request.request_id);
  auto request = std::make_shared<Request>(std::move(exchange_.request));
  exchange_.request = {};
  exchange_.request.request_id = request->request_id;
  exchange_.request.client = request->client;
  const core::LogScope scope(request->request_id);  // goes with the task
  const bool taken = context_.handlers.try_post(
      [slot, request, share = std::move(exchange_.body_share), route = exchange_.route, logger = context_.logger] {
        try {
          route->handle(std::move(*request), [slot](Response response) { slot->answer(std::move(response)); });
        } catch (const std::exception& error) {
          logger.error("a handler threw", {{"route", route->pattern}, {"what", error.what()}});
          slot->fail();
        }
      });
  if (taken) return;
  slot->forget();
  refuse(busy());
}

}  // namespace kith::daemon
