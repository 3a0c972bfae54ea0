#include "accounts/own_account.hpp"

#include "accounts/log_ins.hpp"

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

namespace {

Mail mail_to(const User& user, MailKind kind) {
  Mail mail{user.email, kind, user.language};
  if (!user.first_name.empty()) mail.values["name"] = user.first_name;
  return mail;
}

}  // namespace

// Everything that can be refused, before the first change.
Expected<void> OwnAccount::check(const Principal& who, const OwnChange& change, const Client& client) {
  KITH_TRY(check_profile(change.profile));
  if (change.email) KITH_TRY(UserStore::check_names(*change.email, std::nullopt));
  if (change.password) KITH_TRY(check_password_policy(*change.password));
  if (!change.email && !change.password) return {};
  if (!change.current_password)
    return fail(ErrorCode::wrong_current_password,
                "another e-mail address or password needs your present one: send it as current_password");
  KITH_TRY(parts_.password_check.check_current_password(who.user, *change.current_password, client));
  if (change.email) KITH_TRY(take_email_change(who.user));
  return {};
}

// Each mails a stranger, and all mails of a day are bounded for everybody together.
Expected<void> OwnAccount::take_email_change(const core::UserId& user) {
  auto taken = email_change_rate_.take(user.text());
  if (!taken) taken.error().detail = "you wanted another e-mail address very often: wait a little";
  return taken;
}

Expected<void> OwnAccount::change(const Principal& who, const OwnChange& change, const Client& client) {
  KITH_TRY(check(who, change, client));
  std::optional<std::string> hash;
  if (change.password) {
    KITH_TRY_ASSIGN(user, parts_.registry.users().by_id(who.user));
    KITH_TRY_ASSIGN(hashed, parts_.registry.passwords().hash(
                                *change.password, {user.email, user.handle, user.first_name, user.last_name}));
    hash = std::move(hashed);
  }
  const auto fields = change.profile.fields();
  return parts_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(user, require_log_in(transaction, who));
    if (!fields.empty()) {
      KITH_TRY(parts_.registry.users().set_profile(transaction, user.id, change.profile));
      KITH_TRY(parts_.registry.audit().write(
          transaction, {user.id.text(), "profile_changed", user.id.text(), client.address, fields}));
    }
    // Whoever knew the old password may have wished for another address.
    if (hash) KITH_TRY(EmailChanges::forget(transaction, user.id));
    if (change.email) KITH_TRY(parts_.email_changes.begin(transaction, user, *change.email, client));
    if (hash) KITH_TRY(set_password(transaction, who, user, *hash, client));
    return {};
  });
}

Expected<void> OwnAccount::set_password(storage::Transaction& transaction, const Principal& who, const User& user,
                                        const std::string& hash, const Client& client) {
  KITH_TRY(parts_.registry.users().set_password_hash(transaction, user.id, hash));
  KITH_TRY(end_other_log_ins(transaction, user.id, who.log_in));
  KITH_TRY(transaction.execute("DELETE FROM login_links WHERE user_id = ?", {user.id.text()}));
  KITH_TRY(transaction.execute("DELETE FROM password_resets WHERE user_id = ?", {user.id.text()}));
  KITH_TRY(parts_.registry.audit().write(transaction,
                                         {user.id.text(), "password_changed", user.id.text(), client.address, ""}));
  return parts_.mailer.enqueue(transaction, mail_to(user, MailKind::password_changed));
}

Expected<void> OwnAccount::remove(const Principal& who, const std::string& current_password, const Client& client) {
  KITH_TRY(parts_.password_check.check_current_password(who.user, current_password, client));
  return remove_other(who.user, {who.user.text(), client.address});
}

Expected<void> OwnAccount::remove_other(const core::UserId& user, const Actor& admin) {
  return parts_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(removed, parts_.registry.removal().remove(transaction, user, admin));
    return parts_.mailer.enqueue(transaction, mail_to(removed, MailKind::account_deleted));
  });
}

}  // namespace kith::accounts
