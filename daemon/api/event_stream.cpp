#include "daemon/api/event_stream.hpp"

#include <algorithm>
#include <utility>

namespace kith::daemon {
namespace {

// How long a browser waits before it opens the stream again.
constexpr const char* kRetry = "retry: 2000\n";
constexpr const char* kComment = ":\n\n";

}  // namespace

EventStream::EventStream(std::function<bool()> still_good, std::function<void()> on_gone)
    : still_good_(std::move(still_good)), on_gone_(std::move(on_gone)), unsent_(kRetry + Event::hello().text()) {}

EventStream::~EventStream() {
  gone();
}

// The wake goes out without the lock: what it calls takes locks of its own.
void EventStream::change(const std::function<void()>& edit) {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    edit();
    wake = wake_;
  }
  if (wake) wake();
}

void EventStream::push(Event event) {
  change([&] { add(std::move(event)); });
}

void EventStream::add(Event event) {
  const auto waits = [this](const Event& one) { return std::ranges::find(waiting_, one) != waiting_.end(); };
  if (waits(event) || waits(Event::resync())) return;
  if (waiting_.size() < kMostWaiting) return waiting_.push_back(std::move(event));
  waiting_.clear();
  waiting_.push_back(Event::resync());
}

void EventStream::check() {
  change([this] { check_due_ = true; });
}

void EventStream::end() {
  change([this] { ended_ = true; });
}

BodySource::Result EventStream::read(std::span<std::uint8_t> space) {
  bool checking = false;
  bool greeting = false;
  {
    const std::lock_guard lock(mutex_);
    checking = std::exchange(check_due_, false);
    greeting = !std::exchange(greeted_, true);  // a log-out may have come while the stream was being opened
  }
  const bool good = !(checking || greeting) || still_good_();  // reads the database: without the lock
  const std::lock_guard lock(mutex_);
  if (!good) ended_ = true;
  if (ended_) return {Status::end, 0};
  if (checking) unsent_ += kComment;
  if (unsent_.empty()) {
    for (const auto& event : waiting_) unsent_ += event.text();
    waiting_.clear();
  }
  if (unsent_.empty()) return {Status::pending, 0};
  const auto bytes = std::min(space.size(), unsent_.size());
  std::copy_n(unsent_.begin(), bytes, space.begin());
  unsent_.erase(0, bytes);
  return {Status::data, bytes};
}

void EventStream::on_ready(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

void EventStream::abandon() {
  gone();
  end();
}

void EventStream::gone() {
  std::function<void()> on_gone;
  {
    const std::lock_guard lock(mutex_);
    on_gone = std::exchange(on_gone_, nullptr);
    wake_ = nullptr;
  }
  if (on_gone) on_gone();
}

}  // namespace kith::daemon
