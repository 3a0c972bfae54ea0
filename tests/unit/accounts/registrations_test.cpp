#include "accounts/registrations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/accounts/entrance_fixture.hpp"

namespace kith::accounts {
namespace {

using namespace std::chrono_literals;
using core::ErrorCode;
using test::code_of;
using test::kAliceEmail;
using test::kAlicePassword;

constexpr const char* kBob = "bob@mail.example";

NewLocalUser person(const std::string& email, std::string_view password,
                    const std::optional<std::string>& handle = std::nullopt) {
  NewLocalUser user;
  user.email = email;
  user.password = password;
  user.handle = handle;
  return user;
}

class RegistrationsTest : public test::EntranceTest {
 protected:
  std::int64_t pending() { return count_rows("SELECT count(*) FROM registrations"); }
  std::vector<std::string> kinds_mailed() {
    std::vector<std::string> kinds;
    for (const auto& mail : mailer().mails()) kinds.emplace_back(mail_kind_name(mail.kind));
    return kinds;
  }
};

}  // namespace

TEST_F(RegistrationsTest, MakeAUserOnceTheAddressIsProven) {
  const auto asked = register_one(kBob);
  ASSERT_TRUE(asked) << asked.error().detail;
  EXPECT_EQ(asked->permission, Permission::none);
  EXPECT_EQ(asked->handle, "bob");
  EXPECT_EQ(asked->quota_bytes, 100ULL << 30);
  EXPECT_EQ(code_of(registry().find_local(kBob)), ErrorCode::not_found);
  EXPECT_EQ(code_of(log_in(kAlicePassword, "192.0.2.1", kBob)), ErrorCode::unauthorized) << "not proven yet";

  const auto mails = mailer().to(kBob);
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].kind, MailKind::verify_registration);
  EXPECT_TRUE(mails[0].values.at("link").starts_with("http://kith.example/#/verify-email?token="));
  ASSERT_TRUE(verify(mailed_token(kBob)));
  const auto user = registry().find_local("bob");
  ASSERT_TRUE(user);
  EXPECT_EQ(user->id, asked->id);
  EXPECT_EQ(user->permission, Permission::user);
  EXPECT_EQ(user->quota_bytes, 100ULL << 30);
  EXPECT_TRUE(log_in(kAlicePassword, "192.0.2.1", kBob));
  EXPECT_EQ(pending(), 0);
  EXPECT_EQ(code_of(verify(mailed_token(kBob))), ErrorCode::unauthorized) << "a second time";
}

