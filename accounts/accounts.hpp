#pragma once
// All of accounts for the daemon, made once by daemon/app. What it is made from must outlive it. Thread-safe; every
// call may block (SQLite, Argon2id) and belongs on a worker thread, never on an event thread.

#include <memory>
#include <string_view>

#include "accounts/api_tokens.hpp"
#include "accounts/entrance.hpp"
#include "accounts/mail/mailer.hpp"
#include "accounts/own_account.hpp"
#include "accounts/password_check.hpp"
#include "accounts/registry.hpp"
#include "accounts/second_factor.hpp"
#include "accounts/token_secrets.hpp"
#include "accounts/token_service.hpp"

namespace kith::accounts {

class Accounts {
 public:
  // `hasher` is for tests; without one it is Argon2id at the configured cost.
  Accounts(storage::Database& database, const storage::KeyVault& vault, const core::Clock& clock, core::Random& random,
           const config::Config& config, const core::Logger& log, Mailer& mailer,
           std::unique_ptr<PasswordHasher> hasher = nullptr);

  // Logs in with the token of a one-time link, which is used up with it.
  [[nodiscard]] Expected<IssuedToken> redeem_link(std::string_view link_token, const Client& client);
  // Makes the first admin with the token of a set-up link, which is used up with it, and logs in.
  [[nodiscard]] Expected<IssuedToken> set_up(std::string_view link_token, const NewLocalUser& user,
                                             const Client& client);

  // SecondFactors::confirm, and who hears of log-outs is told.
  [[nodiscard]] Expected<std::vector<std::string>> confirm_second_factor(const Principal& who, std::string_view code,
                                                                         const Client& client);
  // TokenSecrets::rotate, with its line in the audit log.
  [[nodiscard]] Expected<void> rotate_secrets(const Actor& actor);

  // What holds from now on of settings that may change while the daemon runs: who may register, with how much work, and
  // the space of new accounts.
  void take_up(const config::Accounts& settings);

  Registry& registry() { return registry_; }
  UserStore& users() { return registry_.users(); }
  AuditLog& audit() { return registry_.audit(); }
  LoginLinks& links() { return registry_.links(); }
  PasswordCheck& password_check() { return password_check_; }
  SecondFactors& second_factors() { return second_factors_; }
  TokenSecrets& secrets() { return secrets_; }
  TokenService& tokens() { return tokens_; }
  Mailer& mailer() { return mailer_; }
  ApiTokens& api_tokens() { return api_tokens_; }
  Entrance& entrance() { return entrance_; }
  OwnAccount& own_account() { return own_account_; }

 private:
  storage::Database& database_;
  Mailer& mailer_;
  Registry registry_;
  PasswordCheck password_check_;
  SecondFactors second_factors_;
  TokenSecrets secrets_;
  TokenService tokens_;
  ApiTokens api_tokens_;
  Entrance entrance_;
  OwnAccount own_account_;
};

}  // namespace kith::accounts
