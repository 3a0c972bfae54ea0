#pragma once
// kith exchange list and revoke: the links one has given away. One thread.

#include <string>
#include <vector>

#include "client/account.hpp"
#include "client/output.hpp"

namespace kith::client {

// `all`: those that have ended too, until the server erases them.
[[nodiscard]] core::Expected<void> list_exchanges(bool all, const AccountOptions& account, const Output& output);
// One after the other, up to the first that fails.
[[nodiscard]] core::Expected<void> revoke_exchanges(const std::vector<std::string>& ids, const AccountOptions& account,
                                                    const Output& output);

}  // namespace kith::client
