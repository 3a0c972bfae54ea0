#include "accounts/password_resets.hpp"

#include "accounts/api_tokens.hpp"
#include "accounts/email_changes.hpp"
#include "accounts/email_owner.hpp"
#include "accounts/log_ins.hpp"
#include "accounts/secret_link.hpp"

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

namespace {

core::Unexpected not_good() {
  return fail(ErrorCode::unauthorized, "this link was used, has run out, or is not one of ours: ask for a new one");
}

Mail mail_to(const User& user, MailKind kind) {
  Mail mail{user.email, kind, user.language};
  if (!user.first_name.empty()) mail.values["name"] = user.first_name;
  return mail;
}

Expected<bool> has_enough(storage::Reader& reader, const core::UserId& user, core::Timestamp now) {
  bool enough = false;
  KITH_TRY(reader.query("SELECT count(*) >= ? FROM password_resets WHERE user_id = ? AND expires_at > ?",
                        {kMostResetsPerUser, user.text(), now}, [&](const storage::Row& row) {
                          enough = row.boolean(0);
                          return false;
                        }));
  return enough;
}

}  // namespace

Expected<void> PasswordResets::ask(std::string_view email, const Client& client) {
  KITH_TRY(UserStore::check_names(email, std::nullopt));
  std::lock_guard lock(mutex_);
  if (waiting_.size() >= kMostWaitingResets) {
    return tl::make_unexpected(core::Error{
        ErrorCode::busy, "very many people ask right now: try again in a moment", std::chrono::seconds(2), {}});
  }
  waiting_.push_back({std::string(email), client.address});
  return {};
}

void PasswordResets::work() {
  std::vector<Asked> all;
  {
    std::lock_guard lock(mutex_);
    all.swap(waiting_);
  }
  for (const auto& asked : all) {
    const auto done = parts_.database.write(
        [&](storage::Transaction& transaction) -> Expected<void> { return answer(transaction, asked); });
    if (!done) parts_.log.warning("a password reset was not mailed", {{"detail", done.error().detail}});
  }
}

Expected<void> PasswordResets::answer(storage::Transaction& transaction, const Asked& asked) const {
  KITH_TRY_ASSIGN(user, owner_of_email(transaction, asked.email));
  if (!user || user->state != UserState::active) return {};
  const auto now = parts_.clock.now();
  KITH_TRY_ASSIGN(enough, has_enough(transaction, user->id, now));
  if (enough) return {};
  const auto token = make_link_token(parts_.random);
  KITH_TRY(transaction.execute("INSERT INTO password_resets (token_hash, user_id, expires_at) VALUES (?, ?, ?)",
                               {token.hash.view(), user->id.text(), now + kResetLife}));
  KITH_TRY(parts_.registry.audit().write(transaction, {"", "password_reset_asked", user->id.text(), asked.client, ""}));
  auto mail = mail_to(*user, MailKind::password_reset);
  mail.values["link"] = page_link(parts_.web_url, "reset-password", "token", token.text);
  return parts_.mailer.enqueue(transaction, mail);
}

Expected<User> PasswordResets::owner_of(storage::Reader& reader, std::string_view token) const {
  const auto hash = link_token_hash(token);
  if (!hash) return not_good();
  std::optional<core::UserId> id;
  KITH_TRY(reader.query("SELECT user_id FROM password_resets WHERE token_hash = ? AND expires_at > ?",
                        {hash->view(), parts_.clock.now()}, [&](const storage::Row& row) {
                          id = core::UserId::parse(row.text(0));
                          return false;
                        }));
  if (!id) return not_good();
  KITH_TRY_ASSIGN(user, UserStore::by_id(reader, *id));
  if (user.state != UserState::active) return not_good();
  return user;
}

Expected<core::UserId> PasswordResets::redeem(std::string_view token, std::string_view password, const Client& client) {
  // Nobody without a link gets us to hash.
  KITH_TRY_ASSIGN(owner,
                  parts_.database.read_for<User>([&](storage::Reader& reader) { return owner_of(reader, token); }));
  KITH_TRY_ASSIGN(
      hash, parts_.registry.passwords().hash(password, {owner.email, owner.handle, owner.first_name, owner.last_name}));
  return parts_.database.write_for<core::UserId>([&](storage::Transaction& transaction) -> Expected<core::UserId> {
    KITH_TRY_ASSIGN(user, owner_of(transaction, token));
    KITH_TRY(set_password(transaction, user, hash, client));
    return user.id;
  });
}

Expected<void> PasswordResets::set_password(storage::Transaction& transaction, const User& user,
                                            const std::string& hash, const Client& client) const {
  KITH_TRY(parts_.registry.users().set_password_hash(transaction, user.id, hash));
  KITH_TRY(transaction.execute("DELETE FROM password_resets WHERE user_id = ?", {user.id.text()}));
  KITH_TRY(transaction.execute("DELETE FROM login_links WHERE user_id = ?", {user.id.text()}));
  KITH_TRY(EmailChanges::forget(transaction, user.id));  // whoever knew the old password may have wished for it
  KITH_TRY(end_all_log_ins(transaction, user.id));
  KITH_TRY(erase_api_tokens(transaction, user.id));
  KITH_TRY(parts_.registry.audit().write(transaction,
                                         {user.id.text(), "password_reset", user.id.text(), client.address, ""}));
  return parts_.mailer.enqueue(transaction, mail_to(user, MailKind::password_changed));
}

Expected<void> PasswordResets::sweep(storage::Transaction& transaction) const {
  KITH_TRY(transaction.execute("DELETE FROM password_resets WHERE expires_at <= ?", {parts_.clock.now()}));
  return {};
}

}  // namespace kith::accounts
