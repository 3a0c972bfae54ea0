#include "accounts/registration_invites.hpp"

#include "accounts/profile.hpp"
#include "accounts/secret_link.hpp"

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

Expected<MadeRegistrationInvite> RegistrationInvites::make(std::string_view note, std::chrono::seconds lifetime,
                                                           const Actor& admin) {
  KITH_TRY(check_name("note", note));
  if (lifetime < kShortestRegistrationInvite || lifetime > kLongestRegistrationInvite)
    return fail(ErrorCode::bad_request, "an invite may live between a minute and 90 days");
  const auto now = parts_.clock.now();
  const auto token = make_link_token(parts_.random);
  MadeRegistrationInvite made{
      {RegistrationInviteId::make(parts_.clock, parts_.random), std::string(note), admin.name, now, now + lifetime},
      page_link(parts_.web_url, "register", "invite", token.text)};
  const auto& invite = made.invite;
  KITH_TRY(parts_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(sweep(transaction));
    KITH_TRY(transaction.execute(
        "INSERT INTO registration_invites (id, token_hash, made_by, note, created_at, expires_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        {invite.id.text(), token.hash.view(), invite.made_by, invite.note, invite.created_at, invite.expires_at}));
    bool too_many = false;
    KITH_TRY(transaction.query("SELECT count(*) FROM registration_invites", {}, [&](const storage::Row& row) {
      too_many = row.integer(0) > static_cast<std::int64_t>(kMaxRegistrationInvites);
      return false;
    }));
    if (too_many) return fail(ErrorCode::conflict, "there are 500 open invites: take some back first");
    return parts_.audit.write(transaction,
                              {admin.name, "registration_invite_made", invite.id.text(), admin.address, invite.note});
  }));
  return made;
}

Expected<std::vector<RegistrationInvite>> RegistrationInvites::list() const {
  std::vector<RegistrationInvite> found;
  KITH_TRY(parts_.database.read([&](storage::Reader& reader) {
    return reader.query(
        "SELECT id, note, made_by, created_at, expires_at FROM registration_invites WHERE expires_at > ? "
        "ORDER BY created_at DESC, id DESC LIMIT ?",
        {parts_.clock.now(), static_cast<std::int64_t>(kMaxRegistrationInvites)}, [&](const storage::Row& row) {
          if (const auto id = RegistrationInviteId::parse(row.text(0)))
            found.push_back({*id, row.text(1), row.text(2), row.time(3), row.time(4)});
          return true;
        });
  }));
  return found;
}

Expected<void> RegistrationInvites::remove(const RegistrationInviteId& id, const Actor& admin) {
  return parts_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(removed, transaction.execute("DELETE FROM registration_invites WHERE id = ? AND expires_at > ?",
                                                 {id.text(), parts_.clock.now()}));
    if (removed == 0) return fail(ErrorCode::not_found, "no such invite: it was used, has run out or was taken back");
    return parts_.audit.write(transaction, {admin.name, "registration_invite_removed", id.text(), admin.address, ""});
  });
}

Expected<bool> RegistrationInvites::is_good(storage::Reader& reader, const core::Digest& token_hash) const {
  bool found = false;
  KITH_TRY(reader.query("SELECT 1 FROM registration_invites WHERE token_hash = ? AND expires_at > ?",
                        {token_hash.view(), parts_.clock.now()}, [&](const storage::Row&) {
                          found = true;
                          return false;
                        }));
  return found;
}

Expected<bool> RegistrationInvites::use(storage::Transaction& transaction, const core::Digest& token_hash) const {
  KITH_TRY_ASSIGN(used, transaction.execute("DELETE FROM registration_invites WHERE token_hash = ? AND expires_at > ?",
                                            {token_hash.view(), parts_.clock.now()}));
  return used == 1;
}

Expected<void> RegistrationInvites::sweep(storage::Transaction& transaction) const {
  KITH_TRY(transaction.execute("DELETE FROM registration_invites WHERE expires_at <= ?", {parts_.clock.now()}));
  return {};
}

}  // namespace kith::accounts
