#include "daemon/api/live_event_stream.hpp"

#include <algorithm>
#include <utility>

#include "daemon/api/live_json.hpp"

namespace kith::daemon {
namespace {

// How long a browser waits before it opens the stream again.
constexpr const char* kRetry = "retry: 2000\n";

}  // namespace

LiveEventStream::LiveEventStream(std::shared_ptr<assets::LiveEvents> events, std::function<bool()> still_good)
    : events_(std::move(events)), still_good_(std::move(still_good)), unsent_(kRetry) {}

void LiveEventStream::check() {
  check_due_ = true;
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    wake = wake_;
  }
  if (wake) wake();
}

BodySource::Result LiveEventStream::read(std::span<std::uint8_t> space) {
  auto taken = unsent_.empty() ? events_->take() : assets::LiveTaken<assets::LiveEvent>{};
  const bool beats = taken.item && taken.item->kind == assets::LiveEvent::Kind::beat;
  if ((check_due_.exchange(false) || beats) && !still_good_()) {
    events_->leave();
    return {Status::end, 0};
  }
  if (taken.item) unsent_ = live_event_text(*taken.item);
  if (unsent_.empty()) return {taken.ended ? Status::end : Status::pending, 0};
  const auto bytes = std::min(space.size(), unsent_.size());
  std::copy_n(unsent_.begin(), bytes, space.begin());
  unsent_.erase(0, bytes);
  return {Status::data, bytes};
}

void LiveEventStream::on_ready(std::function<void()> wake) {
  {
    const std::lock_guard lock(mutex_);
    wake_ = wake;
  }
  events_->on_ready(std::move(wake));
}

void LiveEventStream::abandon() {
  events_->leave();
}

}  // namespace kith::daemon
