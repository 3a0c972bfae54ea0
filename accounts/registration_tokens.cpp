#include "accounts/registration_tokens.hpp"

#include "accounts/secret_link.hpp"

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

namespace {

constexpr std::int64_t kMostTokens = 20'000;  // within their 15 minutes

core::Unexpected needs_invite() {
  return fail(ErrorCode::registration_closed,
              "registering here needs an invite that was not used and has not run out: ask an admin for one");
}

core::Unexpected no_token() {
  return fail(ErrorCode::unauthorized,
              "this needs `Authorization: Bearer` with a token from POST /api/registration-tokens, which is good for "
              "15 minutes and one account");
}

struct LiveToken {
  std::optional<core::Digest> invite;
};

Expected<std::optional<LiveToken>> find_live(storage::Reader& reader, const core::Digest& hash, core::Timestamp now) {
  std::optional<LiveToken> found;
  KITH_TRY(reader.query("SELECT invite_hash FROM registration_tokens WHERE token_hash = ? AND expires_at > ?",
                        {hash.view(), now}, [&](const storage::Row& row) {
                          const auto invite = row.optional_blob(0);
                          found = LiveToken{invite ? core::Digest::from(*invite) : std::nullopt};
                          return false;
                        }));
  return found;
}

}  // namespace

RegistrationMode registration_mode(std::string_view configured) {
  if (configured == "open") return RegistrationMode::open;
  return configured == "invite" ? RegistrationMode::invite : RegistrationMode::closed;
}

std::string_view registration_mode_name(RegistrationMode mode) {
  if (mode == RegistrationMode::open) return "open";
  return mode == RegistrationMode::invite ? "invite" : "closed";
}

Expected<void> RegistrationTokens::require_not_closed() const {
  if (mode_ != RegistrationMode::closed) return {};
  return fail(ErrorCode::registration_closed, "nobody can register here: ask an admin for an account");
}

Expected<std::optional<core::Digest>> RegistrationTokens::good_invite(storage::Reader& reader,
                                                                      const std::optional<std::string>& invite) const {
  if (mode_ != RegistrationMode::invite) return std::nullopt;
  const auto hash = invite ? link_token_hash(*invite) : std::nullopt;
  if (!hash) return needs_invite();
  KITH_TRY_ASSIGN(good, parts_.invites.is_good(reader, *hash));
  if (!good) return needs_invite();
  return hash;
}

Expected<RegistrationToken> RegistrationTokens::give(const std::optional<std::string>& invite) {
  KITH_TRY(require_not_closed());
  const auto token = make_link_token(parts_.random);
  const auto now = parts_.clock.now();
  const auto ends = now + kRegistrationTokenLife;
  KITH_TRY(parts_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(used_up, good_invite(transaction, invite));
    KITH_TRY(sweep(transaction));
    const auto invite_hash = used_up ? std::optional(used_up->view()) : std::nullopt;
    KITH_TRY(
        transaction.execute("INSERT INTO registration_tokens (token_hash, invite_hash, expires_at) VALUES (?, ?, ?)",
                            {token.hash.view(), invite_hash, ends}));
    bool too_many = false;
    KITH_TRY(transaction.query("SELECT count(*) FROM registration_tokens", {}, [&](const storage::Row& row) {
      too_many = row.integer(0) > kMostTokens;
      return false;
    }));
    if (!too_many) return {};
    return tl::make_unexpected(core::Error{
        ErrorCode::busy, "very many people register right now: try again in a while", std::chrono::minutes(1), {}});
  }));
  return RegistrationToken{token.text, ends};
}

Expected<void> RegistrationTokens::require_good(std::string_view token) const {
  const auto hash = link_token_hash(token);
  if (!hash) return no_token();
  KITH_TRY_ASSIGN(live, parts_.database.read_for<std::optional<LiveToken>>(
                            [&](storage::Reader& reader) { return find_live(reader, *hash, parts_.clock.now()); }));
  if (!live) return no_token();
  return {};
}

Expected<void> RegistrationTokens::use(storage::Transaction& transaction, std::string_view token) const {
  const auto hash = link_token_hash(token);
  if (!hash) return no_token();
  KITH_TRY_ASSIGN(live, find_live(transaction, *hash, parts_.clock.now()));
  if (!live) return no_token();
  KITH_TRY(transaction.execute("DELETE FROM registration_tokens WHERE token_hash = ?", {hash->view()}));
  // One given before the configuration asked for invites has none.
  if (mode_ == RegistrationMode::invite && !live->invite) return needs_invite();
  if (!live->invite) return {};
  KITH_TRY_ASSIGN(used, parts_.invites.use(transaction, *live->invite));
  if (!used && mode_ == RegistrationMode::invite) return needs_invite();
  return {};
}

Expected<void> RegistrationTokens::sweep(storage::Transaction& transaction) const {
  KITH_TRY(transaction.execute("DELETE FROM registration_tokens WHERE expires_at <= ?", {parts_.clock.now()}));
  return {};
}

}  // namespace kith::accounts
