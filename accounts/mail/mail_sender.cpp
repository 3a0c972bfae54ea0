#include "accounts/mail/mail_sender.hpp"

#include <pthread.h>

#include <algorithm>

#include "accounts/mail/limits.hpp"

namespace kith::accounts {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kLongestPause{60'000};
constexpr milliseconds kShortestPause{20};

}  // namespace

MailSender::MailSender(MailQueue& queue, MailCarrier& carrier, const core::Clock& clock, core::Logger log)
    : queue_(queue), carrier_(carrier), clock_(clock), log_(std::move(log)) {
  queue_.on_wake([this] {
    {
      std::lock_guard lock(mutex_);
      ++wakes_;
    }
    wake_.notify_all();
  });
}

void MailSender::start() {
  thread_ = std::thread([this] { run(); });
}

void MailSender::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  carrier_.stop();
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool MailSender::send_next() {
  if (clock_.steady() < rests_until_) return false;
  if (unsettled_) return settle();
  auto mail = queue_.next();
  if (!mail) {
    log_.error("waiting mails can't be read", {{"detail", mail.error().detail}});
    rests_until_ = clock_.steady() + kLongestPause;
    return false;
  }
  if (!*mail) return false;
  const auto delivery = carrier_.deliver(**mail);
  if (delivery.kind == Delivery::Kind::stopped) return false;
  note(delivery);
  unsettled_ = {std::move(**mail), delivery};
  return settle();
}

// With a full disk a mail must not go out each minute, for that can't be noted.
bool MailSender::settle() {
  const auto settled = queue_.settle(unsettled_->mail, unsettled_->delivery);
  if (settled) {
    unsettled_.reset();
    return true;
  }
  log_.error("what became of a mail can't be noted, no other is sent before", {{"detail", settled.error().detail}});
  rests_until_ = clock_.steady() + kLongestPause;
  return false;
}

// A server that is down is told of once, and once when it is back.
void MailSender::note(const Delivery& delivery) {
  if (delivery.kind == Delivery::Kind::held_up) {
    const auto& pauses = mail_limits::kServerPauses;
    if (held_up_ == 0) log_.warning("mails have to wait", {{"detail", delivery.error}});
    rests_until_ = clock_.steady() + pauses.at(std::min(held_up_, pauses.size() - 1));
    ++held_up_;
    return;
  }
  if (std::exchange(held_up_, 0) > 0) log_.info("mails go out again");
  rests_until_ = {};
}

milliseconds MailSender::pause() {
  const auto due = queue_.next_due();
  auto wait = kLongestPause;
  if (due && *due) wait = std::chrono::duration_cast<milliseconds>(**due - clock_.now());
  const auto rest = std::chrono::ceil<milliseconds>(rests_until_ - clock_.steady());
  return std::clamp(std::max(wait, rest), kShortestPause, kLongestPause);
}

void MailSender::run() {
  pthread_setname_np(pthread_self(), "kith-mail");
  for (;;) {
    std::uint64_t seen = 0;
    {
      std::lock_guard lock(mutex_);
      if (stopping_) return;
      seen = wakes_;
    }
    if (send_next()) continue;
    const auto wait = pause();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, wait, [&] { return stopping_ || wakes_ != seen; });
  }
}

}  // namespace kith::accounts
