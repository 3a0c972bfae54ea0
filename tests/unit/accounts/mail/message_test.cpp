#include "accounts/mail/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kith::accounts {
namespace {

using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

Message plain_message() {
  Message message;
  message.id = "01hxyz";
  message.date = core::from_unix_ms(1'795'288'405'123);
  message.from = "kith@home.example";
  message.from_name = "Our home";
  message.to = "alice@mail.example";
  message.subject = "Hello";
  message.text = "Open this:\n\nhttps://home.example/#/verify-email?token=abc\n";
  return message;
}

std::string rendered(const Message& message, TextCoding coding = TextCoding::seven_bit) {
  auto text = to_rfc5322(message, coding);
  if (!text) {
    ADD_FAILURE() << text.error().detail;
    return {};
  }
  return *text;
}

std::string head_of(const std::string& mail) {
  return mail.substr(0, mail.find("\r\n\r\n") + 2);
}

TEST(MailMessage, IsWhatMailProgramsExpect) {
  EXPECT_EQ(rendered(plain_message()),
            "Date: Sat, 21 Nov 2026 19:13:25 +0000\r\n"
            "Message-ID: <01hxyz@home.example>\r\n"
            "From: \"Our home\"\r\n <kith@home.example>\r\n"
            "To: <alice@mail.example>\r\n"
            "Subject: Hello\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=us-ascii\r\n"
            "Content-Transfer-Encoding: 7bit\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "\r\n"
            "Open this:\r\n\r\nhttps://home.example/#/verify-email?token=abc\r\n");
}

TEST(MailMessage, KeepsALongLinkOnOneLine) {
  auto message = plain_message();
  const auto link = "https://home.example/#/verify-email?token=" + std::string(500, 'x');
  message.text = "Open:\n" + link + "\n";
  EXPECT_THAT(rendered(message), HasSubstr("\r\n" + link + "\r\n"));
}

TEST(MailMessage, HasNoLineLongerThanMailMayHave) {
  auto message = plain_message();
  message.text = std::string(3000, 'x') + "\n";
  const auto mail = rendered(message);
  EXPECT_THAT(mail, HasSubstr("quoted-printable"));
  for (std::size_t begin = 0; begin < mail.size();) {
    const auto end = mail.find("\r\n", begin);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - begin, 998u);
    begin = end + 2;
  }
}

TEST(MailMessage, IsSevenBitForServersAndAsItIsForFiles) {
  auto message = plain_message();
  message.text = "Schöne Grüße\n";
  const auto wire = rendered(message);
  EXPECT_THAT(wire, HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_THAT(wire, EndsWith("\r\n\r\nSch=C3=B6ne Gr=C3=BC=C3=9Fe\r\n"));
  const auto file = rendered(message, TextCoding::eight_bit);
  EXPECT_THAT(file, HasSubstr("Content-Transfer-Encoding: 8bit\r\n"));
  EXPECT_THAT(file, EndsWith("\r\n\r\nSchöne Grüße\r\n"));
}

TEST(MailMessage, EncodesHeadersBeyondAscii) {
  auto message = plain_message();
  message.from_name = "Müllers";
  message.subject = "Für dich";
  const auto mail = rendered(message, TextCoding::eight_bit);
  EXPECT_THAT(mail, HasSubstr("From: =?UTF-8?B?TcO8bGxlcnM=?=\r\n <kith@home.example>\r\n"));
  EXPECT_THAT(mail, HasSubstr("Subject: =?UTF-8?B?RsO8ciBkaWNo?=\r\n"));
}

TEST(MailMessage, QuotesNamesThatWouldMeanSomething) {
  auto message = plain_message();
  message.from_name = R"(a"b\c, <eve@evil.example>)";
  EXPECT_THAT(rendered(message), HasSubstr("From: \"a\\\"b\\\\c, <eve@evil.example>\"\r\n <kith@home.example>\r\n"));
}

TEST(MailMessage, DoesNotPassOffTextAsEncodedWords) {
  auto message = plain_message();
  message.subject = "=?UTF-8?B?eA==?=";
  EXPECT_THAT(head_of(rendered(message)), Not(HasSubstr("Subject: =?UTF-8?B?eA==?=\r\n")));
}

TEST(MailMessage, RefusesWhatWouldBeginAnotherHeader) {
  for (const std::string evil : {"x\r\nBcc: eve@evil.example", "x\nBcc: eve@evil.example", "x\ry", "x\x01y",
                                 "x\xc2\x85y", "x\xe2\x80\xa8y", "not UTF-8: \xff"}) {
    auto message = plain_message();
    message.subject = evil;
    EXPECT_FALSE(to_rfc5322(message, TextCoding::seven_bit)) << evil;
    message = plain_message();
    message.from_name = evil;
    EXPECT_FALSE(to_rfc5322(message, TextCoding::seven_bit)) << evil;
    message = plain_message();
    message.id = evil;
    EXPECT_FALSE(to_rfc5322(message, TextCoding::seven_bit)) << evil;
  }
}

TEST(MailMessage, RefusesAddressesThatAreMoreThanOne) {
  for (const std::string evil :
       {"", "alice", "@x", "alice@", "a@x> <b@y", "a@x\r\nRCPT TO:<b@y>", "a@x, b@y", "a b@x", "ä@x", "\"a\"@x"}) {
    auto message = plain_message();
    message.to = evil;
    EXPECT_FALSE(to_rfc5322(message, TextCoding::seven_bit)) << evil;
    message = plain_message();
    message.from = evil;
    EXPECT_FALSE(to_rfc5322(message, TextCoding::seven_bit)) << evil;
  }
}

TEST(MailMessage, RefusesTextThatIsNoText) {
  auto message = plain_message();
  message.text = "\xff\xfe";
  EXPECT_FALSE(to_rfc5322(message, TextCoding::seven_bit));
}

}  // namespace
}  // namespace kith::accounts
