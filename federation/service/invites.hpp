#pragma once
// Invites: links a user hands to people they know, so that asking with one counts as approved and verified
// (PROTOCOL.md, "Invites"). The secret is needed for the MAC and rests sealed. Thread-safe, blocking (database).

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/id.hpp"
#include "core/random.hpp"
#include "federation/local_users.hpp"
#include "storage/database.hpp"
#include "storage/key_vault.hpp"

namespace kith::federation {

class InstanceIdentity;

struct InviteView {
  std::string id;    // base64url of the 16 bytes in the link
  std::string link;  // with the secret: only from create(), else empty
  core::Timestamp created_at;
  core::Timestamp expires_at;
  int uses = 1;      // how often it may be used
  int reserved = 0;  // handshakes with it that run
  int spent = 0;     // connections made with it
};
struct InvitePage {
  std::vector<InviteView> items;  // newest first
  std::optional<std::string> next;
};

class Invites {
 public:
  struct Parts {
    storage::Database& database;
    const storage::KeyVault& vault;
    const core::Clock& clock;
    core::Random& random;
    LocalUsers& users;
    const InstanceIdentity& identity;
    std::string web_url;  // what links begin with, without a slash at the end
  };
  static constexpr std::chrono::hours kLongestLife{24 * 90};
  static constexpr int kMostUses = 100;
  static constexpr int kMostOpen = 100;  // unexpired ones a user

  explicit Invites(Parts parts);

  // bad_request outside 1 minute … kLongestLife and 1 … kMostUses; too_many_requests beyond kMostOpen.
  [[nodiscard]] Expected<InviteView> create(const core::UserId& user, std::chrono::seconds expires_in, int uses);
  [[nodiscard]] Expected<InvitePage> list(const core::UserId& user, const std::optional<std::string>& cursor,
                                          std::size_t limit);
  // Handshakes that run with it go on; it takes no new ones. not_found for another's.
  [[nodiscard]] Expected<void> remove(const core::UserId& user, const std::string& id);
  // An account goes: all of its own are forgotten. After its handshakes were ended.
  [[nodiscard]] Expected<void> remove_all(const core::UserId& user);

 private:
  Parts parts_;
};

}  // namespace kith::federation
