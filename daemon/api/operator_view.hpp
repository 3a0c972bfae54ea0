#pragma once
// How the instance does, for whoever runs it: what the routes of operators ask, and daemon/app knows. Thread-safe;
// blocks briefly (database, disk).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/id.hpp"
#include "core/time.hpp"
#include "daemon/api/metrics.hpp"
#include "daemon/doctor/check.hpp"

namespace kith::daemon {

struct DiskSpace {
  std::string path;  // the data folder
  std::uint64_t total_bytes = 0;
  std::uint64_t free_bytes = 0;  // for an ordinary user
  std::uint64_t keep_free_bytes = 0;
};

struct UserStorage {
  core::UserId user;
  std::string handle;
  std::string email;
  std::uint64_t used_bytes = 0;
  std::uint64_t quota_bytes = 0;
};

struct Verification {
  core::Timestamp finished_at{};
  std::int64_t checked = 0;
  std::int64_t damaged = 0;
};

struct StorageView {
  DiskSpace disk;
  std::int64_t content_count = 0;
  std::int64_t content_bytes = 0;
  std::uint64_t thumbnails_bytes = 0;
  std::uint64_t database_bytes = 0;
  std::vector<UserStorage> users;  // who have most first, kMostUsers at most
  std::int64_t damaged = 0;
  std::optional<Verification> last_verification;
  std::optional<core::Timestamp> last_backup_at;
};

struct HealthView {
  core::Timestamp started_at{};
  Checks checks;
};

class OperatorView {
 public:
  static constexpr std::size_t kMostUsers = 100;

  virtual ~OperatorView() = default;
  [[nodiscard]] virtual core::Expected<Measured> measure() = 0;  // for /metrics
  [[nodiscard]] virtual core::Expected<StorageView> storage() = 0;
  [[nodiscard]] virtual core::Expected<HealthView> health() = 0;
  // What keeps the instance from doing its work right now, a sentence each: for /readyz. Empty: nothing does.
  [[nodiscard]] virtual std::vector<std::string> hindrances() = 0;
};

}  // namespace kith::daemon
