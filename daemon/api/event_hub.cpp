#include "daemon/api/event_hub.hpp"

#include <algorithm>

namespace kith::daemon {
namespace {

constexpr std::chrono::seconds kRetryAfter{10};

core::Unexpected busy(std::string detail) {
  return tl::make_unexpected(core::Error{core::ErrorCode::busy, std::move(detail), kRetryAfter, {}});
}

}  // namespace

core::Expected<std::shared_ptr<EventStream>> EventHub::open(Listener listener) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return busy("This instance is stopping.");
  if (entries_.size() >= limits_.streams) return busy("Too many pages listen to this instance.");
  const auto own = std::ranges::count(entries_, listener.user, &Entry::user);
  if (static_cast<std::size_t>(own) >= limits_.streams_per_user) {
    return busy("Too many pages of yours listen: close some.");
  }
  const auto number = ++opened_;
  auto stream = std::make_shared<EventStream>(std::move(listener.still_good), [this, number] { leave(number); });
  entries_.push_back({number, std::move(listener.user), listener.is_admin, stream});
  return stream;
}

void EventHub::leave(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const Entry& entry) { return entry.number == number; });
  if (entries_.empty()) left_.notify_all();
}

bool EventHub::is_heard_by(const core::UserId& user) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::find(entries_, user, &Entry::user) != entries_.end();
}

std::size_t EventHub::open_streams() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

std::vector<std::shared_ptr<EventStream>> EventHub::streams(const Wanted& wanted) const {
  std::vector<std::shared_ptr<EventStream>> found;
  const std::lock_guard lock(mutex_);
  for (const auto& entry : entries_) {
    if (!wanted(entry)) continue;
    if (auto stream = entry.stream.lock()) found.push_back(std::move(stream));
  }
  return found;
}

void EventHub::publish(const core::UserId& user, const Event& event) {
  for (const auto& stream : streams([&](const Entry& entry) { return entry.user == user; })) stream->push(event);
}

void EventHub::publish_with_admins(const core::UserId& user, const Event& event) {
  const auto wanted = [&](const Entry& entry) { return entry.is_admin || entry.user == user; };
  for (const auto& stream : streams(wanted)) stream->push(event);
}

void EventHub::publish_to_all(const Event& event) {
  for (const auto& stream : streams([](const Entry&) { return true; })) stream->push(event);
}

void EventHub::check(const core::UserId& user) {
  for (const auto& stream : streams([&](const Entry& entry) { return entry.user == user; })) stream->check();
}

void EventHub::check_all() {
  for (const auto& stream : streams([](const Entry&) { return true; })) stream->check();
}

void EventHub::stop(std::chrono::milliseconds longest) {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  for (const auto& stream : streams([](const Entry&) { return true; })) stream->end();
  std::unique_lock lock(mutex_);
  left_.wait_for(lock, longest, [this] { return entries_.empty(); });
}

}  // namespace kith::daemon
