#include "accounts/authorization.hpp"

#include <gtest/gtest.h>

#include "core/encoding.hpp"

namespace kith::accounts {
namespace {

std::string basic(std::string_view text) {
  return "Basic " + core::to_base64(core::as_bytes(text));
}

}  // namespace

TEST(BasicAuthorization, KeepsThePasswordAsSent) {
  const auto parsed = parse_basic(basic("alice@mail.example: a:b "));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->email, "alice@mail.example");
  EXPECT_EQ(parsed->password, " a:b ");
  EXPECT_TRUE(parse_basic("bAsIc  " + basic("a:b").substr(6)));
}

TEST(BasicAuthorization, RefusesWhatIsNotOne) {
  EXPECT_FALSE(parse_basic(""));
  EXPECT_FALSE(parse_basic("Basic"));
  EXPECT_FALSE(parse_basic("Basic "));
  EXPECT_FALSE(parse_basic("Basic !!!!"));
  EXPECT_FALSE(parse_basic(basic("no colon")));
  EXPECT_FALSE(parse_basic(basic("a:\xff")));
  EXPECT_FALSE(parse_basic("Bearer " + basic("a:b").substr(6)));
  EXPECT_FALSE(parse_basic(basic("a:" + std::string(kMaxAuthorization, 'x'))));
}

TEST(BearerAuthorization, GivesTheToken) {
  EXPECT_EQ(parse_bearer("Bearer abc"), "abc");
  EXPECT_EQ(parse_bearer("bearer abc"), "abc");
  EXPECT_FALSE(parse_bearer("Bearer"));
  EXPECT_FALSE(parse_bearer("Bearer "));
  EXPECT_FALSE(parse_bearer("Bearerabc"));
  EXPECT_FALSE(parse_bearer("Basic abc"));
}

}  // namespace kith::accounts
