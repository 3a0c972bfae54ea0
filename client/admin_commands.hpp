#pragma once
// kith admin …: for those who keep the server. One thread.

#include <cstdint>
#include <optional>
#include <string>

#include "client/account.hpp"
#include "client/output.hpp"

namespace kith::client {

using Done = core::Expected<void>;

// `everybody`: people elsewhere too, whom people here know.
[[nodiscard]] Done list_users(bool everybody, const AccountOptions& account, const Output& output);

// What of an account is changed; empty, or nothing: stays.
struct UserChange {
  std::string who;  // handle, address, e-mail address or id
  std::string state, permission;
  std::optional<std::uint64_t> quota_bytes;
};
[[nodiscard]] Done change_user(const UserChange& change, const AccountOptions& account, const Output& output);

[[nodiscard]] Done list_all_connections(const AccountOptions& account, const Output& output);
[[nodiscard]] Done list_instances(const AccountOptions& account, const Output& output);
// `deed`: "block" or "unblock".
[[nodiscard]] Done change_instance(const std::string& domain, const std::string& deed, const AccountOptions& account,
                                   const Output& output);
// The key that `domain` shows now holds from here on, if it is that of `fingerprint`.
[[nodiscard]] Done accept_instance_key(const std::string& domain, const std::string& fingerprint,
                                       const AccountOptions& account, const Output& output);

[[nodiscard]] Done show_storage(const AccountOptions& account, const Output& output);
[[nodiscard]] Done show_health(const AccountOptions& account, const Output& output);
[[nodiscard]] Done list_alerts(const AccountOptions& account, const Output& output);

struct AuditQuery {
  std::string actor, action, subject, from, to;  // empty: any
  int limit = 50;
};
[[nodiscard]] Done show_audit_log(const AuditQuery& query, const AccountOptions& account, const Output& output);
[[nodiscard]] Done rotate_secrets(const AccountOptions& account, const Output& output);

}  // namespace kith::client
