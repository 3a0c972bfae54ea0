#include "accounts/email_changes.hpp"

#include "accounts/email_owner.hpp"
#include "accounts/secret_link.hpp"
#include "core/encoding.hpp"

namespace kith::accounts {
namespace {

struct Wish {
  core::UserId user;
  std::string email;
  core::Timestamp expires_at;
};

Expected<std::optional<Wish>> find_wish(storage::Reader& reader, const core::Digest& token_hash) {
  std::optional<Wish> found;
  KITH_TRY(reader.query("SELECT user_id, email, expires_at FROM email_changes WHERE token_hash = ?",
                        {token_hash.view()}, [&](const storage::Row& row) {
                          if (const auto user = core::UserId::parse(row.text(0)))
                            found = Wish{*user, row.text(1), row.time(2)};
                          return false;
                        }));
  return found;
}

Mail mail_to(const User& user, MailKind kind) {
  Mail mail{user.email, kind, user.language};
  if (!user.first_name.empty()) mail.values["name"] = user.first_name;
  return mail;
}

}  // namespace

Expected<void> EmailChanges::begin(storage::Transaction& transaction, const User& user, std::string_view new_email,
                                   const Client& client) const {
  KITH_TRY(UserStore::check_names(new_email, std::nullopt));
  if (core::equal_ignoring_case(new_email, user.email)) return forget(transaction, user.id);
  const std::string email(new_email);
  KITH_TRY_ASSIGN(owner, owner_of_email(transaction, email));
  KITH_TRY(ask(transaction, user, email, owner));
  auto told = mail_to(user, MailKind::email_change_asked);
  told.values["email"] = email;
  KITH_TRY(parts_.mailer.enqueue(transaction, told));
  return parts_.audit.write(transaction, {user.id.text(), "email_change_asked", user.id.text(), client.address, ""});
}

Expected<void> EmailChanges::ask(storage::Transaction& transaction, const User& user, const std::string& email,
                                 const std::optional<User>& owner) const {
  const auto token = make_link_token(parts_.random);
  const auto stored = owner ? std::nullopt : std::optional(token.hash.view());
  KITH_TRY(transaction.execute(
      "INSERT INTO email_changes (user_id, email, token_hash, expires_at) VALUES (?, ?, ?, ?) ON CONFLICT (user_id) "
      "DO UPDATE SET email = excluded.email, token_hash = excluded.token_hash, expires_at = excluded.expires_at",
      {user.id.text(), email, stored, parts_.clock.now() + kEmailTokenLife}));
  if (owner) return parts_.mailer.enqueue(transaction, mail_to(*owner, MailKind::email_change_of_taken_address));
  Mail mail{email, MailKind::verify_email_change, user.language};
  mail.values["link"] = page_link(parts_.web_url, "verify-email", "token", token.text);
  return parts_.mailer.enqueue(transaction, mail);
}

Expected<std::optional<std::string>> EmailChanges::prospective(storage::Reader& reader, const core::UserId& user) {
  std::optional<std::string> email;
  KITH_TRY(
      reader.query("SELECT email FROM email_changes WHERE user_id = ?", {user.text()}, [&](const storage::Row& row) {
        email = row.text(0);
        return false;
      }));
  return email;
}

Expected<EmailProof> EmailChanges::prove(storage::Transaction& transaction, const core::Digest& token_hash,
                                         const Client& client) const {
  KITH_TRY_ASSIGN(wish, find_wish(transaction, token_hash));
  if (!wish) return EmailProof::unknown;
  auto user = UserStore::by_id(transaction, wish->user);
  if (!user && user.error().code != core::ErrorCode::not_found) return tl::make_unexpected(user.error());
  if (!user || user->state == UserState::deleted) return EmailProof::unknown;
  KITH_TRY_ASSIGN(owner, owner_of_email(transaction, wish->email));
  if (owner) {
    KITH_TRY(forget(transaction, user->id));
    return EmailProof::taken;
  }
  if (wish->expires_at <= parts_.clock.now()) {
    KITH_TRY(ask(transaction, *user, wish->email, std::nullopt));
    return EmailProof::expired;
  }
  KITH_TRY(switch_over(transaction, *user, wish->email, client));
  return EmailProof::proven;
}

Expected<void> EmailChanges::switch_over(storage::Transaction& transaction, const User& user, const std::string& email,
                                         const Client& client) const {
  KITH_TRY(transaction.execute("UPDATE users SET email = ?, updated_at = ? WHERE id = ?",
                               {email, parts_.clock.now(), user.id.text()}));
  KITH_TRY(forget(transaction, user.id));
  // Links mailed to the old address, and somebody's try to register with the new one, are of no use any more.
  KITH_TRY(transaction.execute("DELETE FROM password_resets WHERE user_id = ?", {user.id.text()}));
  KITH_TRY(transaction.execute("DELETE FROM registrations WHERE email = ?", {email}));
  auto told = mail_to(user, MailKind::email_changed);
  told.values["email"] = email;
  KITH_TRY(parts_.mailer.enqueue(transaction, told));
  return parts_.audit.write(transaction, {user.id.text(), "email_changed", user.id.text(), client.address, ""});
}

Expected<void> EmailChanges::forget(storage::Transaction& transaction, const core::UserId& user) {
  KITH_TRY(transaction.execute("DELETE FROM email_changes WHERE user_id = ?", {user.text()}));
  return {};
}

Expected<void> EmailChanges::sweep(storage::Transaction& transaction) const {
  KITH_TRY(
      transaction.execute("DELETE FROM email_changes WHERE expires_at <= ?", {parts_.clock.now() - kUnprovenKept}));
  return {};
}

}  // namespace kith::accounts
