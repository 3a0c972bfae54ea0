#include "accounts/email_changes.hpp"

#include <gtest/gtest.h>

#include "tests/unit/accounts/entrance_fixture.hpp"

namespace kith::accounts {
namespace {

using namespace std::chrono_literals;
using core::ErrorCode;
using test::code_of;
using test::kAliceEmail;
using test::kAlicePassword;

constexpr const char* kNew = "new@mail.example";

class EmailChangesTest : public test::EntranceTest {
 protected:
  EmailChangesTest() : alice_(add_alice()) {}
  Expected<void> begin(const std::string& email) {
    return process_->database().write([&](storage::Transaction& transaction) {
      return entrance().email_changes().begin(transaction, alice_, email, client());
    });
  }
  std::optional<std::string> prospective() {
    return process_->database()
        .read_for<std::optional<std::string>>(
            [&](storage::Reader& reader) { return EmailChanges::prospective(reader, alice_.id); })
        .value();
  }
  const User alice_;
};

}  // namespace

TEST_F(EmailChangesTest, TheOldAddressWorksUntilTheNewOneIsProven) {
  ASSERT_TRUE(begin(kNew));
  EXPECT_EQ(prospective(), kNew);
  EXPECT_TRUE(log_in());
  EXPECT_FALSE(log_in(kAlicePassword, "192.0.2.1", kNew));
  ASSERT_EQ(mailer().to(kNew).size(), 1U);
  EXPECT_EQ(mailer().to(kNew)[0].kind, MailKind::verify_email_change);
  ASSERT_EQ(mailer().to(kAliceEmail).size(), 1U);
  EXPECT_EQ(mailer().to(kAliceEmail)[0].kind, MailKind::email_change_asked);
  EXPECT_EQ(mailer().to(kAliceEmail)[0].values.at("email"), kNew);

  ask_for_reset(kAliceEmail);
  const auto reset = mailed_token(kAliceEmail);
  ASSERT_TRUE(verify(mailed_token(kNew)));
  EXPECT_FALSE(prospective());
  EXPECT_EQ(registry().find_local("alice")->email, kNew);
  EXPECT_TRUE(log_in(kAlicePassword, "192.0.2.1", kNew));
  EXPECT_FALSE(log_in());
  EXPECT_EQ(mailer().to(kAliceEmail).back().kind, MailKind::email_changed);
  EXPECT_EQ(code_of(verify(mailed_token(kNew))), ErrorCode::unauthorized) << "a second time";
  EXPECT_EQ(code_of(entrance().reset_password(reset, "a fresh owl in the barn", client())), ErrorCode::unauthorized)
      << "a link mailed to the old address";
}

TEST_F(EmailChangesTest, ATakenAddressLooksTheSameToTheAsker) {
  add("bob@mail.example");
  ASSERT_TRUE(begin("Bob@mail.example"));
  EXPECT_EQ(prospective(), "Bob@mail.example");
  ASSERT_EQ(mailer().mails().size(), 2U);
  EXPECT_EQ(mailer().mails()[0].to, "bob@mail.example");
  EXPECT_EQ(mailer().mails()[0].kind, MailKind::email_change_of_taken_address);
  EXPECT_EQ(mailer().mails()[1].kind, MailKind::email_change_asked);
  EXPECT_EQ(count_rows("SELECT count(*) FROM email_changes WHERE token_hash IS NULL"), 1);
}

TEST_F(EmailChangesTest, ALaterWishTakesThePlaceOfTheFirstAndTheOldAddressTakesItBack) {
  ASSERT_TRUE(begin(kNew));
  ASSERT_TRUE(begin("newer@mail.example"));
  EXPECT_EQ(code_of(verify(mailed_token(kNew))), ErrorCode::unauthorized);
  ASSERT_TRUE(begin("ALICE@mail.example"));
  EXPECT_FALSE(prospective());
  EXPECT_EQ(code_of(verify(mailed_token("newer@mail.example"))), ErrorCode::unauthorized);
  EXPECT_EQ(code_of(begin("no address")), ErrorCode::bad_request);
}

TEST_F(EmailChangesTest, AnExpiredLinkIsMailedAnew) {
  ASSERT_TRUE(begin(kNew));
  const auto first = mailed_token(kNew);
  clock_.advance(14 * 24h);
  EXPECT_EQ(code_of(verify(first)), ErrorCode::gone);
  EXPECT_EQ(registry().find_local("alice")->email, kAliceEmail);
  EXPECT_EQ(mailer().to(kNew).size(), 2U);
  EXPECT_EQ(mailer().to(kAliceEmail).size(), 1U) << "who was told already";
  EXPECT_EQ(code_of(verify(first)), ErrorCode::unauthorized);
  EXPECT_TRUE(verify(mailed_token(kNew)));
}

TEST_F(EmailChangesTest, AnAddressTakenMeanwhileStaysWithWhoGotItFirst) {
  ASSERT_TRUE(begin(kNew));
  add(kNew);
  EXPECT_EQ(code_of(verify(mailed_token(kNew))), ErrorCode::conflict);
  EXPECT_EQ(registry().find_local("alice")->email, kAliceEmail);
  EXPECT_FALSE(prospective());
}

TEST_F(EmailChangesTest, ARegistrationWithTheNewAddressIsOverOnceItIsProven) {
  ASSERT_TRUE(register_one(kNew));
  const auto of_registration = mailed_token(kNew);
  ASSERT_TRUE(begin(kNew));
  ASSERT_TRUE(verify(mailed_token(kNew)));
  EXPECT_EQ(code_of(verify(of_registration)), ErrorCode::unauthorized);
}

TEST_F(EmailChangesTest, AreForgottenThirtyDaysAfterTheirLinkRanOut) {
  ASSERT_TRUE(begin(kNew));
  clock_.advance(44 * 24h - 1s);
  ASSERT_TRUE(entrance().sweep());
  EXPECT_EQ(prospective(), kNew);
  clock_.advance(1s);
  ASSERT_TRUE(entrance().sweep());
  EXPECT_FALSE(prospective());
}

}  // namespace kith::accounts
