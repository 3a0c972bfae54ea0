#include "client/live_carriers.hpp"

#include <chrono>
#include <optional>

#include "client/limits.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

constexpr std::chrono::milliseconds kPause{500};  // but for the first try again: a kept connection may have been cut

// What the request can go on after.
bool may_pass(ErrorCode code) {
  using enum ErrorCode;
  return code == peer_unreachable || code == busy || code == too_many_requests || code == request_timeout ||
         code == not_ready || code == conflict;
}

bool is_over(ErrorCode code) {
  return code == ErrorCode::transfer_ended || code == ErrorCode::not_found || code == ErrorCode::gone;
}

// As docs/live.md names it.
const char* reason_of(ErrorCode code) {
  if (code == ErrorCode::file_changed) return "file_changed";
  return code == ErrorCode::not_authentic ? "not_authentic" : "cancelled";
}

}  // namespace

LiveCarriers::LiveCarriers(std::shared_ptr<LiveFeed> feed, const Account& account, const StopSignal& stop,
                           Failed failed)
    : feed_(std::move(feed)), account_(account), stop_(stop), failed_(std::move(failed)) {
  threads_.reserve(kLiveCarriers);
  for (int i = 0; i < kLiveCarriers; ++i) threads_.emplace_back([this] { carry(); });
}

LiveCarriers::~LiveCarriers() {
  feed_->end();
  for (auto& thread : threads_) thread.join();
}

void LiveCarriers::carry() {
  Interruption interruption(stop_);
  Http http(interruption);
  LiveCalls calls(http, account_, feed_->binding().live_id);
  core::Bytes buffer(kLiveSealedPiece);
  for (bool goes_on = true; goes_on;) {
    auto task = feed_->next(buffer);
    Expected<void> done;
    if (!task) {
      done = tl::make_unexpected(std::move(task.error()));
    } else if (const auto* open = std::get_if<LiveToOpen>(&*task)) {
      done = run(calls, *open);
    } else if (const auto* put = std::get_if<LiveToPut>(&*task)) {
      done = run(calls, *put, buffer);
    } else {
      goes_on = false;
    }
    if (done || !feed_->end() || stop_.is_raised()) continue;
    (void)calls.refuse(feed_->binding().request_id, reason_of(done.error().code));
    failed_(done.error());
  }
  ++left_;
}

Expected<void> LiveCarriers::run(LiveCalls& calls, const LiveToOpen& task) {
  KITH_TRY_ASSIGN(is_done, insist(task.attempt, [&] { return calls.open(feed_->binding(), task); }));
  if (is_done) feed_->opened(task.attempt);
  return {};
}

Expected<void> LiveCarriers::run(LiveCalls& calls, const LiveToPut& task, core::ByteView buffer) {
  KITH_TRY(insist(task.attempt, [&]() -> Expected<void> {
    KITH_TRY_ASSIGN(taken, calls.put(feed_->binding(), task, buffer.first(task.bytes)));
    feed_->taken(task.attempt, taken);
    return {};
  }));
  return {};
}

// Calls again as long as that may help. False when it is of no use any more.
template <class Call>
Expected<bool> LiveCarriers::insist(std::int64_t attempt, const Call& call) {
  const auto until = std::chrono::steady_clock::now() + kLivePatience;
  for (auto pause = std::chrono::milliseconds(0);; pause = kPause) {
    const Expected<void> done = call();
    if (done) return true;
    const auto code = done.error().code;
    if (code == ErrorCode::transfer_superseded) feed_->superseded(attempt);
    if (is_over(code)) feed_->end();
    if (code == ErrorCode::transfer_superseded || is_over(code) || stop_.is_raised()) return false;
    if (!may_pass(code) || std::chrono::steady_clock::now() > until) return tl::make_unexpected(done.error());
    if (!feed_->still_wants(attempt, pause)) return false;
  }
}

}  // namespace kith::client
