#pragma once
// Invites to register, for instances where not everybody may: made by admins, each for one account. The token in an
// invite's link is shown once. Thread-safe and blocking.

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/audit.hpp"
#include "core/crypto/sha256.hpp"
#include "core/id.hpp"
#include "core/random.hpp"

namespace kith::accounts {

using RegistrationInviteId = core::Id<struct RegistrationInviteIdTag>;

inline constexpr std::size_t kMaxRegistrationInvites = 500;  // at a time
inline constexpr std::size_t kMaxInviteNote = 200;           // bytes
inline constexpr std::chrono::seconds kShortestRegistrationInvite = std::chrono::minutes(1);
inline constexpr std::chrono::seconds kUsualRegistrationInvite = std::chrono::hours(7 * 24);
inline constexpr std::chrono::seconds kLongestRegistrationInvite = std::chrono::hours(90 * 24);

struct RegistrationInvite {
  RegistrationInviteId id;
  std::string note;     // for whom
  std::string made_by;  // a user id
  core::Timestamp created_at;
  core::Timestamp expires_at;
};

struct MadeRegistrationInvite {
  RegistrationInvite invite;
  std::string link;
};

class RegistrationInvites {
 public:
  struct Parts {
    storage::Database& database;
    const AuditLog& audit;
    const core::Clock& clock;
    core::Random& random;
    std::string web_url;  // what links to the page begin with
  };
  explicit RegistrationInvites(Parts parts) : parts_(std::move(parts)) {}

  // bad_request for a note or lifetime out of bounds, conflict when there are too many.
  [[nodiscard]] Expected<MadeRegistrationInvite> make(std::string_view note, std::chrono::seconds lifetime,
                                                      const Actor& admin);
  // Those that are still good, the newest first.
  [[nodiscard]] Expected<std::vector<RegistrationInvite>> list() const;
  // not_found when there is none that is good.
  [[nodiscard]] Expected<void> remove(const RegistrationInviteId& id, const Actor& admin);

  // By the SHA-256 of the token.
  [[nodiscard]] Expected<bool> is_good(storage::Reader& reader, const core::Digest& token_hash) const;
  // Uses it up; false when it was not good.
  [[nodiscard]] Expected<bool> use(storage::Transaction& transaction, const core::Digest& token_hash) const;
  // Forgets those that have run out. Called once an hour.
  [[nodiscard]] Expected<void> sweep(storage::Transaction& transaction) const;

 private:
  const Parts parts_;
};

}  // namespace kith::accounts
