#include "accounts/registrations.hpp"

#include "accounts/email_owner.hpp"
#include "accounts/handle.hpp"
#include "accounts/secret_link.hpp"

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

namespace {

struct Pending {
  LocalUserRow row;
  core::Timestamp expires_at;
};

Expected<std::optional<Pending>> find_pending(storage::Reader& reader, const core::Digest& token_hash) {
  std::optional<Pending> found;
  KITH_TRY(
      reader.query("SELECT id, email, handle, password_hash, first_name, last_name, organization, language, expires_at "
                   "FROM registrations WHERE token_hash = ?",
                   {token_hash.view()}, [&](const storage::Row& row) {
                     Pending pending;
                     pending.row.id = core::UserId::parse(row.text(0));
                     pending.row.email = row.text(1);
                     pending.row.handle = row.optional_text(2);
                     pending.row.password_hash = row.text(3);
                     pending.row.first_name = row.text(4);
                     pending.row.last_name = row.text(5);
                     pending.row.organization = row.optional_text(6);
                     pending.row.language = row.optional_text(7);
                     pending.expires_at = row.time(8);
                     if (pending.row.id) found = std::move(pending);
                     return false;
                   }));
  return found;
}

// What the asker is told, the same whether or not the address was free.
User user_to_be(const LocalUserRow& row, core::Timestamp now) {
  User user;
  user.id = *row.id;
  user.handle = row.handle ? *row.handle : suggest_handle(row.email);
  user.email = row.email;
  user.first_name = row.first_name;
  user.last_name = row.last_name;
  user.organization = row.organization;
  user.language = row.language;
  user.permission = Permission::none;
  user.quota_bytes = row.quota_bytes;
  user.created_at = now;
  user.updated_at = now;
  return user;
}

}  // namespace

Expected<User> Registrations::begin(std::string_view registration_token, const NewLocalUser& wanted,
                                    const Client& client) {
  KITH_TRY_ASSIGN(row, parts_.registry.checked_row(wanted));
  row.id = core::UserId::make(parts_.clock, parts_.random);
  return parts_.database.write_for<User>([&](storage::Transaction& transaction) -> Expected<User> {
    KITH_TRY(parts_.tokens.use(transaction, registration_token));
    KITH_TRY_ASSIGN(user, write_down(transaction, row));
    KITH_TRY(
        parts_.registry.audit().write(transaction, {"", "registration_begun", user.id.text(), client.address, ""}));
    return user;
  });
}

Expected<User> Registrations::write_down(storage::Transaction& transaction, const LocalUserRow& row) const {
  KITH_TRY(require_room(transaction));
  KITH_TRY(transaction.execute("DELETE FROM registrations WHERE email = ?", {row.email}));
  if (row.handle) {
    KITH_TRY_ASSIGN(taken, UserStore::is_handle_taken(transaction, *row.handle));
    if (taken) return fail(ErrorCode::conflict, "somebody here has this handle already: choose another");
  }
  KITH_TRY_ASSIGN(owner, owner_of_email(transaction, row.email));
  const auto token = make_link_token(parts_.random);
  const auto stored = owner ? std::nullopt : std::optional(token.hash.view());
  const auto now = parts_.clock.now();
  KITH_TRY(transaction.execute(
      "INSERT INTO registrations (id, email, handle, password_hash, first_name, last_name, organization, language, "
      "token_hash, expires_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {row.id->text(), row.email, row.handle, row.password_hash, row.first_name, row.last_name, row.organization,
       row.language, stored, now + kEmailTokenLife, now}));
  KITH_TRY(tell(transaction, row, token.text, owner));
  return user_to_be(row, now);
}

Expected<void> Registrations::require_room(storage::Transaction& transaction) const {
  bool full = false;
  KITH_TRY(
      transaction.query("SELECT count(*) >= ? FROM registrations", {kMostRegistrations}, [&](const storage::Row& row) {
        full = row.boolean(0);
        return false;
      }));
  if (!full) return {};
  return tl::make_unexpected(core::Error{
      ErrorCode::busy, "too many people wait for their first mail: try again later", std::chrono::hours(1), {}});
}

Expected<void> Registrations::tell(storage::Transaction& transaction, const LocalUserRow& row, std::string_view token,
                                   const std::optional<User>& owner) const {
  if (!owner) {
    Mail mail{row.email, MailKind::verify_registration, row.language};
    mail.values["link"] = page_link(parts_.web_url, "verify-email", "token", token);
    return parts_.mailer.enqueue(transaction, mail);
  }
  // Who deleted the account lately has to wait until the address is free.
  if (owner->state == UserState::deleted)
    return parts_.mailer.enqueue(transaction, {owner->email, MailKind::account_deleted, row.language});
  Mail mail{owner->email, MailKind::registration_of_taken_address, owner->language};
  mail.values["link"] = page_root(parts_.web_url);
  if (!owner->first_name.empty()) mail.values["name"] = owner->first_name;
  return parts_.mailer.enqueue(transaction, mail);
}

Expected<EmailProof> Registrations::prove(storage::Transaction& transaction, const core::Digest& token_hash,
                                          const Client& client) const {
  KITH_TRY_ASSIGN(pending, find_pending(transaction, token_hash));
  if (!pending) return EmailProof::unknown;
  auto& row = pending->row;
  KITH_TRY_ASSIGN(owner, owner_of_email(transaction, row.email));
  if (!owner && pending->expires_at <= parts_.clock.now()) {
    KITH_TRY(renew(transaction, row));
    return EmailProof::expired;
  }
  KITH_TRY(transaction.execute("DELETE FROM registrations WHERE id = ?", {row.id->text()}));
  if (owner) return EmailProof::taken;
  row.permission = Permission::user;
  row.quota_bytes = parts_.registry.default_quota();
  KITH_TRY_ASSIGN(user, parts_.registry.users().add_local(transaction, row));
  KITH_TRY(parts_.registry.audit().write(transaction,
                                         {user.id.text(), "user_registered", user.id.text(), client.address, ""}));
  return EmailProof::proven;
}

Expected<void> Registrations::renew(storage::Transaction& transaction, const LocalUserRow& row) const {
  const auto token = make_link_token(parts_.random);
  KITH_TRY(transaction.execute("UPDATE registrations SET token_hash = ?, expires_at = ? WHERE id = ?",
                               {token.hash.view(), parts_.clock.now() + kEmailTokenLife, row.id->text()}));
  return tell(transaction, row, token.text, std::nullopt);
}

Expected<void> Registrations::sweep(storage::Transaction& transaction) const {
  KITH_TRY(
      transaction.execute("DELETE FROM registrations WHERE expires_at <= ?", {parts_.clock.now() - kUnprovenKept}));
  return {};
}

}  // namespace kith::accounts
