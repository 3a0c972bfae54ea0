#pragma once
// kith share, unshare, shares: who may see which of one's files. One thread.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/account.hpp"
#include "client/output.hpp"

namespace kith::client {

struct ShareCommand {
  std::vector<std::string> names;          // of files, or patterns
  std::string with;                        // bob@b.example, or carol for somebody on the same server
  std::optional<std::int64_t> expires_in;  // seconds
  std::string strip;                       // of photos; empty: as the server does by itself
};

struct UnshareCommand {
  std::vector<std::string> names;
  std::string with;  // empty: all
};

[[nodiscard]] core::Expected<void> share(const ShareCommand& command, const AccountOptions& account,
                                         const Output& output);
// not_found, and nothing is withdrawn, when a name means no share.
[[nodiscard]] core::Expected<void> unshare(const UnshareCommand& command, const AccountOptions& account,
                                           const Output& output);
[[nodiscard]] core::Expected<void> shares(const AccountOptions& account, const Output& output);

}  // namespace kith::client
