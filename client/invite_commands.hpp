#pragma once
// kith invite: links that connect whoever opens them. One thread.

#include <cstdint>
#include <optional>
#include <string>

#include "client/account.hpp"
#include "client/output.hpp"

namespace kith::client {

struct InviteCommand {
  std::optional<std::int64_t> expires_in;  // seconds
  std::optional<int> uses;
  bool list = false;    // in the place of making one
  std::string removed;  // the id of one to withdraw, in the place of making one
};

[[nodiscard]] core::Expected<void> invite(const InviteCommand& command, const AccountOptions& account,
                                          const Output& output);

}  // namespace kith::client
