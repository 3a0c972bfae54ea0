#include "accounts/password_resets.hpp"

#include <gtest/gtest.h>

#include "tests/unit/accounts/entrance_fixture.hpp"

namespace kith::accounts {
namespace {

using namespace std::chrono_literals;
using core::ErrorCode;
using test::code_of;
using test::kAliceEmail;
using test::kAlicePassword;

constexpr const char* kFresh = "a fresh owl in the barn";

class PasswordResetsTest : public test::EntranceTest {
 protected:
  PasswordResetsTest() : alice_(add_alice()) {}
  Expected<core::UserId> redeem(const std::string& token, const std::string& password = kFresh) {
    return entrance().reset_password(token, password, client());
  }
  std::int64_t resets() { return count_rows("SELECT count(*) FROM password_resets"); }
  const User alice_;
};

}  // namespace

TEST_F(PasswordResetsTest, SetANewPasswordOnceAndEndWhatTheOldOneOpened) {
  const auto open = token_of(log_in());
  ASSERT_TRUE(accounts().links().make(alice_.id, 1h, {}));
  ask_for_reset("ALICE@mail.example");
  const auto mails = mailer().to(kAliceEmail);
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].kind, MailKind::password_reset);
  EXPECT_TRUE(mails[0].values.at("link").starts_with("http://kith.example/#/reset-password?token="));
  EXPECT_TRUE(log_in()) << "asking changes nothing";

  const auto token = mailed_token(kAliceEmail);
  const auto done = redeem(token);
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(*done, alice_.id);
  EXPECT_EQ(code_of(tokens().verify(open)), ErrorCode::unauthorized);
  EXPECT_FALSE(log_in());
  EXPECT_TRUE(log_in(kFresh));
  EXPECT_EQ(count_rows("SELECT count(*) FROM login_links"), 0);
  EXPECT_EQ(mailer().mails().back().kind, MailKind::password_changed);
  EXPECT_EQ(code_of(redeem(token)), ErrorCode::unauthorized) << "a second time";
}

TEST_F(PasswordResetsTest, EndAnUnprovenNewAddressThatAThiefMayHaveWishedFor) {
  ASSERT_TRUE(process_->database().write([&](storage::Transaction& transaction) {
    return entrance().email_changes().begin(transaction, alice_, "thief@mail.example", client());
  }));
  ask_for_reset(kAliceEmail);
  ASSERT_TRUE(redeem(mailed_token(kAliceEmail)));
  EXPECT_EQ(code_of(verify(mailed_token("thief@mail.example"))), ErrorCode::unauthorized);
  EXPECT_EQ(registry().find_local("alice")->email, kAliceEmail);
}

TEST_F(PasswordResetsTest, UnknownAddressesAreAnsweredTheSameAndGetNothing) {
  ASSERT_TRUE(registry().set_state(add("eve@mail.example").id, UserState::suspended, {}));
  const auto audited = count_rows("SELECT count(*) FROM audit_log");
  ask_for_reset("nobody@mail.example");
  ask_for_reset("eve@mail.example");
  EXPECT_TRUE(mailer().mails().empty());
  EXPECT_EQ(resets(), 0);
  EXPECT_EQ(count_rows("SELECT count(*) FROM audit_log"), audited);
  EXPECT_EQ(code_of(entrance().ask_for_reset("no address", client())), ErrorCode::bad_request);
}

// What differs between known and unknown addresses happens after the answer.
TEST_F(PasswordResetsTest, AskingItselfLooksNothingUp) {
  EXPECT_TRUE(entrance().ask_for_reset(kAliceEmail, client()));
  EXPECT_TRUE(mailer().mails().empty());
  EXPECT_EQ(resets(), 0);
  entrance().work();
  EXPECT_EQ(mailer().mails().size(), 1U);
  entrance().work();
  EXPECT_EQ(mailer().mails().size(), 1U) << "once";
}

TEST_F(PasswordResetsTest, RunOutAfterTenMinutes) {
  ask_for_reset(kAliceEmail);
  const auto token = mailed_token(kAliceEmail);
  clock_.advance(10min);
  EXPECT_EQ(code_of(redeem(token)), ErrorCode::unauthorized);
  EXPECT_TRUE(log_in());
  ASSERT_TRUE(entrance().sweep());
  EXPECT_EQ(resets(), 0);
}

TEST_F(PasswordResetsTest, APasswordThatIsNoGoodLeavesTheLinkGood) {
  ask_for_reset(kAliceEmail);
  const auto token = mailed_token(kAliceEmail);
  EXPECT_EQ(code_of(redeem(token, "short")), ErrorCode::bad_request);
  EXPECT_EQ(code_of(redeem(token, "password1234")), ErrorCode::weak_password);
  EXPECT_EQ(code_of(redeem(token, "alice@mail.example")), ErrorCode::weak_password);
  EXPECT_TRUE(redeem(token));
}

TEST_F(PasswordResetsTest, NobodyEndsALinkByAskingForMore) {
  ask_for_reset(kAliceEmail);
  const auto first = mailed_token(kAliceEmail);
  for (int i = 0; i < 20; ++i) ask_for_reset(kAliceEmail);
  EXPECT_EQ(mailer().to(kAliceEmail).size(), 5U) << "as many as are good at a time";
  EXPECT_TRUE(redeem(first));
  EXPECT_EQ(resets(), 0) << "the others are dead too";
}

TEST_F(PasswordResetsTest, ATokenOfNoResetMakesNobodyHash) {
  const auto before = counts().hashed.load();
  ASSERT_TRUE(register_one("bob@mail.example"));
  const auto of_registration = mailed_token("bob@mail.example");
  const auto hashed = counts().hashed.load();
  EXPECT_EQ(hashed, before + 1);
  for (const auto& token :
       {std::string(), std::string("x"), std::string(43, 'A'), std::string(5000, 'A'), of_registration})
    EXPECT_EQ(code_of(redeem(token)), ErrorCode::unauthorized);
  EXPECT_EQ(counts().hashed, hashed);
}

TEST_F(PasswordResetsTest, WhoIsSuspendedMeanwhileStaysOut) {
  ask_for_reset(kAliceEmail);
  ASSERT_TRUE(registry().set_state(alice_.id, UserState::suspended, {}));
  EXPECT_EQ(code_of(redeem(mailed_token(kAliceEmail))), ErrorCode::unauthorized);
  ASSERT_TRUE(registry().set_state(alice_.id, UserState::active, {}));
  EXPECT_TRUE(log_in()) << "with the old password";
}

TEST_F(PasswordResetsTest, AreBoundedInMemoryAndByAddress) {
  const Client same{"192.0.2.77", "test"};
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(entrance().ask_for_reset(kAliceEmail, same)) << i;
  EXPECT_EQ(code_of(entrance().ask_for_reset(kAliceEmail, same)), ErrorCode::too_many_requests);
  auto answer = ErrorCode::count_;
  for (int i = 0; i < 100 && answer == ErrorCode::count_; ++i)
    answer = code_of(entrance().ask_for_reset("nobody@mail.example", {"10.0." + std::to_string(i) + ".1", "test"}));
  EXPECT_EQ(answer, ErrorCode::busy);
  entrance().work();
  EXPECT_TRUE(entrance().ask_for_reset(kAliceEmail, client()));
}

}  // namespace kith::accounts
