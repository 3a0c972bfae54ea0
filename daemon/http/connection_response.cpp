// Connection, the way out: responses, their bodies, and what comes after.

#include <algorithm>

#include "daemon/http/connection.hpp"
#include "daemon/http/response_head.hpp"

namespace kith::daemon {
namespace {

constexpr std::size_t kPiecesAhead = 1;  // queued pieces at which the next one is still asked for

std::optional<std::uint64_t> body_length(const Response& response) {
  if (const auto* text = std::get_if<std::string>(&response.body)) return text->size();
  if (const auto* file = std::get_if<FileSlice>(&response.body)) return file->length;
  return std::get<StreamedBody>(response.body).length;
}

}  // namespace

void Connection::refuse(const core::Error& error) {
  if (exchange_.response_started) return close();
  if (exchange_.number == 0 || phase_ == Phase::head) {
    // Nothing was read as a request yet: the answer still needs an id and a start.
    if (exchange_.request.request_id.empty()) start_exchange();
    exchange_.keep_alive = false;
  }
  respond(problem(error));
}

// What went wrong inside is for the log, not for whoever asked.
Response Connection::problem(const core::Error& error) const {
  const auto& request_id = exchange_.request.request_id;
  if (error.code != core::ErrorCode::internal) return Response::problem(error, request_id);
  context_.logger.error("request failed", {{"request_id", request_id},
                                           {"route", exchange_.route ? exchange_.route->pattern : std::string()},
                                           {"detail", error.detail}});
  return Response::problem({error.code, "The log of the server has more under this request id.", {}, {}}, request_id);
}

void Connection::respond(Response response) {
  const bool body_unread = !exchange_.body.done();
  const auto asked = response.headers.get("Connection");
  if (body_unread || context_.draining || (asked && *asked == "close")) exchange_.keep_alive = false;
  if (exchange_.feed) exchange_.feed->drop();
  if (response.status < 200 || response.status > 599) {
    response = problem({core::ErrorCode::internal, "a handler answered " + std::to_string(response.status), {}, {}});
  }

  ResponseFraming framing;
  const bool has_body = status_allows_body(response.status);
  if (has_body) framing.length = body_length(response);
  framing.chunked = has_body && !framing.length && !exchange_.http10;
  if (has_body && !framing.length && exchange_.http10) exchange_.keep_alive = false;
  framing.keep_alive = exchange_.keep_alive;

  phase_ = Phase::answering;
  exchange_.response_started = true;
  exchange_.status = response.status;
  rate_.reset();
  out_.push(response_head(response, framing, exchange_.request.request_id, context_.clock.now()));
  set_deadline(context_.options.timeouts.write_stall);
  if (has_body && !exchange_.head_only) {
    queue_body(response, framing.chunked);
  } else if (auto* streamed = std::get_if<StreamedBody>(&response.body); streamed && streamed->source) {
    streamed->source->abandon();
  }
  flush();
}

void Connection::queue_body(Response& response, bool chunked) {
  if (auto* text = std::get_if<std::string>(&response.body)) return out_.push(std::move(*text));
  exchange_.transfer = context_.begin_transfer();
  if (auto* file = std::get_if<FileSlice>(&response.body)) return out_.push(std::move(*file));
  // So that a source hears of a client's pace while there is still something to send.
  stream_.keep_little_unsent();
  exchange_.last_chunk_due = chunked;
  const core::LogScope scope(exchange_.request.request_id);
  exchange_.pull = std::make_shared<SourcePull>(
      std::move(std::get<StreamedBody>(response.body)), chunked, context_.disk, host_.mailbox(),
      [weak = weak_from_this(), number = exchange_.number](std::shared_ptr<Piece> piece) {
        if (const auto self = weak.lock()) self->on_piece(number, std::move(piece));
      },
      context_.logger);
}

void Connection::on_piece(std::uint64_t exchange, std::shared_ptr<Piece> piece) {
  if (phase_ != Phase::answering || exchange != exchange_.number || !exchange_.pull) return;
  if (out_.empty()) set_deadline(context_.options.timeouts.write_stall);
  if (piece) out_.push(std::move(piece));
  flush();
  update_interest();
}

void Connection::flush() {
  if (warming_ || phase_ == Phase::closed) return;
  const auto pull_ahead = [this] {
    if (exchange_.pull && out_.pieces() <= kPiecesAhead) exchange_.pull->pull();
  };
  pull_ahead();  // made while what is there is sent
  const auto progress = out_.flush(stream_, kWriteBudget, host_.scratch());
  exchange_.bytes_out += progress.sent;
  rate_.moved(progress.sent);
  if (progress.state == OutputQueue::State::failed) return close();
  if (!exchange_.response_started) return;  // that was 100 Continue
  if (progress.sent > 0) set_deadline(context_.options.timeouts.write_stall);
  if (progress.state == OutputQueue::State::cold) return warm_up();
  pull_ahead();
  if (progress.state != OutputQueue::State::drained) return;
  if (response_complete()) return finish_exchange();
  if (phase_ != Phase::answering || !out_.empty()) return;
  deadline_ = TimePoint::max();
  rate_.reset();  // the source's pauses are not the client's
  give_up_if_gone();
}

// With nothing left to send: whether the response is whole. Cuts the connection when it never will be.
bool Connection::response_complete() {
  if (!exchange_.pull) return true;
  if (exchange_.pull->state() == SourcePull::State::failed) {
    close();
    return false;
  }
  if (exchange_.pull->state() != SourcePull::State::ended) return false;
  if (!std::exchange(exchange_.last_chunk_due, false)) return true;
  out_.push(std::string("0\r\n\r\n"));
  flush();
  return false;  // flush() has gone on from here
}

void Connection::warm_up() {
  warming_ = true;
  deadline_ = TimePoint::max();
  const bool taken =
      context_.disk.post([weak = weak_from_this(), mailbox = host_.mailbox(), window = out_.cold_window()]() mutable {
        const bool sound = warm(window);
        mailbox->post([weak, sound, window = std::move(window)] {
          const auto self = weak.lock();
          if (!self || self->phase_ == Phase::closed) return;
          self->warming_ = false;
          if (!sound) return self->close();
          self->out_.mark_warm();
          self->set_deadline(self->context_.options.timeouts.write_stall);
          self->flush();
          self->update_interest();
        });
      });
  if (!taken) close();
}

void Connection::finish_exchange() {
  report(true);
  if (exchange_.pull) exchange_.pull->stop();
  const bool keep = exchange_.keep_alive && !context_.draining;
  exchange_ = Exchange{};
  if (!keep) return start_linger();
  phase_ = Phase::head;
  const auto& timeouts = context_.options.timeouts;
  set_deadline(used_ == in_.size() ? timeouts.keep_alive : timeouts.head);
  process();
}

void Connection::start_linger() {
  in_.clear();
  used_ = 0;
  stream_.shutdown_write();
  if (client_ended_) return close();
  phase_ = Phase::lingering;
  const auto linger = context_.options.timeouts.linger;
  set_deadline(linger);
  linger_until_ = context_.clock.steady() + linger * kLingerTurns;
}

void Connection::report(bool complete) {
  if (!context_.options.on_finished || exchange_.number == 0) return;
  FinishedRequest finished;
  finished.listener = listener_;
  finished.method = exchange_.method;
  if (exchange_.route) finished.route = exchange_.route->pattern;
  finished.client = exchange_.request.client;
  finished.request_id = exchange_.request.request_id;
  finished.status = exchange_.status;
  finished.complete = complete;
  finished.forwarded = exchange_.forwarded;
  finished.bytes_in = exchange_.bytes_in;
  finished.bytes_out = exchange_.bytes_out;
  finished.duration =
      std::chrono::duration_cast<std::chrono::microseconds>(context_.clock.steady() - exchange_.started);
  context_.options.on_finished(finished);
}

}  // namespace kith::daemon
