#pragma once
// Alerts on their way to people: into the log, the audit log, the table (alert_book.hpp) and, with
// alerts.webhook_url, to somebody else's program.
//
// raise() only notes: equal ones (kind, about; an IPv6 address is its /64) are put together, kMostWaiting different
// ones wait at most, further ones count as others of their kind. One thread ("kith-alerts") does the rest. Thread-safe.
// What waits for the webhook when the daemon stops is told after the next start.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "accounts/audit.hpp"
#include "core/alerts.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "daemon/api/alert_book.hpp"
#include "daemon/app/webhook.hpp"

namespace kith::daemon {

class OperatorAlerts final : public core::Alerts {
 public:
  static constexpr std::size_t kMostWaiting = 256;

  struct Settings {
    std::string webhook_url;  // empty: none
    std::string ca_file;      // for it; empty: the system's
    std::string instance;     // the name people gave it
    std::string domain;
  };
  // What is handed over must outlive it.
  OperatorAlerts(storage::Database& database, const core::Clock& clock, core::Logger log, Settings settings);
  ~OperatorAlerts() override;

  void raise(std::string_view kind, std::string_view about, std::string_view detail) override;
  // How often each kind was raised since the start.
  std::map<std::string, std::uint64_t> raised() const;
  AlertBook& book() { return book_; }
  // What is waiting goes there too. Empty: nobody is told.
  void set_webhook(const std::string& url);

  // Waits until everything raised is written and told once, at most so long: before giving up a start.
  void finish(std::chrono::milliseconds longest);
  // Writes what waits, and tells no more. Idempotent.
  void stop();

 private:
  using Key = std::pair<std::string, std::string>;  // kind, about
  using Waiting = std::map<Key, Alert>;

  void run();
  void write(const Waiting& raised);
  void announce(const Alert& alert) const;
  std::chrono::milliseconds tell_due();
  std::string message_of(const Alert& alert) const;

  const core::Clock& clock_;
  const core::Logger log_;
  const Settings settings_;
  const accounts::AuditLog audit_;
  AlertBook book_;
  Webhook webhook_;

  mutable std::mutex mutex_;  // guards the four below
  std::condition_variable wake_;
  Waiting waiting_;
  std::map<std::string, std::uint64_t> raised_;
  bool busy_ = false;
  bool stopping_ = false;
  std::condition_variable idle_;
  std::thread thread_;
};

}  // namespace kith::daemon
