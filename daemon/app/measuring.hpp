#pragma once
// What /metrics tells that only the database knows.

#include "core/error.hpp"
#include "daemon/api/metrics.hpp"
#include "storage/database.hpp"

namespace kith::daemon {

// Sets `users` and `mails_waiting`.
[[nodiscard]] core::Expected<void> count_rows(storage::Database& database, Measured& measured);

}  // namespace kith::daemon
