#include "daemon/app/operator_alerts.hpp"

#include <pthread.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "daemon/http/connection_count.hpp"

namespace kith::daemon {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMostKinds = 32;
constexpr milliseconds kLongestPause{60'000};  // in case the wall clock is set

}  // namespace

OperatorAlerts::OperatorAlerts(storage::Database& database, const core::Clock& clock, core::Logger log,
                               Settings settings)
    : clock_(clock),
      log_(std::move(log)),
      settings_(std::move(settings)),
      audit_(database, clock),
      book_(database, clock, !settings_.webhook_url.empty()),
      webhook_(settings_.webhook_url, settings_.ca_file),
      thread_([this] { run(); }) {}

OperatorAlerts::~OperatorAlerts() {
  stop();
}

void OperatorAlerts::raise(std::string_view kind, std::string_view about, std::string_view detail) {
  const auto now = clock_.now();
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    Key key{kind, counted_address(std::string(about))};
    if (raised_.size() < kMostKinds || raised_.contains(key.first)) ++raised_[key.first];
    if (waiting_.size() >= kMostWaiting && !waiting_.contains(key)) key.second = AlertBook::kOthers;
    auto& alert = waiting_.try_emplace(key, Alert{key.first, key.second, {}, 0, now, now}).first->second;
    alert.detail = detail;
    alert.last_at = now;
    ++alert.count;
  }
  wake_.notify_one();
}

std::map<std::string, std::uint64_t> OperatorAlerts::raised() const {
  std::lock_guard lock(mutex_);
  return raised_;
}

void OperatorAlerts::set_webhook(const std::string& url) {
  webhook_.set_url(url);
  book_.set_has_webhook(!url.empty());
}

void OperatorAlerts::finish(milliseconds longest) {
  std::unique_lock lock(mutex_);
  idle_.wait_for(lock, longest, [this] { return stopping_ || (waiting_.empty() && !busy_); });
}

void OperatorAlerts::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  webhook_.stop();
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void OperatorAlerts::run() {
  pthread_setname_np(pthread_self(), "kith-alerts");
  milliseconds pause{0};  // something may have been left to tell
  for (;;) {
    Waiting raised;
    {
      std::unique_lock lock(mutex_);
      busy_ = pause == milliseconds{0};
      if (!busy_) idle_.notify_all();
      wake_.wait_for(lock, pause, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_ && waiting_.empty()) return;
      raised.swap(waiting_);
      busy_ = true;
    }
    if (!raised.empty()) write(raised);
    pause = tell_due();
  }
}

void OperatorAlerts::write(const Waiting& raised) {
  std::vector<Alert> alerts;
  for (const auto& [key, alert] : raised) alerts.push_back(alert);
  const auto news = book_.note(alerts);
  if (news) {
    for (const auto& alert : *news) announce(alert);
    return;
  }
  log_.error("alerts could not be written", {{"detail", news.error().detail}});
  for (const auto& alert : alerts) announce(alert);
}

void OperatorAlerts::announce(const Alert& alert) const {
  log_.warning("alert", {{"kind", alert.kind}, {"about", alert.about}, {"detail", alert.detail}});
  const auto written = audit_.write({"kithd", "alert", alert.about, "", alert.kind + ": " + alert.detail});
  if (!written) log_.warning("the audit log was not written", {{"detail", written.error().detail}});
}

// Tells the webhook one thing that is due; how long to wait for the next.
milliseconds OperatorAlerts::tell_due() {
  if (!webhook_.configured()) return kLongestPause;
  const auto waiting = book_.waiting();
  if (!waiting || !*waiting) return kLongestPause;
  const auto& [alert, due] = **waiting;
  const auto early = std::chrono::duration_cast<milliseconds>(due - clock_.now());
  if (early > milliseconds{0}) return std::min(early, kLongestPause);
  const auto told = webhook_.post(message_of(alert));
  if (!told && told.error().code == core::ErrorCode::busy) return kLongestPause;  // stopping
  if (!told) log_.warning("the webhook of alerts was not reached", {{"detail", told.error().detail}});
  const auto noted = told ? book_.told(alert) : book_.not_told(alert);
  if (noted) return milliseconds{0};
  log_.error("alerts could not be written", {{"detail", noted.error().detail}});
  return kLongestPause;  // rather than telling the same again and again
}

std::string OperatorAlerts::message_of(const Alert& alert) const {
  const std::string text = settings_.instance + " (" + settings_.domain + "): " + alert.kind + " about " + alert.about +
                           (alert.count > 1 ? ", " + std::to_string(alert.count) + " times" : "") + ": " + alert.detail;
  return core::to_json_text({{"instance", settings_.instance},
                             {"domain", settings_.domain},
                             {"kind", alert.kind},
                             {"about", alert.about},
                             {"detail", alert.detail},
                             {"count", alert.count},
                             {"first_at", core::format_timestamp(alert.first_at)},
                             {"last_at", core::format_timestamp(alert.last_at)},
                             {"text", text}});
}

}  // namespace kith::daemon
