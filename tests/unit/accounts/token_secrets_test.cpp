#include "accounts/token_secrets.hpp"

#include <gtest/gtest.h>

#include "tests/unit/accounts/household.hpp"

namespace kith::test {
namespace {

using namespace std::chrono_literals;
using core::ErrorCode;

const accounts::Client kClient{"192.0.2.1", "test"};

}  // namespace

class TokenSecrets : public AccountsTest {
 protected:
  TokenSecrets() { add_alice(); }
  accounts::TokenSecretId secret_of(const std::string& token) { return accounts::read_token(token)->claims.secret; }
  std::int64_t stored() { return count_rows("SELECT count(*) FROM token_secrets"); }
};

TEST_F(TokenSecrets, AreMadeWhenFirstNeeded) {
  EXPECT_EQ(stored(), 0);
  const auto first = token_of(log_in());
  const auto second = token_of(log_in());
  EXPECT_EQ(stored(), 1);
  EXPECT_EQ(secret_of(first), secret_of(second));
}

TEST_F(TokenSecrets, RotationKeepsOldTokensUntilTheyRunOut) {
  const auto old = token_of(log_in());
  ASSERT_TRUE(accounts().secrets().rotate());
  const auto fresh = token_of(log_in());
  EXPECT_NE(secret_of(old), secret_of(fresh));
  clock_.advance(2h - 1ms);
  restart();
  EXPECT_TRUE(tokens().verify(old)) << "by the secret as stored";
  clock_.advance(1ms);
  EXPECT_EQ(code_of(tokens().verify(old)), ErrorCode::unauthorized);
}

TEST_F(TokenSecrets, SeveralRotationsAtOnceEndNobodysLogIn) {
  std::vector<std::string> issued;
  for (int i = 0; i < 12; ++i) {
    issued.push_back(token_of(log_in()));
    ASSERT_TRUE(accounts().secrets().rotate());
    clock_.advance(1min);
  }
  for (const auto& token : issued) EXPECT_TRUE(tokens().verify(token));
  restart();
  for (const auto& token : issued) EXPECT_TRUE(tokens().verify(token));
}

TEST_F(TokenSecrets, SpentOnesAreErased) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(log_in());
    ASSERT_TRUE(accounts().secrets().rotate());
  }
  clock_.advance(2h);
  ASSERT_TRUE(accounts().secrets().rotate());
  EXPECT_EQ(stored(), 5) << "the one that signs and the few before";
  EXPECT_EQ(count_rows("SELECT count(*) FROM token_secrets WHERE retired_at IS NULL"), 1);
}

TEST_F(TokenSecrets, RotateByThemselvesAfterAWeekWhileLogInsGoOn) {
  auto token = token_of(log_in());
  const auto first = secret_of(token);
  const auto start = clock_.now();
  std::vector<accounts::TokenSecretId> seen{first};
  while (clock_.now() < start + 3 * 7 * 24h) {
    clock_.advance(1h);
    ASSERT_TRUE(tokens().verify(token)) << (clock_.now() - start) / 1h << " hours";
    token = token_of(tokens().renew(token, kClient));
    if (secret_of(token) != seen.back()) seen.push_back(secret_of(token));
    if ((clock_.now() - start) / 1h % 50 == 0) restart();
  }
  EXPECT_EQ(seen.size(), 4U) << "one a week";
  EXPECT_LE(stored(), 5);
}

TEST_F(TokenSecrets, AClockThatJumpsAheadAndBackLocksNobodyOut) {
  const auto token = token_of(log_in());
  const auto today = clock_.now();
  clock_.set_wall(today + 24h * 365);
  ASSERT_TRUE(log_in());
  clock_.set_wall(today + 1min);
  EXPECT_TRUE(log_in());
  EXPECT_EQ(code_of(tokens().verify(token)), ErrorCode::unauthorized) << "it had run out a year later";
  clock_.set_wall(today - 24h * 365);
  EXPECT_TRUE(tokens().verify(token_of(log_in())));
}

TEST_F(TokenSecrets, TwoProcessesUseTheSameOnes) {
  Process other(file(), clock_, 77);
  const auto here = token_of(log_in());
  const auto there = token_of(other.accounts().tokens().log_in(kAliceEmail, kAlicePassword, kClient));
  EXPECT_EQ(secret_of(here), secret_of(there));
  ASSERT_TRUE(other.accounts().secrets().rotate());
  const auto later = token_of(log_in());
  EXPECT_NE(secret_of(here), secret_of(later)) << "a rotation holds everywhere at once";
  for (const auto& token : {here, there, later}) {
    EXPECT_TRUE(tokens().verify(token));
    EXPECT_TRUE(other.accounts().tokens().verify(token));
  }
}

TEST_F(TokenSecrets, ASecretMovedToAnotherRowDoesNotOpen) {
  ASSERT_TRUE(log_in());
  const auto claims = accounts::read_token(token_of(log_in()))->claims;
  ASSERT_TRUE(accounts().secrets().rotate());
  ASSERT_TRUE(log_in());
  const auto moved = process_->database().write([](storage::Transaction& transaction) -> core::Expected<void> {
    KITH_TRY(
        transaction.execute("UPDATE token_secrets SET sealed = (SELECT sealed FROM token_secrets WHERE retired_at "
                            "IS NULL) WHERE retired_at IS NOT NULL"));
    return {};
  });
  ASSERT_TRUE(moved);
  restart();
  EXPECT_EQ(code_of(accounts().secrets().for_verifying(claims.secret)), ErrorCode::internal);
}

}  // namespace kith::test
