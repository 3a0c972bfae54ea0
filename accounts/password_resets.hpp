#pragma once
// Forgotten passwords: a link by mail, good for ten minutes and one use. Whether an address is known here shows in
// nothing the asker gets: asking only writes the address down in memory, and work() looks it up afterwards. Thread-safe
// and blocking, but for ask(), which does neither disk nor hash.

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/mail/mailer.hpp"
#include "accounts/registry.hpp"
#include "core/log.hpp"

namespace kith::accounts {

inline constexpr std::chrono::minutes kResetLife{10};
inline constexpr std::size_t kMostWaitingResets = 64;  // within a second
inline constexpr std::int64_t kMostResetsPerUser = 5;  // good at a time

class PasswordResets {
 public:
  struct Parts {
    storage::Database& database;
    Registry& registry;
    Mailer& mailer;
    const core::Clock& clock;
    core::Random& random;
    core::Logger log;
    std::string web_url;  // what links to the page begin with
  };
  explicit PasswordResets(Parts parts) : parts_(std::move(parts)) {}

  // bad_request for what is no e-mail address, busy when very many ask.
  [[nodiscard]] Expected<void> ask(std::string_view email, const Client& client);
  // Mails links to those who asked, if they live here. Called once a second.
  void work();
  // Sets the password, using the link up: its user, whose log-ins, API tokens, other links and unproven new e-mail
  // address have ended. The second factor stays. unauthorized for a token that is not good; bad_request, weak_password,
  // which leave it good.
  [[nodiscard]] Expected<core::UserId> redeem(std::string_view token, std::string_view password, const Client& client);
  // Forgets those that have run out. Called once an hour.
  [[nodiscard]] Expected<void> sweep(storage::Transaction& transaction) const;

 private:
  struct Asked {
    std::string email;
    std::string client;  // IP address
  };
  [[nodiscard]] Expected<void> answer(storage::Transaction& transaction, const Asked& asked) const;
  [[nodiscard]] Expected<User> owner_of(storage::Reader& reader, std::string_view token) const;
  [[nodiscard]] Expected<void> set_password(storage::Transaction& transaction, const User& user,
                                            const std::string& hash, const Client& client) const;

  const Parts parts_;
  std::mutex mutex_;            // guards waiting_
  std::vector<Asked> waiting_;  // for work()
};

}  // namespace kith::accounts
