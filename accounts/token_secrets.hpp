#pragma once
// The secrets that sign tokens, sealed in the database. One signs at a time, until Monday 03:00 UTC; when another takes
// its place it stays for verifying until the last token it signed has run out. Thread-safe; several processes may share
// the database.

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "accounts/token_format.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "storage/database.hpp"
#include "storage/key_vault.hpp"

namespace kith::accounts {

using core::Expected;

inline constexpr std::chrono::hours kTokenLife{2};             // api.md, "Accounts"
inline constexpr std::chrono::hours kTokenSecretLife{7 * 24};  // api.md, "Accounts"; at the longest
inline constexpr std::chrono::hours kLogInLife{30 * 24};       // api.md, "Accounts"

// The latest Monday 03:00 UTC that is not after `now`: a secret made before it has had its week.
core::Timestamp last_rotation_time(core::Timestamp now);

struct SigningSecret {
  TokenSecretId id;
  TokenSecret key;
};

class TokenSecrets {
 public:
  TokenSecrets(storage::Database& database, const storage::KeyVault& vault, const core::Clock& clock,
               core::Random& random, core::Logger log);

  // The one that signs now; made or rotated inside `transaction` when there is none or its week is over.
  [[nodiscard]] Expected<SigningSecret> current(storage::Transaction& transaction);
  // Rotates when the week is over, though nobody logs in; called each minute.
  [[nodiscard]] Expected<void> rotate_if_due();
  // A new one signs from now on. Retired ones whose tokens have all run out are erased, but for the latest few.
  [[nodiscard]] Expected<void> rotate();
  [[nodiscard]] Expected<void> rotate(storage::Transaction& transaction);
  // A copy for verifying; unauthorized for one that is not (or no longer) there.
  [[nodiscard]] Expected<TokenSecret> for_verifying(const TokenSecretId& id);

 private:
  [[nodiscard]] Expected<SigningSecret> replace(storage::Transaction& transaction);
  [[nodiscard]] Expected<SigningSecret> make(storage::Transaction& transaction);
  [[nodiscard]] Expected<TokenSecret> unseal(const TokenSecretId& id, core::ByteView sealed) const;
  void remember(const TokenSecretId& id, const TokenSecret& key);

  storage::Database& database_;
  const storage::KeyVault& vault_;
  const core::Clock& clock_;
  core::Random& random_;
  core::Logger log_;
  std::mutex mutex_;                  // guards known_
  std::vector<SigningSecret> known_;  // unsealed ones, the latest last, a few
};

}  // namespace kith::accounts
