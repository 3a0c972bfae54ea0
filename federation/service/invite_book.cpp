#include "federation/service/invite_book.hpp"

#include "core/encoding.hpp"

namespace kith::federation::invite_book {

std::string vault_id(const WireInviteId& id) {
  return core::to_hex(id.view());
}

Expected<std::optional<InviteSecret>> usable(storage::Reader& reader, const storage::KeyVault& vault,
                                             const core::UserId& user, const WireInviteId& id, core::Timestamp now) {
  std::optional<core::Bytes> sealed;
  KITH_TRY(
      reader.query("SELECT sealed FROM invites WHERE id = ? AND user_id = ? AND removed = 0 AND expires_at > ? "
                   "AND reserved + spent < uses",
                   {id.view(), user.text(), now}, [&](const storage::Row& row) {
                     sealed = row.blob(0);
                     return false;
                   }));
  if (!sealed) return std::optional<InviteSecret>();
  KITH_TRY_ASSIGN(opened, vault.open_sealed(kVaultPurpose, vault_id(id), *sealed));
  auto secret = InviteSecret::from(opened);
  core::wipe(opened);
  return secret;
}

Expected<void> reserve(storage::Transaction& transaction, const WireInviteId& id) {
  KITH_TRY(transaction.execute("UPDATE invites SET reserved = reserved + 1 WHERE id = ?", {id.view()}));
  return {};
}

Expected<void> spend(storage::Transaction& transaction, const WireInviteId& id) {
  KITH_TRY(transaction.execute(
      "UPDATE invites SET reserved = reserved - 1, spent = spent + 1 WHERE id = ? AND reserved > 0", {id.view()}));
  return {};
}

Expected<void> release(storage::Transaction& transaction, const WireInviteId& id) {
  KITH_TRY(
      transaction.execute("UPDATE invites SET reserved = reserved - 1 WHERE id = ? AND reserved > 0", {id.view()}));
  return {};
}

}  // namespace kith::federation::invite_book
