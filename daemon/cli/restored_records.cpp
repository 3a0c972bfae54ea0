#include "daemon/cli/restored_records.hpp"

namespace kith::daemon {

namespace {

constexpr const char* kForgetHandshakes =
    "DELETE FROM handshake_secrets WHERE connection_id IN "
    "(SELECT id FROM connections WHERE phase NOT IN ('completed', 'ended'))";

}  // namespace

core::Expected<void> settle_restored_records(storage::Database& database) {
  constexpr const char* kSteps[] = {
      "DELETE FROM log_ins",
      "DELETE FROM login_links",
      "DELETE FROM password_resets",
      "DELETE FROM registration_tokens",
      "DELETE FROM mails",
      "DELETE FROM idempotency",
      "UPDATE photos SET state = 'waiting', attempts = 0 WHERE state = 'ready'",
      // The daemon ends them as soon as it runs; until then they can't take a step.
      "DELETE FROM outbox WHERE kind IN ('init', 'exchange', 'verify', 'complete', 'poll')",
      kForgetHandshakes,
      "UPDATE connections SET deadline = 1 WHERE phase NOT IN ('completed', 'ended')",
  };
  return database.write([&](storage::Transaction& transaction) -> core::Expected<void> {
    for (const char* step : kSteps) KITH_TRY(transaction.execute(step));
    return {};
  });
}

}  // namespace kith::daemon
