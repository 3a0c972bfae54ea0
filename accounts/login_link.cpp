#include "accounts/login_link.hpp"

#include "core/crypto/sha256.hpp"
#include "core/encoding.hpp"

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

namespace {

constexpr std::size_t kLinkBytes = 32;
constexpr std::size_t kLinkCharacters = 43;

core::Digest link_hash(std::string_view token) {
  return core::sha256(core::as_bytes(token));
}

core::Error not_good() {
  return {ErrorCode::unauthorized, "this link was used, has run out, or is not one of ours: ask for a new one", {}, {}};
}

}  // namespace

LoginLinks::LoginLinks(storage::Database& database, const AuditLog& audit, const core::Clock& clock,
                       core::Random& random)
    : database_(database), audit_(audit), clock_(clock), random_(random) {}

Expected<LoginLink> LoginLinks::make(const core::UserId& user, std::chrono::seconds lifetime, const Actor& actor) {
  return database_.write_for<LoginLink>([&](storage::Transaction& transaction) -> Expected<LoginLink> {
    KITH_TRY_ASSIGN(found, UserStore::by_id(transaction, user));
    if (!found.is_local) return fail(ErrorCode::conflict, "this user lives on another instance and logs in there");
    if (found.state != UserState::active) return fail(ErrorCode::conflict, "this account is suspended");
    KITH_TRY(audit_.write(transaction, {actor.name, "login_link_made", user.text(), actor.address, ""}));
    return store(transaction, user, lifetime);
  });
}

Expected<LoginLink> LoginLinks::make_set_up(std::chrono::seconds lifetime) {
  return database_.write_for<LoginLink>([&](storage::Transaction& transaction) -> Expected<LoginLink> {
    KITH_TRY_ASSIGN(set_up, UserStore::has_active_admin(transaction));
    if (set_up) return fail(ErrorCode::conflict, "there is an admin already");
    KITH_TRY(transaction.execute("DELETE FROM login_links WHERE user_id IS NULL"));
    return store(transaction, std::nullopt, lifetime);
  });
}

Expected<LoginLink> LoginLinks::store(storage::Transaction& transaction, const std::optional<core::UserId>& user,
                                      std::chrono::seconds lifetime) const {
  if (lifetime <= std::chrono::seconds{0} || lifetime > kLongestLinkLife)
    return fail(ErrorCode::bad_request, "a link may live between a second and a week");
  const auto now = clock_.now();
  const LoginLink link{core::to_base64url(random_.bytes<kLinkBytes>()), now + lifetime};
  KITH_TRY(transaction.execute("DELETE FROM login_links WHERE expires_at <= ?", {now}));
  const std::optional<std::string> user_text = user ? std::optional(user->text()) : std::nullopt;
  KITH_TRY(
      transaction.execute("INSERT INTO login_links (token_hash, user_id, created_at, expires_at) VALUES (?, ?, ?, ?)",
                          {link_hash(link.token).view(), user_text, now, link.expires_at}));
  return link;
}

Expected<User> LoginLinks::redeem(storage::Transaction& transaction, std::string_view token) const {
  if (token.size() != kLinkCharacters) return tl::make_unexpected(not_good());
  const auto hash = link_hash(token);
  std::optional<core::UserId> owner;
  KITH_TRY(
      transaction.query("SELECT user_id FROM login_links WHERE token_hash = ? AND user_id IS NOT NULL "
                        "AND expires_at > ?",
                        {hash.view(), clock_.now()}, [&](const storage::Row& row) {
                          owner = core::UserId::parse(row.text(0));
                          return false;
                        }));
  if (!owner) return tl::make_unexpected(not_good());
  KITH_TRY(transaction.execute("DELETE FROM login_links WHERE token_hash = ?", {hash.view()}));
  KITH_TRY_ASSIGN(user, UserStore::by_id(transaction, *owner));
  if (user.state != UserState::active) return tl::make_unexpected(not_good());
  return user;
}

Expected<void> LoginLinks::redeem_set_up(storage::Transaction& transaction, std::string_view token) const {
  if (token.size() != kLinkCharacters) return tl::make_unexpected(not_good());
  KITH_TRY_ASSIGN(
      used, transaction.execute("DELETE FROM login_links WHERE token_hash = ? AND user_id IS NULL AND expires_at > ?",
                                {link_hash(token).view(), clock_.now()}));
  if (used == 0) return tl::make_unexpected(not_good());
  return {};
}

Expected<bool> LoginLinks::is_set_up(std::string_view token) const {
  if (token.size() != kLinkCharacters) return false;
  bool found = false;
  KITH_TRY(database_.read([&](storage::Reader& reader) {
    return reader.query("SELECT 1 FROM login_links WHERE token_hash = ? AND user_id IS NULL AND expires_at > ?",
                        {link_hash(token).view(), clock_.now()}, [&](const storage::Row&) {
                          found = true;
                          return false;
                        });
  }));
  return found;
}

}  // namespace kith::accounts
