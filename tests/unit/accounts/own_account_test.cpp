#include "accounts/own_account.hpp"

#include <gmock/gmock.h>

#include <functional>

#include "tests/unit/accounts/household.hpp"

namespace kith::test {
namespace {

using accounts::MailKind;
using accounts::OwnChange;
using accounts::Principal;
using accounts::User;
using core::ErrorCode;

constexpr const char* kNewPassword = "another horse battery";
const accounts::Client kHere{"192.0.2.1", "test"};

// What a PATCH may name, and the one field that then is another.
struct Case {
  const char* field;
  std::function<void(OwnChange&)> wish;
  std::function<std::string(const User&)> read;
  std::string before, after;
};

std::string text(const std::optional<std::string>& value) {
  return value.value_or("(none)");
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"first_name", [](OwnChange& c) { c.profile.first_name = "Alicia"; }, [](const User& u) { return u.first_name; },
       "Alice", "Alicia"},
      {"first_name, empty", [](OwnChange& c) { c.profile.first_name = ""; }, [](const User& u) { return u.first_name; },
       "Alice", ""},
      {"last_name", [](OwnChange& c) { c.profile.last_name = "Muster"; }, [](const User& u) { return u.last_name; },
       "Example", "Muster"},
      {"organization", [](OwnChange& c) { c.profile.organization = "School"; },
       [](const User& u) { return text(u.organization); }, "Household", "School"},
      {"organization, cleared", [](OwnChange& c) { c.profile.organization.emplace(std::nullopt); },
       [](const User& u) { return text(u.organization); }, "Household", "(none)"},
      {"language", [](OwnChange& c) { c.profile.language = "en"; }, [](const User& u) { return text(u.language); },
       "de", "en"},
      {"language, cleared", [](OwnChange& c) { c.profile.language.emplace(std::nullopt); },
       [](const User& u) { return text(u.language); }, "de", "(none)"},
  };
  return all;
}

}  // namespace

class OwnAccount : public AccountsTest {
 protected:
  void SetUp() override {
    accounts::NewLocalUser wanted;
    wanted.email = kAliceEmail;
    wanted.password = kAlicePassword;
    wanted.first_name = "Alice";
    wanted.last_name = "Example";
    wanted.organization = "Household";
    id_ = registry().add(wanted, {}).value().id;
    who_ = tokens().verify(token_of(log_in())).value();
    OwnChange german;
    german.profile.language = "de";
    ASSERT_TRUE(own().change(who_, german, kHere));
    clock_.advance(std::chrono::seconds{1});
  }

  accounts::OwnAccount& own() { return accounts().own_account(); }
  User alice() { return accounts().users().by_id(id_).value(); }
  std::string hash() { return accounts().users().credentials(kAliceEmail)->password_hash.value(); }
  std::optional<std::string> prospective() {
    return process_->database()
        .read_for<std::optional<std::string>>(
            [&](storage::Reader& reader) { return accounts::EmailChanges::prospective(reader, id_); })
        .value();
  }

  core::UserId id_;
  Principal who_;
};

TEST_F(OwnAccount, ChangesTheOneFieldThatIsNamed) {
  for (const auto& test : cases()) {
    SCOPED_TRACE(test.field);
    const auto before = alice();
    const auto password = hash();
    ASSERT_EQ(test.read(before), test.before);
    OwnChange change;
    test.wish(change);
    const auto done = own().change(who_, change, kHere);
    ASSERT_TRUE(done) << done.error().detail;
    const auto after = alice();
    EXPECT_EQ(test.read(after), test.after);
    for (const auto& other : cases()) {
      if (std::string_view(other.field).substr(0, 5) != std::string_view(test.field).substr(0, 5)) {
        EXPECT_EQ(other.read(after), other.before) << other.field;
      }
    }
    EXPECT_EQ(after.email, before.email);
    EXPECT_EQ(after.handle, before.handle);
    EXPECT_EQ(after.permission, before.permission);
    EXPECT_EQ(after.quota_bytes, before.quota_bytes);
    EXPECT_EQ(hash(), password);
    EXPECT_EQ(after.updated_at, clock_.now());
    OwnChange back;
    back.profile = {"Alice", "Example", std::optional<std::string>("Household"), std::optional<std::string>("de")};
    ASSERT_TRUE(own().change(who_, back, kHere));
  }
}

TEST_F(OwnAccount, ABadFieldChangesNothing) {
  const auto refused = [&](const std::function<void(OwnChange&)>& spoil, ErrorCode code) {
    OwnChange change;
    change.profile.first_name = "Alicia";
    change.email = "new@mail.example";
    change.password = kNewPassword;
    change.current_password = kAlicePassword;
    spoil(change);
    const auto before = hash();
    EXPECT_EQ(code_of(own().change(who_, change, kHere)), code);
    EXPECT_EQ(alice().first_name, "Alice");
    EXPECT_EQ(prospective(), std::nullopt);
    EXPECT_EQ(hash(), before);
  };
  refused([](OwnChange& c) { c.profile.last_name = std::string(201, 'x'); }, ErrorCode::bad_request);
  refused([](OwnChange& c) { c.profile.organization = "two\nlines"; }, ErrorCode::bad_request);
  refused([](OwnChange& c) { c.profile.language = "xx"; }, ErrorCode::bad_request);
  refused([](OwnChange& c) { c.profile.first_name = "\xff"; }, ErrorCode::bad_request);
  refused([](OwnChange& c) { c.email = "no address"; }, ErrorCode::bad_request);
  refused([](OwnChange& c) { c.password = "too short"; }, ErrorCode::bad_request);
  refused([](OwnChange& c) { c.current_password.reset(); }, ErrorCode::wrong_current_password);
  refused([](OwnChange& c) { c.current_password = kNewPassword; }, ErrorCode::wrong_current_password);
}

