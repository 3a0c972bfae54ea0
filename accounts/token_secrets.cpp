#include "accounts/token_secrets.hpp"

#include <algorithm>

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

namespace {

constexpr std::string_view kPurpose = "token secret";
// Unsealed secrets kept: the current one, the one before, and those of a few rotations on demand.
constexpr std::size_t kKnownSecrets = 8;
// Retired secrets that stay whatever the clock says, so that one that jumps ahead and back ends no log-in.
constexpr std::int64_t kRetiredKept = 4;
// Of Monday, in UTC.
constexpr std::chrono::hours kRotationHour{3};

struct StoredSecret {
  TokenSecretId id;
  core::Bytes sealed;
  core::Timestamp created_at;
};

Expected<std::optional<StoredSecret>> read_secret(storage::Reader& reader, std::string_view sql,
                                                  std::initializer_list<storage::Value> values) {
  std::optional<StoredSecret> found;
  KITH_TRY(reader.query(sql, values, [&](const storage::Row& row) {
    if (const auto id = TokenSecretId::parse(row.text(0))) found = StoredSecret{*id, row.blob(1), row.time(2)};
    return false;
  }));
  return found;
}

Expected<std::optional<StoredSecret>> read_signing(storage::Reader& reader) {
  return read_secret(reader, "SELECT id, sealed, created_at FROM token_secrets WHERE retired_at IS NULL", {});
}

bool is_due(const StoredSecret& secret, core::Timestamp now) {
  // One from far in the future was made while the clock was wrong: it must not sign until that day comes.
  return secret.created_at < last_rotation_time(now) || secret.created_at >= now + kTokenSecretLife;
}

}  // namespace

core::Timestamp last_rotation_time(core::Timestamp now) {
  const auto day = std::chrono::floor<std::chrono::days>(now - kRotationHour);
  return day - (std::chrono::weekday{day} - std::chrono::Monday) + kRotationHour;
}

TokenSecrets::TokenSecrets(storage::Database& database, const storage::KeyVault& vault, const core::Clock& clock,
                           core::Random& random, core::Logger log)
    : database_(database), vault_(vault), clock_(clock), random_(random), log_(std::move(log)) {}

Expected<SigningSecret> TokenSecrets::current(storage::Transaction& transaction) {
  KITH_TRY_ASSIGN(stored, read_signing(transaction));
  if (!stored) return make(transaction);
  if (is_due(*stored, clock_.now())) return replace(transaction);
  KITH_TRY_ASSIGN(key, unseal(stored->id, stored->sealed));
  return SigningSecret{stored->id, std::move(key)};
}

Expected<void> TokenSecrets::rotate_if_due() {
  const auto due = [this](storage::Reader& reader) -> Expected<bool> {
    KITH_TRY_ASSIGN(stored, read_signing(reader));
    return stored && is_due(*stored, clock_.now());
  };
  KITH_TRY_ASSIGN(seems_due, database_.read_for<bool>(due));
  if (!seems_due) return {};
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(is_still_due, due(transaction));
    return is_still_due ? rotate(transaction) : Expected<void>();
  });
}

Expected<void> TokenSecrets::rotate() {
  return database_.write([&](storage::Transaction& transaction) { return rotate(transaction); });
}

Expected<void> TokenSecrets::rotate(storage::Transaction& transaction) {
  KITH_TRY(replace(transaction));
  return {};
}

Expected<SigningSecret> TokenSecrets::replace(storage::Transaction& transaction) {
  const auto now = clock_.now();
  KITH_TRY(transaction.execute("UPDATE token_secrets SET retired_at = ?, verify_until = ? WHERE retired_at IS NULL",
                               {now, now + kTokenLife}));
  // Spent, or retired by a clock that was far ahead. The table's own order tells which are the latest, no clock does.
  KITH_TRY(
      transaction.execute("DELETE FROM token_secrets WHERE (verify_until <= ? OR verify_until > ?) AND rowid NOT IN "
                          "(SELECT rowid FROM token_secrets WHERE retired_at IS NOT NULL ORDER BY rowid DESC LIMIT ?)",
                          {now, now + kTokenLife, kRetiredKept}));
  KITH_TRY_ASSIGN(made, make(transaction));
  log_.info("token secret rotated");
  return made;
}

Expected<SigningSecret> TokenSecrets::make(storage::Transaction& transaction) {
  SigningSecret made{TokenSecretId::make(clock_, random_), TokenSecret()};
  random_.fill(made.key.writable());
  KITH_TRY(transaction.execute("INSERT INTO token_secrets (id, sealed, created_at) VALUES (?, ?, ?)",
                               {made.id.text(), vault_.seal(kPurpose, made.id.text(), made.key.view()), clock_.now()}));
  return made;
}

Expected<TokenSecret> TokenSecrets::for_verifying(const TokenSecretId& id) {
  {
    std::lock_guard lock(mutex_);
    const auto known = std::find_if(known_.begin(), known_.end(), [&](const auto& entry) { return entry.id == id; });
    if (known != known_.end()) return known->key.duplicate();
  }
  std::optional<StoredSecret> stored;
  KITH_TRY(database_.read([&](storage::Reader& reader) -> Expected<void> {
    KITH_TRY_ASSIGN(found,
                    read_secret(reader, "SELECT id, sealed, created_at FROM token_secrets WHERE id = ?", {id.text()}));
    stored = std::move(found);
    return {};
  }));
  if (!stored) return fail(ErrorCode::unauthorized, "this token is no longer good: log in again");
  KITH_TRY_ASSIGN(key, unseal(id, stored->sealed));
  remember(id, key);
  return key;
}

Expected<TokenSecret> TokenSecrets::unseal(const TokenSecretId& id, core::ByteView sealed) const {
  KITH_TRY_ASSIGN(opened, vault_.open_sealed(kPurpose, id.text(), sealed));
  auto key = TokenSecret::from(opened);
  core::wipe(opened);
  if (!key) return fail(ErrorCode::internal, "a stored token secret has the wrong size");
  return *std::move(key);
}

void TokenSecrets::remember(const TokenSecretId& id, const TokenSecret& key) {
  std::lock_guard lock(mutex_);
  const auto known = std::find_if(known_.begin(), known_.end(), [&](const auto& entry) { return entry.id == id; });
  if (known != known_.end()) return;
  if (known_.size() >= kKnownSecrets) known_.erase(known_.begin());
  known_.push_back(SigningSecret{id, key.duplicate()});
}

}  // namespace kith::accounts
