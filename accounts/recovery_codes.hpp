#pragma once
// Recovery codes: for somebody whose authenticator app is gone. Ten are made at a time, each good once. What is stored
// is their HMAC-SHA-256 under the key of the second factor they belong to, which is sealed by the master key: fifty
// bits alone could be found by trying. Functions of a transaction of the caller's; thread-safe.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/crypto/totp.hpp"
#include "core/error.hpp"
#include "core/id.hpp"
#include "core/random.hpp"
#include "storage/database.hpp"

namespace kith::accounts {

using core::Expected;

inline constexpr std::size_t kRecoveryCodes = 10;
inline constexpr std::size_t kRecoveryCodeCharacters = 10;  // of five bits each

// "7k2mq-x94wd": digits and letters without i, l, o and u, which look like others.
std::string make_recovery_code(core::Random& random);
// The ten characters of a code as people type it: in any case, with hyphens and spaces anywhere or nowhere, and with
// letters in the place of the digits they look like. Nothing when it can be no code.
std::optional<std::string> read_recovery_code(std::string_view text);

// Ten new ones in the place of those before.
[[nodiscard]] Expected<std::vector<std::string>> replace_recovery_codes(storage::Transaction& transaction,
                                                                        const core::UserId& user,
                                                                        const core::TotpKey& key, core::Random& random);
// True if `text` is one of the user's, which is used up with it.
[[nodiscard]] Expected<bool> use_recovery_code(storage::Transaction& transaction, const core::UserId& user,
                                               const core::TotpKey& key, std::string_view text);
[[nodiscard]] Expected<std::size_t> count_recovery_codes(storage::Reader& reader, const core::UserId& user);
[[nodiscard]] Expected<void> erase_recovery_codes(storage::Transaction& transaction, const core::UserId& user);

}  // namespace kith::accounts
