#pragma once
// API tokens: for scripts, made by people who are logged in, each with a name, scopes and an end. The text is 256
// random bits, shown once and stored as its SHA-256. What a token may do is bounded by its scopes and by what its user
// may do at that moment; the tokens of suspended and deleted users do nothing. Thread-safe and blocking.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/audit.hpp"
#include "accounts/user.hpp"
#include "core/log.hpp"
#include "core/random.hpp"

namespace kith::accounts {

inline constexpr std::size_t kMaxApiTokensPerUser = 100;
inline constexpr std::size_t kMaxApiTokenName = 200;  // bytes
inline constexpr std::chrono::seconds kShortestApiTokenLife = std::chrono::minutes(1);
inline constexpr std::chrono::seconds kUsualApiTokenLife = std::chrono::hours(365 * 24);
inline constexpr std::chrono::seconds kLongestApiTokenLife = std::chrono::hours(3650 * 24);
// How long the list still shows one that has run out, for whoever wonders why a script stopped.
inline constexpr std::chrono::hours kSpentApiTokenShown{30 * 24};

struct ApiToken {
  ApiTokenId id;
  std::string name;
  Scopes scopes;
  core::Timestamp created_at;
  core::Timestamp expires_at;
  std::optional<core::Timestamp> last_used_at;  // to the minute: a use does not always write
  std::optional<std::string> last_client;       // IP address
};

// What somebody asks for.
struct NewApiToken {
  std::string name;
  Scopes scopes;
  std::chrono::seconds lifetime = kUsualApiTokenLife;
};

struct MadeApiToken {
  ApiToken token;
  std::string text;  // shown to its owner only; nowhere stored
};

// Whether this has the form of an API token; log-ins have another.
bool is_api_token(std::string_view text);

class ApiTokens {
 public:
  ApiTokens(storage::Database& database, const AuditLog& audit, const core::Clock& clock, core::Random& random,
            core::Logger log);

  // bad_request for a name, a lifetime or scopes out of bounds, forbidden for the scope admin without being one,
  // conflict when `owner` has too many.
  [[nodiscard]] Expected<MadeApiToken> make(const Principal& owner, const NewApiToken& wanted, const Client& client);
  // The newest first.
  [[nodiscard]] Expected<std::vector<ApiToken>> list(const core::UserId& owner) const;
  // not_found when `owner` has none with that id.
  [[nodiscard]] Expected<void> remove(const core::UserId& owner, const ApiTokenId& id, const Client& client);
  // Who a token speaks for. unauthorized when it is no good. One indexed read; once a minute a write of who used it.
  [[nodiscard]] Expected<Principal> verify(std::string_view text, const Client& client);
  // Erases those that ran out long ago. Called once an hour.
  [[nodiscard]] Expected<void> prune();

 private:
  void note_use(const ApiTokenId& id, const Client& client);

  storage::Database& database_;
  const AuditLog& audit_;
  const core::Clock& clock_;
  core::Random& random_;
  const core::Logger log_;
};

// Ends all of a user, inside the caller's transaction.
[[nodiscard]] Expected<void> erase_api_tokens(storage::Transaction& transaction, const core::UserId& owner);

}  // namespace kith::accounts
