#pragma once
// Whose an e-mail address is. Runs inside the caller's transaction.

#include <optional>
#include <string_view>

#include "accounts/user.hpp"
#include "core/error.hpp"
#include "storage/database.hpp"

namespace kith::accounts {

// The user with that address, in any case of letters; also one deleted lately, whose address is not free yet.
[[nodiscard]] core::Expected<std::optional<User>> owner_of_email(storage::Reader& reader, std::string_view email);

}  // namespace kith::accounts
