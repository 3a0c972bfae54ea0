#pragma once
// What must not go on where an old copy of a database left it.

#include "storage/database.hpp"

namespace kith::daemon {

// Ends all log-ins and links that log in (some may have been ended since), forgets mails that waited (they were
// probably sent) and answers kept for repeated requests, has thumbnails made anew (backups have none), and ends
// unfinished handshakes: each of their keys seals one message, and may have done so since.
[[nodiscard]] core::Expected<void> settle_restored_records(storage::Database& database);

}  // namespace kith::daemon
