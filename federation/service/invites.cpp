#include "federation/service/invites.hpp"

#include <utility>

#include "core/encoding.hpp"
#include "federation/invite_link.hpp"
#include "federation/net/instance_identity.hpp"
#include "federation/service/invite_book.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;
using core::fail;

constexpr std::size_t kMaxPage = 500;

InviteView view_of(const storage::Row& row) {
  InviteView view;
  view.id = core::to_base64url(row.blob(0));
  view.created_at = row.time(1);
  view.expires_at = row.time(2);
  view.uses = static_cast<int>(row.integer(3));
  view.reserved = static_cast<int>(row.integer(4));
  view.spent = static_cast<int>(row.integer(5));
  return view;
}

}  // namespace

Invites::Invites(Parts parts) : parts_(std::move(parts)) {}

Expected<InviteView> Invites::create(const core::UserId& user, std::chrono::seconds expires_in, int uses) {
  if (expires_in < std::chrono::minutes{1} || expires_in > kLongestLife) {
    return fail(ErrorCode::bad_request, "expires_in must be between 60 and " +
                                            std::to_string(std::chrono::seconds(kLongestLife).count()) + " seconds");
  }
  if (uses < 1 || uses > kMostUses) {
    return fail(ErrorCode::bad_request, "uses must be between 1 and " + std::to_string(kMostUses));
  }
  KITH_TRY_ASSIGN(domain, Domain::parse(parts_.identity.domain()));
  const auto now = parts_.clock.now();
  const auto id = *WireInviteId::from(parts_.random.bytes<16>());
  auto bytes = parts_.random.bytes<32>();
  InviteSecret secret{std::span<const std::uint8_t, 32>(bytes)};
  core::wipe(bytes);
  InviteView view{
      .id = core::to_base64url(id.view()), .link = {}, .created_at = now, .expires_at = now + expires_in, .uses = uses};
  const auto store = [&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(local, parts_.users.find_by_id(transaction, user));
    if (!local || !local->enabled) return fail(ErrorCode::not_found, "no such user here");
    std::int64_t open = 0;
    KITH_TRY(transaction.query(
        "SELECT count(*) FROM invites WHERE user_id = ? AND removed = 0 AND expires_at > ? AND spent < uses",
        {user.text(), now}, [&](const storage::Row& row) {
          open = row.integer(0);
          return false;
        }));
    if (open >= kMostOpen) return fail(ErrorCode::too_many_requests, "too many open invites: delete some first");
    KITH_TRY_ASSIGN(address, Address::make(local->handle, domain));
    const auto fingerprint = Fingerprint::of(parts_.identity.public_key());
    const auto sealed = parts_.vault.seal(invite_book::kVaultPurpose, invite_book::vault_id(id), secret.view());
    KITH_TRY(transaction.execute(
        "INSERT INTO invites (id, user_id, sealed, created_at, expires_at, uses) VALUES (?, ?, ?, ?, ?, ?)",
        {id.view(), user.text(), sealed, now, view.expires_at, uses}));
    view.link = build_invite_link(parts_.web_url, {address, fingerprint, id, secret.duplicate()});
    return {};
  };
  KITH_TRY(parts_.database.write(store));
  return view;
}

// The cursor is the creation time and the id of the last one shown.
Expected<InvitePage> Invites::list(const core::UserId& user, const std::optional<std::string>& cursor,
                                   std::size_t limit) {
  if (limit < 1 || limit > kMaxPage) return fail(ErrorCode::bad_request, "limit must be between 1 and 500");
  std::int64_t before = INT64_MAX;
  core::Bytes before_id(16, 0xff);
  if (cursor) {
    const auto raw = core::from_base64url(*cursor);
    if (!raw || raw->size() != 24) return fail(ErrorCode::bad_request, "cursor is not one this list gave");
    before = 0;
    for (std::size_t i = 0; i < 8; ++i) before = before << 8 | (*raw)[i];
    before_id.assign(raw->begin() + 8, raw->end());
  }
  InvitePage page;
  core::Bytes last;
  KITH_TRY(parts_.database.read([&](storage::Reader& reader) {
    return reader.query(
        "SELECT id, created_at, expires_at, uses, reserved, spent FROM invites WHERE user_id = ? AND removed = 0 "
        "AND (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?",
        {user.text(), before, before_id, static_cast<std::int64_t>(limit + 1)}, [&](const storage::Row& row) {
          if (page.items.size() == limit) {
            page.next = core::to_base64url(last);
            return false;
          }
          page.items.push_back(view_of(row));
          last.clear();
          const auto created = static_cast<std::uint64_t>(row.integer(1));
          for (int shift = 56; shift >= 0; shift -= 8) last.push_back(static_cast<std::uint8_t>(created >> shift));
          const auto id = row.blob(0);
          last.insert(last.end(), id.begin(), id.end());
          return true;
        });
  }));
  return page;
}

Expected<void> Invites::remove(const core::UserId& user, const std::string& id) {
  const auto wire_id = core::from_base64url_as<WireInviteId>(id);
  if (!wire_id) return fail(ErrorCode::not_found, "no such invite");
  return parts_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(removed,
                    transaction.execute("UPDATE invites SET removed = 1 WHERE id = ? AND user_id = ? AND removed = 0",
                                        {wire_id->view(), user.text()}));
    if (removed == 0) return fail(ErrorCode::not_found, "no such invite");
    return {};
  });
}

Expected<void> Invites::remove_all(const core::UserId& user) {
  return parts_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("DELETE FROM invites WHERE user_id = ?", {user.text()}));
    return {};
  });
}

}  // namespace kith::federation
