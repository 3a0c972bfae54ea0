#pragma once
// The right to register once, given for a solved challenge (and an invite, where one is needed): 15 minutes, stored as
// its SHA-256. It is used up by the registration, not by a try that was refused. Thread-safe and blocking.

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/registration_invites.hpp"

namespace kith::accounts {

inline constexpr std::chrono::minutes kRegistrationTokenLife{15};

// Who may register: config.accounts.registration.
enum class RegistrationMode : std::uint8_t { open, invite, closed };
RegistrationMode registration_mode(std::string_view configured);
std::string_view registration_mode_name(RegistrationMode mode);

struct RegistrationToken {
  std::string token;
  core::Timestamp expires_at;
};

class RegistrationTokens {
 public:
  struct Parts {
    storage::Database& database;
    const RegistrationInvites& invites;
    const core::Clock& clock;
    core::Random& random;
    RegistrationMode mode;
  };
  explicit RegistrationTokens(const Parts& parts) : parts_(parts), mode_(parts.mode) {}

  RegistrationMode mode() const { return mode_; }
  void set_mode(RegistrationMode mode) { mode_ = mode; }

  // registration_closed where nobody may register.
  [[nodiscard]] Expected<void> require_not_closed() const;
  // With the token of an invite: registration_closed without a good one where one is needed. busy when very many are
  // given already.
  [[nodiscard]] Expected<RegistrationToken> give(const std::optional<std::string>& invite);
  // unauthorized unless `token` is good now.
  [[nodiscard]] Expected<void> require_good(std::string_view token) const;
  // Uses it up, with its invite. unauthorized; registration_closed when the invite is no longer good.
  [[nodiscard]] Expected<void> use(storage::Transaction& transaction, std::string_view token) const;
  // Forgets those that have run out. Called once an hour.
  [[nodiscard]] Expected<void> sweep(storage::Transaction& transaction) const;

 private:
  // The invite to use up; nothing where none is needed.
  [[nodiscard]] Expected<std::optional<core::Digest>> good_invite(storage::Reader& reader,
                                                                  const std::optional<std::string>& invite) const;

  const Parts parts_;
  std::atomic<RegistrationMode> mode_;
};

}  // namespace kith::accounts
