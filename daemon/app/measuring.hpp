#pragma once
// What /metrics tells that only the database or the disk knows.

#include "core/error.hpp"
#include "daemon/api/metrics.hpp"
#include "daemon/app/measured_storage.hpp"
#include "storage/database.hpp"

namespace kith::daemon {

// Sets users, handshakes and peers, and the queues that are tables: outbox, mails, photos.
[[nodiscard]] core::Expected<void> count_rows(storage::Database& database, Measured& measured);
void read_times(const StorageTimes& times, Measured& measured);

}  // namespace kith::daemon
