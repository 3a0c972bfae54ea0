#include "accounts/api_tokens.hpp"

#include <algorithm>

#include "accounts/log_ins.hpp"
#include "accounts/user_row.hpp"
#include "core/crypto/sha256.hpp"
#include "core/encoding.hpp"

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

namespace {

constexpr std::string_view kPrefix = "kith_";  // so that people and secret scanners know one when they see it
constexpr std::size_t kRandomBytes = 32;
constexpr std::size_t kRandomCharacters = 43;
constexpr std::size_t kMaxClient = 64;
constexpr std::chrono::minutes kUseNotedEvery{1};

core::Digest hash_of(std::string_view text) {
  return core::sha256(core::as_bytes(text));
}

core::Error dead_token() {
  return {ErrorCode::unauthorized, "this API token is not known, has run out or was deleted: make a new one", {}, {}};
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

Expected<void> check_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxApiTokenName || !core::is_valid_utf8(name) ||
      std::ranges::any_of(name, is_control) || name.find_first_not_of(' ') == std::string_view::npos) {
    return fail(ErrorCode::bad_request, "an API token needs a name of 1 to 200 bytes, without line breaks");
  }
  return {};
}

Expected<void> check(const Principal& owner, const NewApiToken& wanted) {
  KITH_TRY(check_name(wanted.name));
  if (wanted.scopes.empty()) return fail(ErrorCode::bad_request, "an API token needs at least one scope");
  if (wanted.lifetime < kShortestApiTokenLife || wanted.lifetime > kLongestApiTokenLife)
    return fail(ErrorCode::bad_request, "an API token lives between a minute and ten years");
  if (wanted.scopes.has(Scope::admin) && owner.permission != Permission::admin)
    return fail(ErrorCode::forbidden, "only an admin can give the scope \"admin\"");
  return {};
}

constexpr std::string_view kColumns =
    "t.id, t.name, t.scopes, t.created_at, t.expires_at, t.last_used_at, t.last_client";

// Nothing when the row is not one this program wrote. `first`: its column of kColumns.
std::optional<ApiToken> token_from_row(const storage::Row& row, int first) {
  const auto id = ApiTokenId::parse(row.text(first));
  if (!id) return std::nullopt;
  return ApiToken{*id,
                  row.text(first + 1),
                  Scopes(static_cast<std::uint8_t>(row.integer(first + 2))),
                  row.time(first + 3),
                  row.time(first + 4),
                  row.optional_time(first + 5),
                  row.optional_text(first + 6)};
}

// A clock that was set back must not keep a use from being noted.
bool is_noted(const ApiToken& token, core::Timestamp now) {
  return token.last_used_at && *token.last_used_at <= now && *token.last_used_at > now - kUseNotedEvery;
}

Expected<std::size_t> count_of(storage::Reader& reader, const core::UserId& owner) {
  std::int64_t count = 0;
  KITH_TRY(
      reader.query("SELECT count(*) FROM api_tokens WHERE user_id = ?", {owner.text()}, [&](const storage::Row& row) {
        count = row.integer(0);
        return false;
      }));
  return static_cast<std::size_t>(count);
}

// Those that have run out give way.
Expected<void> make_room(storage::Transaction& transaction, const core::UserId& owner, core::Timestamp now) {
  KITH_TRY_ASSIGN(before, count_of(transaction, owner));
  if (before < kMaxApiTokensPerUser) return {};
  KITH_TRY_ASSIGN(
      spent, transaction.execute("DELETE FROM api_tokens WHERE user_id = ? AND expires_at <= ?", {owner.text(), now}));
  if (spent > 0) return {};
  return fail(ErrorCode::conflict, "you have 100 API tokens: delete one that nothing uses any more");
}

}  // namespace

bool is_api_token(std::string_view text) {
  return text.size() == kPrefix.size() + kRandomCharacters && text.starts_with(kPrefix);
}

ApiTokens::ApiTokens(storage::Database& database, const AuditLog& audit, const core::Clock& clock, core::Random& random,
                     core::Logger log)
    : database_(database), audit_(audit), clock_(clock), random_(random), log_(std::move(log)) {}

