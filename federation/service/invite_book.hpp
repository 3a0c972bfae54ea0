#pragma once
// Uses of the invites given here: reserved when a handshake begins with one, spent when it is completed, given back
// when it ends before (PROTOCOL.md, "Rules"). Functions inside the caller's transaction.

#include <optional>
#include <string>

#include "core/clock.hpp"
#include "core/id.hpp"
#include "federation/identifiers.hpp"
#include "storage/database.hpp"
#include "storage/key_vault.hpp"

namespace kith::federation::invite_book {

using core::Expected;

inline constexpr std::string_view kVaultPurpose = "invite";
std::string vault_id(const WireInviteId& id);

// The secret of an invite of `user` that may still be used; nothing where there is none.
[[nodiscard]] Expected<std::optional<InviteSecret>> usable(storage::Reader& reader, const storage::KeyVault& vault,
                                                           const core::UserId& user, const WireInviteId& id,
                                                           core::Timestamp now);
// conflict when all uses are taken.
[[nodiscard]] Expected<void> reserve(storage::Transaction& transaction, const WireInviteId& id);
[[nodiscard]] Expected<void> spend(storage::Transaction& transaction, const WireInviteId& id);
[[nodiscard]] Expected<void> release(storage::Transaction& transaction, const WireInviteId& id);

}  // namespace kith::federation::invite_book
