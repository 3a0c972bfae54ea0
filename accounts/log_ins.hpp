#pragma once
// The table of live log-ins, row by row, inside the caller's transaction. A token is known by its SHA-256 only.
// Stateless functions, thread-safe.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "accounts/user.hpp"
#include "core/crypto/sha256.hpp"
#include "core/error.hpp"
#include "storage/database.hpp"

namespace kith::accounts {

using core::Expected;

// A user may be logged in at this many places; a further log-in ends the oldest.
inline constexpr std::size_t kMaxLogInsPerUser = 100;

struct LogInRow {
  LogInId id;
  core::Timestamp logged_in_at;
  core::Timestamp issued_at;
  core::Timestamp expires_at;
};

// A log-in beside its user, as both are now.
struct LiveLogIn {
  LogInRow row;
  User user;
};

// A log-in as its owner sees it.
struct ListedLogIn {
  LogInRow row;
  std::string client;  // IP address
  std::string user_agent;
};

// The same as an admin sees it.
struct LogInOfUser {
  core::UserId user;
  std::string handle;
  ListedLogIn log_in;
};

// not_found when no live log-in has that token.
[[nodiscard]] Expected<LiveLogIn> find_log_in(storage::Reader& reader, const core::Digest& token_hash);
[[nodiscard]] Expected<LiveLogIn> find_log_in(storage::Reader& reader, const LogInId& id);
// The user, as they are inside the transaction, if the log-in of `who` lives: it may have ended since the request came.
// unauthorized otherwise.
[[nodiscard]] Expected<User> require_log_in(storage::Reader& reader, const Principal& who);
// Adds one, and ends what has run out and what is too many.
[[nodiscard]] Expected<void> insert_log_in(storage::Transaction& transaction, const core::UserId& user,
                                           const LogInRow& row, const core::Digest& token_hash, const Client& client);
[[nodiscard]] Expected<void> replace_token(storage::Transaction& transaction, const LogInRow& row,
                                           const core::Digest& token_hash, const Client& client);
// Those of a user that are alive at `now`, the one used last first.
[[nodiscard]] Expected<std::vector<ListedLogIn>> list_log_ins(storage::Reader& reader, const core::UserId& user,
                                                              core::Timestamp now);
// Those of everybody that are alive at `now`, the newest first; only older ones than `before`.
[[nodiscard]] Expected<std::vector<LogInOfUser>> list_all_log_ins(storage::Reader& reader,
                                                                  const std::optional<LogInId>& before,
                                                                  std::size_t limit, core::Timestamp now);
// not_found unless it is one of the user's.
[[nodiscard]] Expected<void> end_log_in_of(storage::Transaction& transaction, const core::UserId& user,
                                           const LogInId& id);
// Ending what has ended is fine.
[[nodiscard]] Expected<void> end_log_in(storage::Transaction& transaction, const LogInId& id);
[[nodiscard]] Expected<void> end_all_log_ins(storage::Transaction& transaction, const core::UserId& user);
// All of a user but one.
[[nodiscard]] Expected<void> end_other_log_ins(storage::Transaction& transaction, const core::UserId& user,
                                               const LogInId& kept);

}  // namespace kith::accounts
