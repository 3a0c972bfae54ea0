#include "daemon/app/measuring.hpp"

#include "federation/service/connections.hpp"

namespace kith::daemon {
namespace {

core::Expected<std::int64_t> count(storage::Reader& reader, std::string_view sql) {
  std::int64_t number = 0;
  KITH_TRY(reader.query(sql, {}, [&](const storage::Row& row) {
    number = row.integer(0);
    return false;
  }));
  return number;
}

// Every state from the first scrape on.
core::Expected<void> count_handshakes(storage::Reader& reader, Measured& measured) {
  using federation::ConnectionState;
  for (auto state = ConnectionState::pending_out; state <= ConnectionState::failed;
       state = static_cast<ConnectionState>(static_cast<int>(state) + 1))
    measured.handshakes[std::string(federation::state_name(state))] = 0;
  return reader.query("SELECT state, count(*) FROM connections WHERE hidden = 0 GROUP BY state", {},
                      [&](const storage::Row& row) {
                        measured.handshakes[row.text(0)] = row.integer(1);
                        return true;
                      });
}

}  // namespace

core::Expected<void> count_rows(storage::Database& database, Measured& measured) {
  return database.read([&](storage::Reader& reader) -> core::Expected<void> {
    struct Counted {
      std::int64_t& number;
      std::string_view sql;
    };
    const Counted all[] = {
        {measured.users, "SELECT count(*) FROM users WHERE is_local = 1 AND deleted_at IS NULL"},
        {measured.peers_reachable, "SELECT count(*) FROM instances WHERE in_use = 1 AND down_since IS NULL"},
        {measured.peers_unreachable, "SELECT count(*) FROM instances WHERE in_use = 1 AND down_since IS NOT NULL"},
        {measured.queues["mails"], "SELECT count(*) FROM mails"},
        {measured.queues["outbox"], "SELECT count(*) FROM outbox"},
        {measured.queues["photos"], "SELECT count(*) FROM photos WHERE state = 'waiting'"},
    };
    for (const auto& one : all) {
      KITH_TRY_ASSIGN(number, count(reader, one.sql));
      one.number = number;
    }
    return count_handshakes(reader, measured);
  });
}

void read_times(const StorageTimes& times, Measured& measured) {
  measured.database_times = {{"read", times.database_read.snapshot()}, {"write", times.database_write.snapshot()}};
  measured.blob_times = {{"write", times.disk_write.snapshot()},
                         {"sync", times.disk_sync.snapshot()},
                         {"read", times.blob_read.snapshot()}};
}

}  // namespace kith::daemon
