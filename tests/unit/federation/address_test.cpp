#include "federation/address.hpp"

#include <gtest/gtest.h>

namespace kith::federation {
namespace {

TEST(Domain, TakesCanonicalSpellings) {
  for (const auto* text : {"a.example", "nas", "a.example:8471", "xn--bcher-kva.example", "192.0.2.1", "192.0.2.1:80",
                           "[2001:db8::1]", "[::1]:8471", "[::]", "[1:0:0:2::3]", "[2001:db8:0:1:1:1:1:1]", "[fe80::1]",
                           "1password.example", "a.example:1", "a.example:65535", "0xg", "[::1:2]"}) {
    const auto domain = Domain::parse(text);
    ASSERT_TRUE(domain) << text << ": " << domain.error().detail;
    EXPECT_EQ(domain->text(), text);
  }
}

TEST(Domain, RefusesEveryOtherSpelling) {
  const std::string label63(63, 'a');
  const std::string long_name = label63 + "." + label63 + "." + label63 + "." + label63;  // 255
  for (const std::string& text : {std::string(),
                                  std::string("A.example"),
                                  std::string("a.example."),
                                  std::string(".a"),
                                  std::string("a..b"),
                                  std::string("-a"),
                                  std::string("a-"),
                                  std::string("a_b"),
                                  std::string("b\xC3\xBC"
                                              "cher.example"),
                                  std::string("a.example:443"),
                                  std::string("a.example:"),
                                  std::string("a.example:0"),
                                  std::string("a.example:08471"),
                                  std::string("a.example:65536"),
                                  std::string("a.example:99999999"),
                                  std::string("a.example:8a"),
                                  std::string("a.example:+8"),
                                  std::string("a.example:1:2"),
                                  std::string("192.0.2.01"),
                                  std::string("192.0.2"),
                                  std::string("192.0.2.256"),
                                  std::string("192.0.2.1."),
                                  std::string("1.2.3.4.5"),
                                  std::string("0x7f"),
                                  std::string("a.0x"),
                                  std::string("127.1"),
                                  std::string("2001:db8::1"),
                                  std::string("[2001:DB8::1]"),
                                  std::string("[2001:db8:0:0:0:0:0:1]"),
                                  std::string("[2001:0db8::1]"),
                                  std::string("[2001:db8::0:1]"),
                                  std::string("[2001:db8::1:1:1:1:1]"),
                                  std::string("[1::2:0:0:0:3]"),
                                  std::string("[1:0:0:2:0:0:0:3]"),
                                  std::string("[::ffff:192.0.2.1]"),
                                  std::string("[::ffff:c000:201]"),
                                  std::string("[::192.0.2.1]"),
                                  std::string("[fe80::1%eth0]"),
                                  std::string("[::1"),
                                  std::string("::1]"),
                                  std::string("[]"),
                                  std::string("[::1]x"),
                                  std::string("x[::1]"),
                                  std::string("a.example/"),
                                  std::string("a example"),
                                  std::string("user@a.example"),
                                  std::string("a\0b", 3),
                                  std::string("[::1\0]", 6),
                                  label63 + "a.example",
                                  long_name}) {
    const auto domain = Domain::parse(text);
    EXPECT_FALSE(domain) << text;
    if (!domain) {
      EXPECT_EQ(domain.error().code, core::ErrorCode::bad_request);
    }
  }
}

TEST(Domain, KnowsHostPortAndWhetherPlainHttpIsPossible) {
  const auto plain = Domain::parse("a.example").value();
  EXPECT_EQ(plain.host(), "a.example");
  EXPECT_TRUE(plain.https_only());
  const auto v6 = Domain::parse("[2001:db8::1]:8471").value();
  EXPECT_EQ(v6.host(), "[2001:db8::1]");
  EXPECT_EQ(v6.port(), 8471);
  EXPECT_FALSE(v6.https_only());
}

TEST(Address, ReadsHandleAndDomain) {
  const auto address = Address::parse("alice.b_c-1@a.example:8471").value();
  EXPECT_EQ(address.handle(), "alice.b_c-1");
  EXPECT_EQ(address.domain().text(), "a.example:8471");
  EXPECT_EQ(address.text(), "alice.b_c-1@a.example:8471");
}

TEST(Address, RefusesEveryOtherSpelling) {
  for (const std::string& text :
       {std::string(), std::string("alice"), std::string("@a.example"), std::string("alice@"),
        std::string("Alice@a.example"), std::string("al ice@a.example"), std::string("a@b@c"),
        std::string("al+ice@a.example"), std::string(65, 'a') + "@a.example", std::string("alice@a.example:443"),
        std::string("al\xC3\xAC"
                    "ce@a.example")}) {
    EXPECT_FALSE(Address::parse(text)) << text;
  }
  EXPECT_TRUE(Address::parse(std::string(64, 'a') + "@a.example"));
}

}  // namespace
}  // namespace kith::federation