Expected<MadeApiToken> ApiTokens::make(const Principal& owner, const NewApiToken& wanted, const Client& client) {
  KITH_TRY(check(owner, wanted));
  const auto now = clock_.now();
  const ApiToken token{
      ApiTokenId::make(clock_, random_), wanted.name, wanted.scopes, now, now + wanted.lifetime, {}, {}};
  const auto text = std::string(kPrefix) + core::to_base64url(random_.bytes<kRandomBytes>());
  KITH_TRY(database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    // A reset of the password that came in between erased all tokens; none must follow.
    KITH_TRY(require_log_in(transaction, owner));
    KITH_TRY(make_room(transaction, owner.user, now));
    KITH_TRY(
        transaction.execute("INSERT INTO api_tokens (id, user_id, name, token_hash, scopes, created_at, expires_at) "
                            "VALUES (?, ?, ?, ?, ?, ?, ?)",
                            {token.id.text(), owner.user.text(), token.name, hash_of(text).view(),
                             int{token.scopes.bits()}, token.created_at, token.expires_at}));
    return audit_.write(transaction,
                        {owner.user.text(), "api_token_made", token.id.text(), client.address, token.name});
  }));
  return MadeApiToken{token, text};
}

Expected<std::vector<ApiToken>> ApiTokens::list(const core::UserId& owner) const {
  std::vector<ApiToken> tokens;
  KITH_TRY(database_.read([&](storage::Reader& reader) {
    return reader.query(std::string("SELECT ").append(kColumns).append(
                            " FROM api_tokens AS t WHERE t.user_id = ? ORDER BY t.created_at DESC, t.id DESC"),
                        {owner.text()}, [&](const storage::Row& row) {
                          if (auto token = token_from_row(row, 0)) tokens.push_back(*std::move(token));
                          return true;
                        });
  }));
  return tokens;
}

Expected<void> ApiTokens::remove(const core::UserId& owner, const ApiTokenId& id, const Client& client) {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(
        removed, transaction.execute("DELETE FROM api_tokens WHERE id = ? AND user_id = ?", {id.text(), owner.text()}));
    if (removed == 0) return fail(ErrorCode::not_found, "no such API token");
    return audit_.write(transaction, {owner.text(), "api_token_deleted", id.text(), client.address, ""});
  });
}

Expected<Principal> ApiTokens::verify(std::string_view text, const Client& client) {
  if (!is_api_token(text)) return tl::make_unexpected(dead_token());
  std::optional<User> user;
  std::optional<ApiToken> token;
  KITH_TRY(database_.read([&](storage::Reader& reader) {
    return reader.query(std::string("SELECT " KITH_USER_COLUMNS ", ")
                            .append(kColumns)
                            .append(" FROM api_tokens AS t JOIN users AS u ON u.id = t.user_id WHERE t.token_hash = ?"),
                        {hash_of(text).view()}, [&](const storage::Row& row) {
                          user = user_from_row(row);
                          token = token_from_row(row, kUserColumnCount);
                          return false;
                        });
  }));
  const auto now = clock_.now();
  if (!user || !token || user->state != UserState::active || token->expires_at <= now)
    return tl::make_unexpected(dead_token());
  if (!is_noted(*token, now)) note_use(token->id, client);
  return Principal{user->id, user->handle, user->permission, {}, token->expires_at, token->id, token->scopes};
}

// A disk that is full keeps nobody from reading.
void ApiTokens::note_use(const ApiTokenId& id, const Client& client) {
  const auto address = client.address.substr(0, kMaxClient);
  const auto noted = database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("UPDATE api_tokens SET last_used_at = ?, last_client = ? WHERE id = ?",
                                 {clock_.now(), address, id.text()}));
    return {};
  });
  if (!noted) log_.warning("the use of an API token was not noted", {{"detail", noted.error().detail}});
}

Expected<void> ApiTokens::prune() {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("DELETE FROM api_tokens WHERE expires_at <= ?", {clock_.now() - kSpentApiTokenShown}));
    return {};
  });
}

Expected<void> erase_api_tokens(storage::Transaction& transaction, const core::UserId& owner) {
  KITH_TRY(transaction.execute("DELETE FROM api_tokens WHERE user_id = ?", {owner.text()}));
  return {};
}

}  // namespace kith::accounts
