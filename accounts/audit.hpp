#pragma once
// The audit log: who did what, when, from where. Bounded in every field (longer texts are cut) and in rows. Never put a
// secret, token or password into it. Thread-safe.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "storage/database.hpp"

namespace kith::accounts {

using core::Expected;

inline constexpr std::chrono::hours kAuditLife{90 * 24};
inline constexpr std::int64_t kMaxAuditRows = 200'000;

// Who makes a change.
struct Actor {
  std::string name = "shell";  // a user id, or "shell"
  std::string address;         // where from; empty for the shell
};

struct AuditEvent {
  std::string actor;    // a user id, "shell", "kithd", or the domain of another instance; empty: nobody known
  std::string action;   // snake_case: "log_in", "password_set"
  std::string subject;  // what it was done to: a user id, an address, a connection id
  std::string client;   // IP address; empty for the shell
  std::string detail;   // for people
};

struct AuditEntry {
  std::int64_t number = 0;
  core::Timestamp at;
  AuditEvent event;
};

// What is looked for; times are from (including) and to (excluding).
struct AuditFilter {
  std::optional<std::string> actor = {}, action = {}, subject = {};
  std::optional<core::Timestamp> from = {}, to = {};
};

struct AuditPage {
  std::vector<AuditEntry> items;     // newest first
  std::optional<std::int64_t> next;  // cursor of the next page
};

class AuditLog {
 public:
  AuditLog(storage::Database& database, const core::Clock& clock);

  // Beside the change it tells of, so that neither is without the other.
  [[nodiscard]] Expected<void> write(storage::Transaction& transaction, const AuditEvent& event) const;
  [[nodiscard]] Expected<void> write(const AuditEvent& event) const;
  // `before`: the cursor. limit 1 to 500.
  [[nodiscard]] Expected<AuditPage> list(std::optional<std::int64_t> before, std::size_t limit,
                                         const AuditFilter& filter = {}) const;
  // Erases what is older than 90 days. Called once a day.
  [[nodiscard]] Expected<std::int64_t> prune() const;

 private:
  storage::Database& database_;
  const core::Clock& clock_;
};

}  // namespace kith::accounts