TEST_F(OwnAccount, NothingNamedChangesNothing) {
  const auto before = alice();
  ASSERT_TRUE(own().change(who_, {}, kHere));
  EXPECT_EQ(alice().updated_at, before.updated_at);
}

TEST_F(OwnAccount, ANewPasswordEndsOtherLogInsAndLinksAndIsTold) {
  const auto other = token_of(log_in());
  const auto link = accounts().links().make(id_, std::chrono::hours{1}, {}).value();
  OwnChange change;
  change.password = kNewPassword;
  change.current_password = kAlicePassword;
  mailer().clear();
  ASSERT_TRUE(own().change(who_, change, kHere));
  EXPECT_TRUE(tokens().is_live(who_).value()) << "who changed it stays";
  EXPECT_EQ(code_of(tokens().verify(other)), ErrorCode::unauthorized);
  EXPECT_EQ(code_of(accounts().redeem_link(link.token, kHere)), ErrorCode::unauthorized);
  EXPECT_EQ(code_of(log_in(kAlicePassword)), ErrorCode::unauthorized);
  EXPECT_TRUE(log_in(kNewPassword));
  const auto mails = mailer().mails();
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].kind, MailKind::password_changed);
  EXPECT_EQ(mails[0].to, kAliceEmail);
  EXPECT_EQ(mails[0].language, "de");
}

TEST_F(OwnAccount, ALogInThatEndedMeanwhileChangesNothing) {
  ASSERT_TRUE(tokens().log_out_everywhere(id_, kHere));
  OwnChange change;
  change.profile.first_name = "Alicia";
  EXPECT_EQ(code_of(own().change(who_, change, kHere)), ErrorCode::unauthorized);
  EXPECT_EQ(alice().first_name, "Alice");
}

TEST_F(OwnAccount, TheAddressStaysUntilTheNewOneIsProven) {
  OwnChange change;
  change.email = "new@mail.example";
  change.current_password = kAlicePassword;
  ASSERT_TRUE(own().change(who_, change, kHere));
  EXPECT_EQ(alice().email, kAliceEmail);
  EXPECT_EQ(prospective(), "new@mail.example");
  EXPECT_TRUE(log_in());
  change.email = "ALICE@mail.example";
  ASSERT_TRUE(own().change(who_, change, kHere)) << "the address they have takes the wish back";
  EXPECT_EQ(prospective(), std::nullopt);
}

TEST_F(OwnAccount, ANewPasswordEndsAWishOfWhoKnewTheOldOne) {
  OwnChange wish;
  wish.email = "thief@mail.example";
  wish.current_password = kAlicePassword;
  ASSERT_TRUE(own().change(who_, wish, kHere));
  OwnChange change;
  change.password = kNewPassword;
  change.current_password = kAlicePassword;
  ASSERT_TRUE(own().change(who_, change, kHere));
  EXPECT_EQ(prospective(), std::nullopt);
  change.email = "new@mail.example";
  change.current_password = kNewPassword;
  ASSERT_TRUE(own().change(who_, change, kHere));
  EXPECT_EQ(prospective(), "new@mail.example") << "one of the same request stays";
}

TEST_F(OwnAccount, WantsFewAddressesAnHour) {
  OwnChange change;
  change.current_password = kAlicePassword;
  for (int i = 0; i < 10; ++i) {
    change.email = "stranger" + std::to_string(i) + "@mail.example";
    ASSERT_TRUE(own().change(who_, change, kHere)) << i;
  }
  mailer().clear();
  EXPECT_EQ(code_of(own().change(who_, change, kHere)), ErrorCode::too_many_requests);
  EXPECT_TRUE(mailer().mails().empty());
  clock_.advance(std::chrono::minutes{6});
  EXPECT_TRUE(own().change(who_, change, kHere));
}

TEST_F(OwnAccount, EndsWithThePasswordOnlyAndIsTold) {
  EXPECT_EQ(code_of(own().remove(who_, kNewPassword, kHere)), ErrorCode::wrong_current_password);
  EXPECT_EQ(alice().first_name, "Alice");
  mailer().clear();
  ASSERT_TRUE(own().remove(who_, kAlicePassword, kHere));
  EXPECT_EQ(code_of(accounts().users().by_id(id_)), ErrorCode::not_found);
  const auto mails = mailer().of(MailKind::account_deleted);
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].to, kAliceEmail);
  EXPECT_EQ(mails[0].values.at("name"), "Alice");
}

TEST_F(OwnAccount, GuessingTheCurrentPasswordIsThrottledLikeLogIns) {
  ErrorCode last = ErrorCode::count_;
  for (int i = 0; i < 20 && last != ErrorCode::too_many_requests; ++i) {
    last = code_of(own().remove(who_, "guess number " + std::to_string(i), kHere));
    EXPECT_TRUE(last == ErrorCode::wrong_current_password || last == ErrorCode::too_many_requests);
  }
  EXPECT_EQ(last, ErrorCode::too_many_requests);
  EXPECT_EQ(code_of(log_in()), ErrorCode::too_many_requests);
}

}  // namespace kith::test
