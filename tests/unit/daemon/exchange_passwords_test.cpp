#include "daemon/app/exchange_passwords.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using namespace std::chrono_literals;

class ExchangePasswordsTest : public testing::Test {
 protected:
  ErrorCode guess(const assets::ExchangeId& exchange, std::string_view client, std::string_view password) {
    const auto is_right = passwords_.verify(exchange, client, password, hash_);
    if (!is_right) return is_right.error().code;
    return *is_right ? ErrorCode::count_ : ErrorCode::wrong_password;
  }
  assets::ExchangeId new_exchange() { return assets::ExchangeId::make(clock_, random_); }

  test::FakeClock clock_;
  test::SeededRandom random_;
  accounts::PasswordService service_{
      std::make_unique<accounts::Argon2idHasher>(core::PasswordCost::cheapest(), random_), {}};
  AccountsExchangePasswords passwords_{service_, clock_};
  const std::string hash_ = passwords_.hash("p").value();
};

TEST_F(ExchangePasswordsTest, TakesShortOnesAndTellsRightFromWrong) {
  EXPECT_TRUE(hash_.starts_with("$argon2id$"));
  EXPECT_EQ(guess(new_exchange(), "192.0.2.1", "p"), ErrorCode::count_);
  EXPECT_EQ(guess(new_exchange(), "192.0.2.1", "P"), ErrorCode::wrong_password);
  EXPECT_FALSE(passwords_.hash(std::string(1025, 'p')));
}

TEST_F(ExchangePasswordsTest, WrongOnesSlowTheirClientDownAndNobodyElse) {
  const auto exchange = new_exchange();
  for (int i = 0; i < 6; ++i) EXPECT_EQ(guess(exchange, "192.0.2.1", "x"), ErrorCode::wrong_password) << i;
  const auto refused = passwords_.verify(exchange, "192.0.2.1", "p", hash_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::too_many_requests);
  ASSERT_TRUE(refused.error().retry_after.has_value());
  EXPECT_GE(*refused.error().retry_after, 1s);
  EXPECT_EQ(guess(exchange, "192.0.2.2", "p"), ErrorCode::count_) << "another client";
  EXPECT_EQ(guess(new_exchange(), "192.0.2.1", "p"), ErrorCode::count_) << "another exchange";
}

TEST_F(ExchangePasswordsTest, NobodyIsLockedOutForGood) {
  const auto exchange = new_exchange();
  for (int i = 0; i < 100; ++i) {
    (void)guess(exchange, "192.0.2.1", "x");
    clock_.advance(1s);
  }
  clock_.advance(60s);
  EXPECT_EQ(guess(exchange, "192.0.2.1", "p"), ErrorCode::count_);
}

TEST_F(ExchangePasswordsTest, ManyClientsTogetherAreSlowedDownToo) {
  const auto exchange = new_exchange();
  int refused = 0;
  for (int i = 0; i < 200; ++i)
    refused += guess(exchange, "198.51.100." + std::to_string(i), "x") == ErrorCode::too_many_requests ? 1 : 0;
  EXPECT_GE(refused, 90);
  clock_.advance(10s);
  EXPECT_EQ(guess(exchange, "192.0.2.1", "p"), ErrorCode::count_) << "for ten seconds at most";
}

}  // namespace
}  // namespace kith::daemon