TEST_F(RegistrationsTest, ATokenIsForOneAccountAndFifteenMinutes) {
  const auto token = get_token();
  ASSERT_TRUE(token);
  EXPECT_EQ(token->expires_at, clock_.now() + 15min);
  const auto wanted = person(kBob, kAlicePassword);
  EXPECT_TRUE(entrance().begin_registration(token->token, wanted, client()));
  EXPECT_EQ(code_of(entrance().begin_registration(token->token, wanted, client())), ErrorCode::unauthorized);
  const auto late = get_token();
  clock_.advance(15min);
  EXPECT_EQ(code_of(entrance().begin_registration(late->token, wanted, client())), ErrorCode::unauthorized);
  for (const auto* other : {"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    EXPECT_EQ(code_of(entrance().begin_registration(other, wanted, client())), ErrorCode::unauthorized);
}

TEST_F(RegistrationsTest, AFailedTryLeavesTheTokenGood) {
  add_alice();
  const auto token = get_token();
  const auto refused = [&](const NewLocalUser& wanted) {
    return code_of(entrance().begin_registration(token->token, wanted, client()));
  };
  auto named = person(kBob, kAlicePassword);
  named.first_name = "a\nb";
  auto klingon = person(kBob, kAlicePassword);
  klingon.language = "tlh";
  EXPECT_EQ(refused(person(kBob, "too short")), ErrorCode::bad_request);
  EXPECT_EQ(refused(person(kBob, "password1234")), ErrorCode::weak_password);
  EXPECT_EQ(refused(person(kBob, "Bob@Mail.Example")), ErrorCode::weak_password);
  EXPECT_EQ(refused(person("no address", kAlicePassword)), ErrorCode::bad_request);
  EXPECT_EQ(refused(person(kBob, kAlicePassword, "A!")), ErrorCode::bad_request);
  EXPECT_EQ(refused(person(kBob, kAlicePassword, "alice")), ErrorCode::conflict);
  EXPECT_EQ(refused(named), ErrorCode::bad_request);
  EXPECT_EQ(refused(klingon), ErrorCode::bad_request);
  EXPECT_TRUE(mailer().mails().empty());
  EXPECT_TRUE(entrance().begin_registration(token->token, person(kBob, kAlicePassword), client()));
}

TEST_F(RegistrationsTest, WhatCannotRegisterMakesNobodyHash) {
  const auto before = counts().hashed.load();
  const auto wanted = person(kBob, kAlicePassword);
  EXPECT_FALSE(entrance().begin_registration("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", wanted, client()));
  EXPECT_FALSE(register_one(kBob, "password1234"));
  EXPECT_EQ(counts().hashed, before);
}

TEST_F(RegistrationsTest, ATakenAddressIsAnsweredTheSameAndItsOwnerIsTold) {
  const auto alice = add_alice();
  const auto hashed = counts().hashed.load();
  const auto taken = register_one("Alice@MAIL.example", "another good password");
  ASSERT_TRUE(taken) << taken.error().detail;
  const auto fresh = register_one(kBob, "another good password");
  ASSERT_TRUE(fresh);
  EXPECT_EQ(counts().hashed, hashed + 2) << "the same work";
  EXPECT_EQ(taken->handle, "alice") << "as if it were free";
  EXPECT_EQ(taken->permission, fresh->permission);
  EXPECT_EQ(taken->quota_bytes, fresh->quota_bytes);
  EXPECT_EQ(taken->created_at, fresh->created_at);
  EXPECT_NE(taken->id, alice.id);
  EXPECT_EQ(pending(), 2);
  EXPECT_EQ(kinds_mailed(), (std::vector<std::string>{"registration_of_taken_address", "verify_registration"}));
  const auto told = mailer().mails()[0];
  EXPECT_EQ(told.to, kAliceEmail);
  EXPECT_EQ(told.values.at("link"), "http://kith.example/") << "no token";
  EXPECT_EQ(count_rows("SELECT count(*) FROM registrations WHERE token_hash IS NULL"), 1);
  EXPECT_TRUE(log_in());
  EXPECT_FALSE(log_in("another good password", "192.0.2.9"));
}

TEST_F(RegistrationsTest, WhoDeletedTheAccountLatelyIsToldToWait) {
  ASSERT_TRUE(registry().removal().remove(add_alice().id, {}));
  const auto answer = register_one(kAliceEmail);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->handle, "alice");
  ASSERT_EQ(mailer().to(kAliceEmail).size(), 1U);
  EXPECT_EQ(mailer().to(kAliceEmail)[0].kind, MailKind::account_deleted);
  EXPECT_EQ(count_rows("SELECT count(*) FROM registrations WHERE token_hash IS NULL"), 1);
}

TEST_F(RegistrationsTest, ASecondTryTakesThePlaceOfTheFirst) {
  ASSERT_TRUE(register_one(kBob, "the first good password", "bobby"));
  const auto first = mailed_token(kBob);
  ASSERT_TRUE(register_one("BOB@mail.example", "the second good password", "bobby")) << "his own handle";
  EXPECT_EQ(pending(), 1);
  EXPECT_EQ(code_of(verify(first)), ErrorCode::unauthorized);
  ASSERT_TRUE(verify(mailed_token("BOB@mail.example")));
  EXPECT_FALSE(log_in("the first good password", "192.0.2.1", kBob));
  EXPECT_TRUE(log_in("the second good password", "192.0.2.1", kBob));
}

TEST_F(RegistrationsTest, AHandleAskedForIsKeptForWhoAskedFirst) {
  ASSERT_TRUE(register_one(kBob, kAlicePassword, "builder"));
  EXPECT_EQ(code_of(register_one("other@mail.example", kAlicePassword, "builder")), ErrorCode::conflict);
  const auto added = person("third@mail.example", kAlicePassword, "builder");
  EXPECT_EQ(code_of(registry().add(added, {})), ErrorCode::conflict) << "for the shell too";
  ASSERT_TRUE(verify(mailed_token(kBob)));
  EXPECT_EQ(registry().find_local("builder")->email, kBob);
}

TEST_F(RegistrationsTest, AHandleNotAskedForGetsANumberInTheEnd) {
  EXPECT_EQ(register_one("bob@a.example")->handle, "bob");
  EXPECT_EQ(register_one("bob@b.example")->handle, "bob") << "nobody learns of the first";
  ASSERT_TRUE(verify(mailed_token("bob@a.example")));
  ASSERT_TRUE(verify(mailed_token("bob@b.example")));
  EXPECT_EQ(registry().find_local("bob")->email, "bob@a.example");
  EXPECT_EQ(registry().find_local("bob2")->email, "bob@b.example");
}

TEST_F(RegistrationsTest, AnExpiredLinkIsMailedAnew) {
  ASSERT_TRUE(register_one(kBob));
  const auto first = mailed_token(kBob);
  clock_.advance(14 * 24h);
  EXPECT_EQ(code_of(verify(first)), ErrorCode::gone);
  ASSERT_EQ(mailer().to(kBob).size(), 2U);
  EXPECT_EQ(code_of(verify(first)), ErrorCode::unauthorized) << "replaced";
  clock_.advance(14 * 24h - 1s);
  EXPECT_TRUE(verify(mailed_token(kBob)));
  EXPECT_TRUE(registry().find_local(kBob));
}

TEST_F(RegistrationsTest, AreForgottenThirtyDaysAfterTheirLinkRanOut) {
  ASSERT_TRUE(register_one(kBob, kAlicePassword, "builder"));
  const auto token = mailed_token(kBob);
  clock_.advance(44 * 24h - 1s);
  ASSERT_TRUE(entrance().sweep());
  EXPECT_EQ(pending(), 1);
  clock_.advance(1s);
  ASSERT_TRUE(entrance().sweep());
  EXPECT_EQ(pending(), 0);
  EXPECT_EQ(code_of(verify(token)), ErrorCode::unauthorized);
  EXPECT_TRUE(register_one("other@mail.example", kAlicePassword, "builder")) << "the handle is free";
}

TEST_F(RegistrationsTest, AnAddressTakenMeanwhileStaysWithWhoGotItFirst) {
  ASSERT_TRUE(register_one(kBob));
  const auto added = add(kBob);
  EXPECT_EQ(code_of(verify(mailed_token(kBob))), ErrorCode::conflict);
  EXPECT_EQ(registry().find_local(kBob)->id, added.id);
  EXPECT_EQ(pending(), 0);
}

TEST_F(RegistrationsTest, SurviveARestart) {
  ASSERT_TRUE(register_one(kBob));
  const auto token = mailed_token(kBob);
  restart();
  open("open");
  ASSERT_TRUE(verify(token));
  EXPECT_TRUE(log_in(kAlicePassword, "192.0.2.1", kBob));
}

TEST_F(RegistrationsTest, NobodyRegistersWhereItIsClosed) {
  const auto token = get_token();
  open("closed");
  EXPECT_EQ(code_of(get_token()), ErrorCode::registration_closed);
  const auto wanted = person(kBob, kAlicePassword);
  EXPECT_EQ(code_of(entrance().begin_registration(token->token, wanted, client())), ErrorCode::registration_closed);
}

TEST_F(RegistrationsTest, AnInviteIsForOneAccount) {
  open("invite");
  EXPECT_EQ(code_of(get_token()), ErrorCode::registration_closed);
  EXPECT_EQ(code_of(get_token("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")), ErrorCode::registration_closed);
  const auto made = entrance().invites().make("for Bob", 24h, {"admin", "192.0.2.1"});
  ASSERT_TRUE(made);
  const auto at = made->link.find("#/register?invite=");
  ASSERT_NE(at, std::string::npos) << made->link;
  const auto invite = made->link.substr(at + 18);
  const auto first = get_token(invite);
  const auto second = get_token(invite);
  ASSERT_TRUE(first && second);
  const auto weak = entrance().begin_registration(first->token, person(kBob, "password1234"), client());
  EXPECT_EQ(code_of(weak), ErrorCode::weak_password);
  EXPECT_EQ(entrance().invites().list()->size(), 1U) << "still good";
  ASSERT_TRUE(entrance().begin_registration(first->token, person(kBob, kAlicePassword), client()));
  EXPECT_TRUE(entrance().invites().list()->empty());
  const auto other = person("other@mail.example", kAlicePassword);
  EXPECT_EQ(code_of(entrance().begin_registration(second->token, other, client())), ErrorCode::registration_closed);
  EXPECT_EQ(code_of(get_token(invite)), ErrorCode::registration_closed);
}

TEST_F(RegistrationsTest, InvitesEndAndAreTakenBack) {
  open("invite");
  const auto token_of_link = [](const MadeRegistrationInvite& made) {
    return made.link.substr(made.link.find("invite=") + 7);
  };
  auto& invites = entrance().invites();
  const auto kept = invites.make("kept", 24h, {"admin", ""});
  const auto removed = invites.make("removed", 48h, {"admin", ""});
  EXPECT_EQ(invites.list()->at(0).note, "removed") << "the newest first";
  ASSERT_TRUE(invites.remove(removed->invite.id, {"admin", ""}));
  EXPECT_EQ(code_of(invites.remove(removed->invite.id, {"admin", ""})), ErrorCode::not_found);
  EXPECT_EQ(code_of(get_token(token_of_link(*removed))), ErrorCode::registration_closed);
  clock_.advance(24h);
  EXPECT_EQ(code_of(get_token(token_of_link(*kept))), ErrorCode::registration_closed);
  EXPECT_TRUE(invites.list()->empty());
  EXPECT_EQ(code_of(invites.make("", 59s, {})), ErrorCode::bad_request);
  EXPECT_EQ(code_of(invites.make("", 91 * 24h, {})), ErrorCode::bad_request);
  EXPECT_EQ(code_of(invites.make(std::string(201, 'x'), 24h, {})), ErrorCode::bad_request);
}

TEST_F(RegistrationsTest, OneAddressCannotRegisterManyInAnHour) {
  const auto begin = [&](int n) {
    const auto token = get_token();
    return code_of(entrance().begin_registration(token->token,
                                                 person("u" + std::to_string(n) + "@mail.example", kAlicePassword),
                                                 {"2001:db8::" + std::to_string(n), "test"}));
  };
  for (int n = 0; n < 20; ++n) EXPECT_EQ(begin(n), ErrorCode::count_) << n;
  EXPECT_EQ(begin(20), ErrorCode::too_many_requests);
  clock_.advance(1h);
  EXPECT_EQ(begin(21), ErrorCode::count_);
}

TEST_F(RegistrationsTest, TheDatabaseHoldsNoTokenInTheClear) {
  const auto registration = get_token();
  ASSERT_TRUE(entrance().begin_registration(get_token()->token, person(kBob, kAlicePassword), client()));
  const auto holds = [&](const std::string& table, const std::string& token) {
    return count_rows("SELECT count(*) FROM " + table + " WHERE instr(token_hash, CAST('" + token + "' AS BLOB)) > 0");
  };
  EXPECT_EQ(count_rows("SELECT count(*) FROM registration_tokens"), 1);
  EXPECT_EQ(holds("registration_tokens", registration->token), 0);
  EXPECT_EQ(holds("registrations", mailed_token(kBob)), 0);
}

}  // namespace kith::accounts
