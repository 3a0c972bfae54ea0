#include "tests/unit/accounts/entrance_fixture.hpp"

#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/json.hpp"

namespace kith::test {

std::string payload_of(const accounts::Challenge& challenge, std::int64_t number) {
  const core::Json object{{"algorithm", "SHA-256"}, {"challenge", challenge.challenge}, {"number", number},
                          {"salt", challenge.salt}, {"signature", challenge.signature}, {"took", 12}};
  return core::to_base64(core::as_bytes(core::to_json_text(object)));
}

std::int64_t solve(const accounts::Challenge& challenge) {
  for (std::int64_t number = 0; number <= challenge.max_number; ++number) {
    const auto hash = core::sha256(core::as_bytes(challenge.salt + std::to_string(number)));
    if (core::to_hex(hash.view()) == challenge.challenge) return number;
  }
  return -1;
}

void EntranceTest::open(const std::string& registration) {
  config_.accounts.registration = registration;
  config_.accounts.challenge_difficulty = 20;
  config_.web.url = "http://kith.example/";
  entrance_ = std::make_unique<accounts::Entrance>(process_->database(), registry(), mailer(), clock_, random_, config_,
                                                   core::Logger::none());
}

core::Expected<accounts::RegistrationToken> EntranceTest::get_token(const std::optional<std::string>& invite) {
  const auto challenge = entrance().challenge(client());
  if (!challenge) return tl::make_unexpected(challenge.error());
  return entrance().registration_token(payload_of(*challenge, solve(*challenge)), invite, client());
}

core::Expected<accounts::User> EntranceTest::register_one(const std::string& email, const std::string& password,
                                                          const std::optional<std::string>& handle) {
  KITH_TRY_ASSIGN(token, get_token());
  accounts::NewLocalUser wanted;
  wanted.email = email;
  wanted.password = password;
  wanted.handle = handle;
  return entrance().begin_registration(token.token, wanted, client());
}

std::string EntranceTest::mailed_token(const std::string& to) {
  const auto mails = mailer().to(to);
  return mails.empty() ? std::string() : token_in(mails.back());
}

void EntranceTest::ask_for_reset(const std::string& email) {
  EXPECT_TRUE(entrance().ask_for_reset(email, client()));
  entrance().work();
}

}  // namespace kith::test
