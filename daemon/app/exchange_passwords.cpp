#include "daemon/app/exchange_passwords.hpp"

namespace kith::daemon {

using core::Expected;

namespace {

// Beside each client by itself, all who guess at one exchange together: so much that a single guesser keeps nobody
// else waiting, and little enough that many of them get nowhere.
accounts::ThrottleLimits limits_of_an_exchange() {
  accounts::ThrottleLimits limits;
  limits.free_failures = 100;
  limits.longest_wait = std::chrono::seconds{10};
  return limits;
}

}  // namespace

AccountsExchangePasswords::AccountsExchangePasswords(accounts::PasswordService& passwords, const core::Clock& clock)
    : passwords_(passwords), throttle_(clock, accounts::Throttle::account_limits(), limits_of_an_exchange()) {}

Expected<std::string> AccountsExchangePasswords::hash(std::string_view password) {
  return passwords_.hash_as_it_is(password);
}

Expected<bool> AccountsExchangePasswords::verify(const assets::ExchangeId& exchange, std::string_view client,
                                                 std::string_view password, const std::string& hash) {
  const auto guesser = exchange.text() + " " + accounts::throttle_address_key(client);
  auto attempt = throttle_.begin(guesser, exchange.text());
  if (!attempt) {
    attempt.error().detail = "too many wrong passwords: wait a little, then try again";
    return tl::make_unexpected(std::move(attempt.error()));
  }
  auto is_right = passwords_.verify(password, hash);
  if (!is_right) {
    attempt->neutral();
    return is_right;
  }
  if (*is_right) attempt->succeeded();
  return is_right;
}

}  // namespace kith::daemon
