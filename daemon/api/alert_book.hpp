#pragma once
// The table of alerts: what was raised, how often, and what the webhook is still to be told. Thread-safe and blocking.
//
// Bounded whatever strangers do: kMostAlerts rows, the ones not heard of for longest go; of one kind kMostNew rows are
// made within an hour, further ones are counted in one row about kOthers. A row is announced at most once in
// kAnnounceAgain (the one about kOthers in an hour), so a flood of one and the same is one announcement.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "storage/database.hpp"

namespace kith::daemon {

struct Alert {
  std::string kind;
  std::string about;
  std::string detail;
  std::int64_t count = 1;
  core::Timestamp first_at;
  core::Timestamp last_at;
};

struct AlertPage {
  std::vector<Alert> items;         // the latest first
  std::optional<std::string> next;  // cursor of the next page
};

class AlertBook {
 public:
  static constexpr std::int64_t kMostAlerts = 1000;
  static constexpr std::int64_t kMostNew = 20;
  static constexpr std::chrono::hours kAnnounceAgain{24};
  static constexpr std::chrono::hours kLife{90 * 24};
  static constexpr std::string_view kOthers = "others";

  // `has_webhook`: whether announcements wait to be told.
  AlertBook(storage::Database& database, const core::Clock& clock, bool has_webhook)
      : database_(database), clock_(clock), has_webhook_(has_webhook) {}

  // For what is announced from now on.
  void set_has_webhook(bool has_webhook) { has_webhook_ = has_webhook; }

  // Counts what was raised, cutting texts that are too long. The ones to announce now come back, as they stand.
  [[nodiscard]] core::Expected<std::vector<Alert>> note(const std::vector<Alert>& raised);

  // What the webhook is to be told next, and when; nothing when it knows everything.
  struct Waiting {
    Alert alert;
    core::Timestamp due;
  };
  [[nodiscard]] core::Expected<std::optional<Waiting>> waiting() const;
  [[nodiscard]] core::Expected<void> told(const Alert& alert);
  // It was not reached: tries twice more within a minute, then every hour for a day.
  [[nodiscard]] core::Expected<void> not_told(const Alert& alert);

  // `cursor` comes from the page before; bad_request for any other.
  [[nodiscard]] core::Expected<AlertPage> list(const std::optional<std::string>& cursor, std::size_t limit) const;

 private:
  core::Expected<std::optional<Alert>> note_one(storage::Transaction& transaction, Alert raised) const;
  core::Expected<bool> too_many_new(storage::Reader& reader, const std::string& kind) const;
  core::Expected<void> forget_old(storage::Transaction& transaction) const;

  storage::Database& database_;
  const core::Clock& clock_;
  std::atomic<bool> has_webhook_;
};

}  // namespace kith::daemon
