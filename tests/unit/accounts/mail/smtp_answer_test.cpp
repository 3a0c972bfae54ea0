#include "accounts/mail/smtp_answer.hpp"

#include <gtest/gtest.h>

namespace kith::accounts {
namespace {

TEST(SmtpAnswer, CodesAreThreeDigitsOfAKnownKind) {
  EXPECT_EQ(reply_code("250 OK"), 250);
  EXPECT_EQ(reply_code("550-5.1.1 no such user"), 550);
  EXPECT_EQ(reply_code("421"), 421);
  for (const auto* other : {"", "2", "25", "2500 OK", "650 x", "199 x", "abc", "-50", " 250"})
    EXPECT_EQ(reply_code(other), std::nullopt) << other;
}

TEST(SmtpAnswer, IsShownWithoutTheAddress) {
  EXPECT_EQ(presentable_answer("550 5.1.1 <Alice@Mail.example>: user alice unknown\r\n", "alice@mail.example"),
            "550 5.1.1 <...>: user ... unknown");
  EXPECT_EQ(presentable_answer("550 no mailbox for alicealice", "alice@mail.example"), "550 no mailbox for ......");
  // Two characters are in every word.
  EXPECT_EQ(presentable_answer("550 albert@x unknown", "al@x"), "550 albert@x unknown");
}

TEST(SmtpAnswer, IsShortAndHarmless) {
  const auto shown = presentable_answer("550 \x1b[31mred\x07 \xff" + std::string(5000, 'x'), "bob@mail.example");
  EXPECT_EQ(shown.substr(0, 16), "550 ?[31mred? ?x");
  EXPECT_LE(shown.size(), 300u);
}

}  // namespace
}  // namespace kith::accounts
