#include "accounts/log_ins.hpp"

#include "accounts/user_row.hpp"

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

namespace {

constexpr std::size_t kMaxClient = 64;
constexpr std::size_t kMaxUserAgent = 256;

// Header text as stored: printable ASCII, cut. Anything else in it is of no use to who looks through the list.
std::string stored_text(std::string_view text, std::size_t limit) {
  std::string out;
  for (const char c : text.substr(0, limit)) out += (c >= ' ' && c < 0x7f) ? c : '?';
  return out;
}

Expected<LiveLogIn> find_where(storage::Reader& reader, std::string_view column, const storage::Value& value) {
  std::optional<LiveLogIn> found;
  KITH_TRY(reader.query(
      std::string("SELECT " KITH_USER_COLUMNS ", l.id, l.logged_in_at, l.issued_at, l.expires_at FROM log_ins AS l "
                  "JOIN users AS u ON u.id = l.user_id WHERE ")
          .append(column)
          .append(" = ?"),
      {value}, [&](const storage::Row& row) {
        auto user = user_from_row(row);
        const auto id = LogInId::parse(row.text(kUserColumnCount));
        if (user && id)
          found = LiveLogIn{LogInRow{*id, row.time(kUserColumnCount + 1), row.time(kUserColumnCount + 2),
                                     row.time(kUserColumnCount + 3)},
                            *std::move(user)};
        return false;
      }));
  if (!found) return fail(ErrorCode::not_found, "no such log-in");
  return *std::move(found);
}

}  // namespace

Expected<LiveLogIn> find_log_in(storage::Reader& reader, const core::Digest& token_hash) {
  return find_where(reader, "l.token_hash", token_hash.view());
}

Expected<LiveLogIn> find_log_in(storage::Reader& reader, const LogInId& id) {
  return find_where(reader, "l.id", id.text());
}

Expected<User> require_log_in(storage::Reader& reader, const Principal& who) {
  auto live = find_log_in(reader, who.log_in);
  if (!live && live.error().code != ErrorCode::not_found) return tl::make_unexpected(live.error());
  if (!live || live->user.id != who.user || live->user.state != UserState::active)
    return fail(ErrorCode::unauthorized, "this log-in has ended: log in again");
  return std::move(live->user);
}

Expected<void> insert_log_in(storage::Transaction& transaction, const core::UserId& user, const LogInRow& row,
                             const core::Digest& token_hash, const Client& client) {
  KITH_TRY(transaction.execute("DELETE FROM log_ins WHERE expires_at <= ?", {row.issued_at}));
  KITH_TRY(
      transaction.execute("DELETE FROM log_ins WHERE id IN (SELECT id FROM log_ins WHERE user_id = ? "
                          "ORDER BY issued_at DESC, id DESC LIMIT -1 OFFSET ?)",
                          {user.text(), static_cast<std::int64_t>(kMaxLogInsPerUser - 1)}));
  KITH_TRY(transaction.execute(
      "INSERT INTO log_ins (id, token_hash, user_id, logged_in_at, issued_at, expires_at, "
      "client, user_agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {row.id.text(), token_hash.view(), user.text(), row.logged_in_at, row.issued_at, row.expires_at,
       stored_text(client.address, kMaxClient), stored_text(client.user_agent, kMaxUserAgent)}));
  return {};
}

Expected<void> replace_token(storage::Transaction& transaction, const LogInRow& row, const core::Digest& token_hash,
                             const Client& client) {
  KITH_TRY(transaction.execute(
      "UPDATE log_ins SET token_hash = ?, issued_at = ?, expires_at = ?, client = ?, user_agent = ? WHERE id = ?",
      {token_hash.view(), row.issued_at, row.expires_at, stored_text(client.address, kMaxClient),
       stored_text(client.user_agent, kMaxUserAgent), row.id.text()}));
  return {};
}

Expected<std::vector<ListedLogIn>> list_log_ins(storage::Reader& reader, const core::UserId& user,
                                                core::Timestamp now) {
  std::vector<ListedLogIn> found;
  KITH_TRY(
      reader.query("SELECT id, logged_in_at, issued_at, expires_at, client, user_agent FROM log_ins "
                   "WHERE user_id = ? AND expires_at > ? ORDER BY issued_at DESC, id DESC",
                   {user.text(), now}, [&](const storage::Row& row) {
                     if (const auto id = LogInId::parse(row.text(0)))
                       found.push_back({{*id, row.time(1), row.time(2), row.time(3)}, row.text(4), row.text(5)});
                     return true;
                   }));
  return found;
}

Expected<std::vector<LogInOfUser>> list_all_log_ins(storage::Reader& reader, const std::optional<LogInId>& before,
                                                    std::size_t limit, core::Timestamp now) {
  const auto older_than = before ? before->text() : std::string("~");  // after every id
  std::vector<LogInOfUser> found;
  KITH_TRY(reader.query(
      "SELECT l.id, l.logged_in_at, l.issued_at, l.expires_at, l.client, l.user_agent, u.id, u.handle FROM log_ins l "
      "JOIN users u ON u.id = l.user_id WHERE l.id < ? AND l.expires_at > ? ORDER BY l.id DESC LIMIT ?",
      {older_than, now, limit}, [&](const storage::Row& row) {
        const auto id = LogInId::parse(row.text(0));
        const auto user = core::UserId::parse(row.text(6));
        if (id && user)
          found.push_back(
              {*user, row.text(7), {{*id, row.time(1), row.time(2), row.time(3)}, row.text(4), row.text(5)}});
        return true;
      }));
  return found;
}

Expected<void> end_log_in_of(storage::Transaction& transaction, const core::UserId& user, const LogInId& id) {
  KITH_TRY_ASSIGN(ended,
                  transaction.execute("DELETE FROM log_ins WHERE id = ? AND user_id = ?", {id.text(), user.text()}));
  if (ended == 0) return fail(ErrorCode::not_found, "no such log-in");
  return {};
}

Expected<void> end_log_in(storage::Transaction& transaction, const LogInId& id) {
  KITH_TRY(transaction.execute("DELETE FROM log_ins WHERE id = ?", {id.text()}));
  return {};
}

Expected<void> end_all_log_ins(storage::Transaction& transaction, const core::UserId& user) {
  KITH_TRY(transaction.execute("DELETE FROM log_ins WHERE user_id = ?", {user.text()}));
  return {};
}

Expected<void> end_other_log_ins(storage::Transaction& transaction, const core::UserId& user, const LogInId& kept) {
  KITH_TRY(transaction.execute("DELETE FROM log_ins WHERE user_id = ? AND id <> ?", {user.text(), kept.text()}));
  return {};
}

}  // namespace kith::accounts
