#pragma once
// assets asks accounts to hash and verify the passwords of exchanges: with the same bound on how many run at once as
// log-ins have, and slowed down like them, by exchange and client. Thread-safe; what is given must outlive it.

#include "accounts/password_service.hpp"
#include "accounts/throttle.hpp"
#include "assets/exchange_passwords.hpp"
#include "core/clock.hpp"

namespace kith::daemon {

class AccountsExchangePasswords final : public assets::ExchangePasswords {
 public:
  AccountsExchangePasswords(accounts::PasswordService& passwords, const core::Clock& clock);

  core::Expected<std::string> hash(std::string_view password) override;
  core::Expected<bool> verify(const assets::ExchangeId& exchange, std::string_view client, std::string_view password,
                              const std::string& hash) override;

 private:
  accounts::PasswordService& passwords_;
  accounts::Throttle throttle_;
};

}  // namespace kith::daemon
