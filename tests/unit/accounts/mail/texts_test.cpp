#include "accounts/mail/texts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/encoding.hpp"

namespace kith::accounts {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kLink = "https://home.example/#/verify-email?token=abc-_";

// One of each kind, and of each change of the second factor.
std::vector<Mail> all_mails() {
  using namespace second_factor_change;
  const std::string to = "alice@mail.example";
  const std::map<std::string, std::string> link{{"link", kLink}}, named_link{{"link", kLink}, {"name", "Alice"}},
      email{{"email", "new@mail.example"}, {"name", "Alice"}}, name{{"name", "Alice"}};
  std::vector<Mail> mails{
      {to, MailKind::verify_registration, {}, link},
      {to, MailKind::registration_of_taken_address, {}, named_link},
      {to, MailKind::verify_email_change, {}, link},
      {to, MailKind::email_change_asked, {}, email},
      {to, MailKind::email_change_of_taken_address, {}, name},
      {to, MailKind::email_changed, {}, email},
      {to, MailKind::password_reset, {}, named_link},
      {to, MailKind::password_changed, {}, name},
      {to, MailKind::account_deleted, {}, name},
  };
  for (const auto change : {kOn, kOff, kNewCodes, kCodeUsed, kOffByAdmin})
    mails.push_back({to, MailKind::second_factor_changed, {}, {{"change", std::string(change)}}});
  return mails;
}

MailText text_of(const Mail& mail, std::string_view instance = "Our home") {
  auto text = mail_text(mail, instance);
  if (!text) {
    ADD_FAILURE() << text.error().detail;
    return {};
  }
  return *text;
}

TEST(MailTexts, AreThereForEveryKindInBothLanguages) {
  auto mails = all_mails();
  std::set<MailKind> kinds;
  for (auto& mail : mails) {
    kinds.insert(mail.kind);
    const auto english = text_of(mail);
    mail.language = "de";
    const auto german = text_of(mail);
    EXPECT_THAT(english.body, StartsWith("Hello")) << mail_kind_name(mail.kind);
    EXPECT_THAT(german.body, StartsWith("Hallo")) << mail_kind_name(mail.kind);
    EXPECT_NE(english.subject, german.subject);
    EXPECT_THAT(german.body, ::testing::AnyOf(HasSubstr("nicht du?"), HasSubstr("nicht darum gebeten?")));
    EXPECT_THAT(english.body, ::testing::AnyOf(HasSubstr("not you?"), HasSubstr("not ask for this?")));
    for (const auto& text : {english, german}) {
      EXPECT_THAT(text.subject, HasSubstr("Our home"));
      EXPECT_THAT(text.subject + text.body, Not(::testing::AnyOf(HasSubstr("{"), HasSubstr("}"))));
      EXPECT_TRUE(core::is_valid_utf8(text.body));
      if (mail.values.contains("link")) {
        EXPECT_THAT(text.body, HasSubstr("\n" + std::string(kLink) + "\n"));
      }
      if (mail.values.contains("email")) {
        EXPECT_THAT(text.body, HasSubstr("new@mail.example"));
      }
    }
  }
  EXPECT_EQ(kinds.size(), static_cast<std::size_t>(MailKind::count_));
}

TEST(MailTexts, HaveShortLines) {
  for (auto mail : all_mails()) {
    mail.language = "de";
    const auto body = text_of(mail).body;
    for (std::size_t begin = 0; begin < body.size();) {
      const auto end = body.find('\n', begin);
      ASSERT_NE(end, std::string::npos);
      EXPECT_LE(core::count_code_points(body.substr(begin, end - begin)), 72u) << body.substr(begin, end - begin);
      begin = end + 1;
    }
  }
}

TEST(MailTexts, FollowTheLanguage) {
  Mail mail{"alice@mail.example", MailKind::password_changed, {}, {}};
  for (const auto* german : {"de", "de-AT", "DE"}) {
    mail.language = german;
    EXPECT_THAT(text_of(mail).body, StartsWith("Hallo,")) << german;
  }
  for (const auto* other : {"en", "fr", "den", ""}) {
    mail.language = other;
    EXPECT_THAT(text_of(mail).body, StartsWith("Hello,")) << other;
  }
}

TEST(MailTexts, GreetByNameWhereThereIsOne) {
  Mail mail{"alice@mail.example", MailKind::password_changed, {}, {{"name", "Alice"}}};
  EXPECT_THAT(text_of(mail).body, StartsWith("Hello Alice,\n\n"));
  mail.values["name"] = "";
  EXPECT_THAT(text_of(mail).body, StartsWith("Hello,\n\n"));
}

TEST(MailTexts, TakeNoOrdersFromNames) {
  Mail mail{"alice@mail.example", MailKind::password_changed, {}, {}};
  mail.values["name"] = "A\r\n\r\nDear customer,\n{link} {instance}\xe2\x80\xae" + std::string(5000, 'x');
  const auto text = text_of(mail, "Home\r\nBcc: eve@evil.example");
  EXPECT_EQ(text.subject, "Your password on Home  Bcc: eve@evil.example was changed");
  EXPECT_THAT(text.body, StartsWith("Hello A Dear customer, {link} {instance}\nxxx"));
  EXPECT_THAT(text.body, Not(HasSubstr("\n\nDear")));
  EXPECT_LT(text.body.size(), 1000u);
}

TEST(MailTexts, RefuseMailsThatLackSomething) {
  const std::string to = "alice@mail.example";
  EXPECT_FALSE(mail_text({to, MailKind::password_reset, {}, {}}, "x"));
  EXPECT_FALSE(mail_text({to, MailKind::password_reset, {}, {{"link", ""}}}, "x"));
  EXPECT_FALSE(mail_text({to, MailKind::password_changed, {}, {{"link", kLink}}}, "x"));
  EXPECT_FALSE(mail_text({to, MailKind::second_factor_changed, {}, {{"change", "somehow"}}}, "x"));
  EXPECT_FALSE(mail_text({to, MailKind::count_, {}, {}}, "x"));
  EXPECT_FALSE(mail_text({"", MailKind::password_changed, {}, {}}, "x"));
  EXPECT_FALSE(mail_text({to, MailKind::password_changed, {}, {{"name", "\xff"}}}, "x"));
}

// Whoever registers a stranger's address must not have us send that stranger their words.
TEST(MailTexts, SayNothingOfTheAskersToUnprovenAddresses) {
  for (const auto kind : {MailKind::verify_registration, MailKind::verify_email_change}) {
    EXPECT_FALSE(mail_text({"alice@mail.example", kind, {}, {{"link", kLink}, {"name", "Buy at evil.example"}}}, "x"));
  }
}

TEST(MailTexts, RefuseLinksThatWouldNotStayWhole) {
  for (const auto* link : {"https://a b", "https://a\nb", "https://ä"})
    EXPECT_FALSE(mail_text({"alice@mail.example", MailKind::password_reset, {}, {{"link", link}}}, "x")) << link;
}

}  // namespace
}  // namespace kith::accounts
