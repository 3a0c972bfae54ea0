// RFC 6238, appendix B, and what an authenticator app reads.
#include "core/crypto/totp.hpp"

#include <gtest/gtest.h>

#include "core/encoding.hpp"

namespace kith::core {
namespace {

using namespace std::chrono_literals;

TotpKey rfc_key() {
  return TotpKey::from(as_bytes("12345678901234567890")).value();
}

Timestamp at(std::int64_t seconds) {
  return Timestamp{std::chrono::seconds{seconds}};
}

TEST(Totp, MatchesRfc6238AppendixB) {
  struct Vector {
    std::int64_t seconds;
    std::int64_t step;
    std::string code;  // of eight digits; six are its last six (RFC 4226, section 5.3)
  };
  const Vector vectors[] = {{59, 0x1, "94287082"},
                            {1111111109, 0x23523EC, "07081804"},
                            {1111111111, 0x23523ED, "14050471"},
                            {1234567890, 0x273EF07, "89005924"},
                            {2000000000, 0x3F940AA, "69279037"},
                            {20000000000, 0x27BC86AA, "65353130"}};
  for (const auto& vector : vectors) {
    EXPECT_EQ(totp_step(at(vector.seconds)), vector.step);
    EXPECT_EQ(totp_code(rfc_key(), vector.step), vector.code.substr(2)) << vector.seconds;
    EXPECT_EQ(find_totp_step(rfc_key(), vector.code.substr(2), at(vector.seconds)), vector.step);
  }
}

TEST(Totp, AStepBeginsEachHalfMinute) {
  EXPECT_EQ(totp_step(at(60) - 1ms), 1);
  EXPECT_EQ(totp_step(at(60)), 2);
  EXPECT_EQ(totp_step(at(89)), 2);
  EXPECT_EQ(totp_step(at(90)), 3);
}

TEST(Totp, TakesTheStepsBesideNowAndNoOthers) {
  const auto now = at(1111111111);
  const auto step = totp_step(now);
  for (const auto beside : {-1, 0, 1})
    EXPECT_EQ(find_totp_step(rfc_key(), totp_code(rfc_key(), step + beside), now), step + beside);
  for (const auto far : {-3, -2, 2, 3})
    EXPECT_FALSE(find_totp_step(rfc_key(), totp_code(rfc_key(), step + far), now)) << far;
}

TEST(Totp, TakesNothingButSixRightDigits) {
  const auto now = at(1111111111);
  const auto code = totp_code(rfc_key(), totp_step(now));
  for (std::size_t i = 0; i < code.size(); ++i) {
    auto wrong = code;
    wrong[i] = wrong[i] == '9' ? '0' : static_cast<char>(wrong[i] + 1);
    EXPECT_FALSE(find_totp_step(rfc_key(), wrong, now)) << wrong;
  }
  for (const auto& text : {std::string(), code.substr(1), code + "0", " " + code, "14" + code, std::string(6, '\0')})
    EXPECT_FALSE(find_totp_step(rfc_key(), text, now)) << text;
  EXPECT_FALSE(find_totp_step(TotpKey(), code, now)) << "another key";
}

TEST(Totp, UriHoldsWhatAppsNeed) {
  EXPECT_EQ(totp_uri(rfc_key(), "Kith", "alice@mail.example"),
            "otpauth://totp/Kith:alice%40mail.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Kith"
            "&algorithm=SHA1&digits=6&period=30");
}

TEST(Totp, UriEscapesWhatWouldMeanSomethingElse) {
  const auto uri = totp_uri(rfc_key(), "Müllers: Haus & Hof?", "a&secret=AAAA@mail.example");
  EXPECT_NE(
      uri.find("otpauth://totp/M%C3%BCllers%3A%20Haus%20%26%20Hof%3F:a%26secret%3DAAAA%40mail.example?secret=GEZD"),
      std::string::npos)
      << uri;
  EXPECT_EQ(uri.find("secret="), uri.rfind("secret=")) << uri;
}

}  // namespace
}  // namespace kith::core
