#include "daemon/http/connection.hpp"

#include <poll.h>

#include <algorithm>

namespace kith::daemon {
namespace {

constexpr int kReadsPerTurn = 4;  // then others have their turn
constexpr auto kNever = Connection::TimePoint::max();

}  // namespace

Connection::Connection(ServerContext& context, ConnectionHost& host, AcceptedSocket socket)
    : context_(context),
      host_(host),
      stream_(std::move(socket.fd), std::move(socket.ssl)),
      listener_(socket.listener),
      peer_(std::move(socket.peer)),
      place_(std::move(socket.place)) {
  set_deadline(context_.options.timeouts.head);
}

void Connection::set_deadline(std::chrono::milliseconds from_now) {
  deadline_ = context_.clock.steady() + from_now;
}

bool Connection::wants_read() const {
  if (client_ended_) return false;
  switch (phase_) {
    case Phase::head:
    case Phase::lingering:
      return true;
    case Phase::opening:
      return false;
    case Phase::body:
      return !exchange_.feed || !exchange_.feed->space().empty();
    case Phase::answering:
      return in_.size() - used_ < kPipelineBytes;
    case Phase::closed:
      return false;
  }
  return false;
}

Interest Connection::interest() const {
  Interest wanted;
  wanted.read = wants_read() || stream_.write_waits_for_read();
  wanted.write = (!out_.empty() && !warming_) || stream_.read_waits_for_write();
  wanted.hangup = !wanted.read && !hangup_seen_ && !client_ended_;
  return wanted;
}

void Connection::update_interest() {
  if (phase_ == Phase::closed) return;
  if (wants_read() && phase_ != Phase::lingering && stream_.has_buffered_input()) read_again();
  const auto wanted = interest();
  if (wanted == watched_) return;
  watched_ = wanted;
  host_.watch(descriptor(), wanted);
}

void Connection::on_event(bool readable, bool writable, bool other) {
  if (writable && phase_ != Phase::closed) flush();
  if (phase_ != Phase::closed && (readable || (writable && stream_.read_waits_for_write()))) {
    read_some();
    if (phase_ != Phase::closed && stream_.write_waits_for_read()) flush();
  } else if (phase_ != Phase::closed && other) {
    look_at_hangup();
  }
  update_interest();
}

// Pistache tells of EPOLLERR and EPOLLRDHUP only by an event without a name; poll() has the details.
void Connection::look_at_hangup() {
  pollfd state{descriptor(), POLLRDHUP, 0};
  if (::poll(&state, 1, 0) < 0) return;
  if ((state.revents & (POLLERR | POLLHUP)) != 0) return close();
  if ((state.revents & POLLRDHUP) != 0) {
    hangup_seen_ = true;
    give_up_if_gone();
  }
}

std::span<std::uint8_t> Connection::read_space() {
  const auto scratch = host_.scratch();
  switch (phase_) {
    case Phase::head:
      return scratch.first(context_.options.limits.head_bytes);
    case Phase::body: {
      const auto plain = exchange_.body.plain_bytes_left();
      if (!exchange_.feed && plain > 0 && in_.empty())
        return scratch.first(static_cast<std::size_t>(std::min<std::uint64_t>(kWholeBodyBytes, plain)));
      if (!exchange_.feed) return scratch.first(kPipelineBytes);
      const auto space = exchange_.feed->space();
      // Straight into the sink's buffer where nothing needs decoding.
      if (plain > 0 && in_.empty())
        return space.first(static_cast<std::size_t>(std::min<std::uint64_t>(space.size(), plain)));
      return scratch.first(std::min(space.size(), scratch.size()));
    }
    case Phase::answering:
      return scratch.first(kPipelineBytes - (in_.size() - used_));
    default:
      return scratch;
  }
}

void Connection::read_some() {
  for (int turn = 0; turn < kReadsPerTurn && wants_read(); ++turn) {
    const auto space = read_space();
    const auto result = phase_ == Phase::lingering ? stream_.discard(space) : stream_.read(space);
    if (result.status == IoResult::Status::again) break;
    if (result.status == IoResult::Status::failed) return close();
    if (result.status == IoResult::Status::end) return on_end();
    took_bytes(space.first(result.bytes));
    if (phase_ == Phase::closed) return;
    // A head's first read has most requests whole: no need to ask again.
    if (phase_ != Phase::body && !stream_.has_buffered_input()) break;
  }
  if (phase_ == Phase::body && exchange_.feed) exchange_.feed->hand_over();
}

// What TLS has taken from the socket already is read in a turn of its own.
void Connection::read_again() {
  if (std::exchange(read_again_posted_, true)) return;
  host_.mailbox()->post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self || self->phase_ == Phase::closed) return;
    self->read_again_posted_ = false;
    self->read_some();
    self->update_interest();
  });
}

