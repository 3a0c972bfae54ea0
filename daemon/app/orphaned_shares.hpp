#pragma once
// Shares with people elsewhere end with their connection. That happens right after the connection's end is on disk;
// what a crash in between leaves is found here, so that a later connection of the same two shows nothing unasked.

#include "assets/shares.hpp"
#include "core/error.hpp"
#include "federation/service/connections.hpp"
#include "storage/database.hpp"

namespace kith::daemon {

// At start and hourly. Blocks on the database; looks at each pair of owner and remote viewer once.
[[nodiscard]] core::Expected<void> end_orphaned_shares(storage::Database& database,
                                                       federation::Connections& connections, assets::Shares& shares);

}  // namespace kith::daemon
