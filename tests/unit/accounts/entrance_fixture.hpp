#pragma once
// The door of an instance, with cheap challenges, and somebody who knocks.

#include "accounts/entrance.hpp"
#include "tests/unit/accounts/household.hpp"

namespace kith::test {

// The payload of a client that has found `number`.
std::string payload_of(const accounts::Challenge& challenge, std::int64_t number);
// The number that solves it, by trying.
std::int64_t solve(const accounts::Challenge& challenge);

class EntranceTest : public AccountsTest {
 protected:
  EntranceTest() { open("open"); }
  // Opens the door anew, as after a restart of the daemon.
  void open(const std::string& registration);
  accounts::Entrance& entrance() { return *entrance_; }

  // Another address each time, so that nothing is asked for too often.
  accounts::Client client() { return {"192.0.2." + std::to_string(++clients_ % 250 + 1), "test"}; }
  core::Expected<accounts::RegistrationToken> get_token(const std::optional<std::string>& invite = {});
  // From the challenge to the registration.
  core::Expected<accounts::User> register_one(const std::string& email, const std::string& password = kAlicePassword,
                                              const std::optional<std::string>& handle = {});
  // The token of the last mail to somebody; empty without one.
  std::string mailed_token(const std::string& to);
  core::Expected<void> verify(const std::string& token) { return entrance().verify_email(token, client()); }
  // Asks for a reset, and has it mailed.
  void ask_for_reset(const std::string& email);

 private:
  SeededRandom random_{77};
  config::Config config_;
  std::unique_ptr<accounts::Entrance> entrance_;
  int clients_ = 0;
};

}  // namespace kith::test
