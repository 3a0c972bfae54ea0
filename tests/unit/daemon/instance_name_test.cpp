#include "daemon/api/instance_name.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kith::daemon {
namespace {

std::string complaint(const core::Expected<void>& checked) {
  if (checked) return "";
  EXPECT_EQ(checked.error().code, core::ErrorCode::bad_request);
  return checked.error().detail;
}

std::string repeated(std::string_view text, int times) {
  std::string out;
  while (times-- > 0) out += text;
  return out;
}

TEST(InstanceName, TakesWhatPeopleCallTheirHouse) {
  for (const auto& name :
       {std::string("x"), std::string("The Example family"), std::string("Zum grünen Baum"), std::string("我们的家"),
        std::string("בית שלנו"), std::string("👩\u200D👩\u200D👧 house ❤\uFE0F"), std::string("می\u200Cخواهم"),
        repeated("ü", 80), std::string("a  b"), std::string("a\u00A0b")})
    EXPECT_EQ(complaint(check_instance_name(name)), "") << name;
}

TEST(InstanceName, SaysWhatIsWrong) {
  EXPECT_THAT(complaint(check_instance_name("")), testing::HasSubstr("empty"));
  EXPECT_THAT(complaint(check_instance_name(repeated("ü", 81))), testing::HasSubstr("longer than 80"));
  EXPECT_THAT(complaint(check_instance_name("a\xFF")), testing::HasSubstr("UTF-8"));
  for (const auto* name : {"a\nb", "\t", "a\x7F", "a\u0085", "a\u2028b", "a\u2029"})
    EXPECT_THAT(complaint(check_instance_name(name)), testing::HasSubstr("control character")) << name;
  EXPECT_THAT(complaint(check_instance_name(std::string_view("a\0b", 3))), testing::HasSubstr("control character"));
  for (const auto* name : {" a", "\u3000a", " "})
    EXPECT_THAT(complaint(check_instance_name(name)), testing::HasSubstr("begins with a space")) << name;
  for (const auto* name : {"a ", "a\u00A0", "a b\u2003"})
    EXPECT_THAT(complaint(check_instance_name(name)), testing::HasSubstr("ends with a space")) << name;
}

// Each of them shows as something else than it is, or as nothing.
TEST(InstanceName, RefusesWhatDeceivesTheEye) {
  for (const auto* hidden : {"\u00AD", "\u061C", "\u115F", "\u180E", "\u200B", "\u200E",    "\u200F", "\u202A",
                             "\u202B", "\u202C", "\u202D", "\u202E", "\u2060", "\u2066",    "\u2067", "\u2068",
                             "\u2069", "\u3164", "\uFEFF", "\uFFA0", "\uFFF9", "\U000E0041"}) {
    EXPECT_THAT(complaint(check_instance_name("a" + std::string(hidden) + "b")), testing::HasSubstr("invisible"));
    EXPECT_THAT(complaint(check_instance_name(hidden)), testing::HasSubstr("invisible"));
  }
}

TEST(InstanceDomain, IsWhatTheConfigurationTakesAndPeersTake) {
  for (const auto* domain : {"home.example", "home.example:8471", "nas", "192.0.2.1", "127.0.0.1:8471", "[2001:db8::1]",
                             "[::1]:8471", "xn--mnchen-3ya.example"})
    EXPECT_EQ(complaint(check_instance_domain(domain)), "") << domain;
  EXPECT_EQ(complaint(check_instance_domain("Home.example")), "the domain must be in lower case");
  EXPECT_THAT(complaint(check_instance_domain("home.example:443")), testing::HasSubstr("write \"home.example\""));
  EXPECT_THAT(complaint(check_instance_domain("münchen.example")), testing::HasSubstr("ASCII"));
  // The configuration's own rules let these through; other instances would not.
  EXPECT_THAT(complaint(check_instance_domain("a.0x7f")), testing::HasSubstr("other instances"));
  for (const auto* domain : {"", " ", "https://home.example", "home.example/", "user@home.example", "home.example.",
                             "a..b", "1.2.3", "home.example:0", "home.example:65536", "[::1", "::1", "home.example\n"})
    EXPECT_NE(complaint(check_instance_domain(domain)), "") << domain;
  EXPECT_NE(complaint(check_instance_domain(std::string_view("home\0.example", 13))), "");
}

}  // namespace
}  // namespace kith::daemon