void Connection::took_bytes(std::span<const std::uint8_t> bytes) {
  const auto now = context_.clock.steady();
  if (phase_ == Phase::lingering) {
    deadline_ = std::min(now + context_.options.timeouts.linger, linger_until_);
    return;
  }
  if (phase_ == Phase::body) {
    set_deadline(context_.options.timeouts.idle_body);
    rate_.moved(bytes.size());
    if (exchange_.feed && bytes.data() == exchange_.feed->space().data()) {
      const auto step = exchange_.body.step(bytes, bytes.size());
      exchange_.bytes_in += step.consumed;
      exchange_.feed->filled(step.consumed);
      if (exchange_.body.done()) body_complete();
      return;
    }
    if (!exchange_.feed && in_.empty() && exchange_.body.plain_bytes_left() >= bytes.size()) {
      return take_plain_body(bytes);
    }
  }
  if (phase_ == Phase::head && in_.empty()) set_deadline(context_.options.timeouts.head);
  in_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  process();
}

void Connection::on_end() {
  client_ended_ = true;
  if (phase_ != Phase::answering) return close();
  give_up_if_gone();
}

// A client that has ended its side may still want the response. While bytes flow, TCP tells whether it is there; a
// source that waits sends none, so an endless one is given up at once and one of known length after a moment.
void Connection::give_up_if_gone() {
  if (phase_ != Phase::answering || !(client_ended_ || hangup_seen_) || !out_.empty()) return;
  const auto& pull = exchange_.pull;
  if (!pull || pull->state() != SourcePull::State::pending) return;
  if (!pull->has_length()) return close();
  if (deadline_ == kNever) set_deadline(context_.options.timeouts.linger);
}

void Connection::consume(std::size_t bytes) {
  used_ += bytes;
  if (used_ < in_.size()) return;
  in_.clear();
  used_ = 0;
}

void Connection::process() {
  if (processing_) return;
  processing_ = true;
  while (process_step()) {
  }
  processing_ = false;
  if (phase_ == Phase::head && client_ended_) close();
}

bool Connection::process_step() {
  if (used_ == in_.size()) return false;
  if (phase_ == Phase::head) return read_head();
  if (phase_ == Phase::body) return read_body();
  return false;
}

void Connection::on_tick(TimePoint now, std::chrono::milliseconds since_last) {
  check_rate(since_last);
  if (phase_ != Phase::closed && now >= deadline_) on_deadline();
  update_interest();
}

void Connection::check_rate(std::chrono::milliseconds elapsed) {
  const bool receiving = phase_ == Phase::body && wants_read();
  const bool sending = phase_ == Phase::answering && exchange_.response_started && !out_.empty() && !warming_;
  if (!receiving && !sending) return;
  if (!rate_.too_slow(elapsed, context_.options.timeouts.rate_window, context_.options.min_body_rate)) return;
  if (sending) return close();
  refuse({core::ErrorCode::request_timeout, "The body came too slowly.", {}, {}});
}

void Connection::on_deadline() {
  if (phase_ == Phase::body && !wants_read()) return set_deadline(context_.options.timeouts.idle_body);
  if (phase_ == Phase::head && !in_.empty()) {
    return refuse({core::ErrorCode::request_timeout, "The head of the request did not come in time.", {}, {}});
  }
  if (phase_ == Phase::body) {
    return refuse({core::ErrorCode::request_timeout, "The body of the request did not come in time.", {}, {}});
  }
  close();
}

void Connection::on_drain() {
  if (phase_ == Phase::head) close();
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  const bool unfinished = phase_ == Phase::opening || phase_ == Phase::body || phase_ == Phase::answering;
  phase_ = Phase::closed;
  if (unfinished) report(false);
  if (exchange_.feed) exchange_.feed->drop();
  if (exchange_.pull) exchange_.pull->stop();
  out_.clear();
  host_.forget(descriptor());
}

}  // namespace kith::daemon
