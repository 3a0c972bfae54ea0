#pragma once
// Idempotency keys: a request that creates something and is sent again, because its answer was lost, gets the answer of
// the first time (draft-ietf-httpapi-idempotency-key-header). Kept for a day, a user at a time; sealed, since an answer
// may hold a token and a request a password. Thread-safe.

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/crypto/sha256.hpp"
#include "core/error.hpp"
#include "core/id.hpp"
#include "daemon/http/message.hpp"
#include "storage/database.hpp"
#include "storage/key_vault.hpp"

namespace kith::daemon {

class Idempotency {
 public:
  struct Answer {
    int status = 0;
    std::string body;
    std::optional<std::string> location;
    Response response() const;
  };

  // All are borrowed and outlive this.
  Idempotency(storage::Database& database, const storage::KeyVault& vault, const core::Clock& clock)
      : database_(database), vault_(vault), clock_(clock) {}

  // What makes two requests the same: method, target, declared length and buffered body.
  static core::Digest fingerprint(const Request& request);

  // The earlier answer; or nothing, and then finish() must be called. idempotency_mismatch when the key was used for
  // another request, conflict while the first still runs, too_many_requests beyond 10,000 keys a day.
  [[nodiscard]] core::Expected<std::optional<Answer>> begin(const core::UserId& user, std::string_view key,
                                                            const core::Digest& request);
  // Remembers a 2xx answer with a text body; anything else frees the key for another try.
  void finish(const core::UserId& user, std::string_view key, const Response* response);

  // Once, at start: requests that a stop cut off may be tried again.
  [[nodiscard]] core::Expected<void> forget_unfinished();
  // An account goes.
  [[nodiscard]] core::Expected<void> forget(const core::UserId& user);
  // Forgets what is older than a day. Called by the scheduler.
  [[nodiscard]] core::Expected<void> sweep();

 private:
  struct Row;
  [[nodiscard]] core::Expected<std::optional<Row>> find(storage::Reader& reader, const core::UserId& user,
                                                        std::string_view key) const;

  storage::Database& database_;
  const storage::KeyVault& vault_;
  const core::Clock& clock_;
};

}  // namespace kith::daemon
