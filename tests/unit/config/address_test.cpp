#include "config/address.hpp"

#include "config/byte_size.hpp"

namespace kith::config {
namespace {

TEST(InstanceDomain, TakesCanonicalOnes) {
  for (const char* text :
       {"a.example", "a.example:8471", "localhost:1", "xn--bcher-kva.example", "127.0.0.1:8471", "10.0.0.1",
        "[::1]:8471", "[2001:db8::1]", "a-b.c3.example:65535", "3com.example", "1.2.example"})
    EXPECT_EQ(wrong_with_domain(text), "") << text;
}

TEST(InstanceDomain, RefusesEverythingElse) {
  const std::string long_label(64, 'a');
  std::string long_host = "a";
  while (long_host.size() <= 253) long_host += ".a";
  for (const std::string& text : {std::string(""),
                                  std::string("A.example"),
                                  std::string("a.example."),
                                  std::string("a..example"),
                                  std::string(".example"),
                                  std::string("-a.example"),
                                  std::string("a-.example"),
                                  std::string("a_b.example"),
                                  std::string("a.example:"),
                                  std::string("a.example:0"),
                                  std::string("a.example:65536"),
                                  std::string("a.example:080"),
                                  std::string("a.example:+80"),
                                  std::string("a.example:80:80"),
                                  std::string("a.example:443"),
                                  std::string("b\u00fccher.example"),
                                  std::string("a b"),
                                  std::string("a/b"),
                                  std::string("a@b"),
                                  std::string("https://a.example"),
                                  std::string("127.0.0.256"),
                                  std::string("127.1"),
                                  std::string("127.0.0.01"),
                                  std::string("a.1"),
                                  std::string("::1"),
                                  std::string("[::1"),
                                  std::string("[]"),
                                  std::string("[::1]x"),
                                  std::string("[::1]x:80"),
                                  std::string("[0:0::1]:80"),
                                  std::string("[2001:DB8::1]"),
                                  std::string("[127.0.0.1]"),
                                  std::string("a.example\0", 10),
                                  long_label + ".example",
                                  long_host})
    EXPECT_NE(wrong_with_domain(text), "") << text;
}

TEST(InstanceDomain, SaysWhatWouldBeRight) {
  EXPECT_THAT(wrong_with_domain("a.example:443"), testing::HasSubstr("write \"a.example\""));
  EXPECT_THAT(wrong_with_domain("[0:0::1]:80"), testing::HasSubstr("[::1]"));
  EXPECT_THAT(wrong_with_domain("b\u00fccher.example"), testing::HasSubstr("xn--"));
  EXPECT_THAT(wrong_with_domain("A.example"), testing::HasSubstr("lower case"));
}

TEST(ListenAddress, IsAnIpAddressAndPortOrASocket) {
  const auto v4 = parse_listen_address("127.0.0.1:8470");
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->host, "127.0.0.1");
  EXPECT_EQ(v4->port, 8470);
  const auto v6 = parse_listen_address("[::1]:1");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->host, "::1");
  const auto socket = parse_listen_address("unix:/run/kith/local.sock");
  ASSERT_TRUE(socket);
  EXPECT_EQ(socket->socket_path, "/run/kith/local.sock");
  for (const std::string& text :
       {std::string("8470"), std::string(":8470"), std::string("127.0.0.1"), std::string("127.0.0.1:"),
        std::string("127.0.0.1:0"), std::string("127.0.0.1:65536"), std::string("127.0.0.1:x"),
        std::string("localhost:80"), std::string("::1:80"), std::string("[127.0.0.1]:80"), std::string("unix:"),
        std::string("unix:relative"), "unix:/" + std::string(107, 'a'), std::string("[::1]80"), std::string("[]:80")})
    EXPECT_FALSE(parse_listen_address(text)) << text;
}

TEST(PageUrl, MayHaveThePathOfAProxy) {
  for (const auto* text : {"https://home.example", "http://127.0.0.1:8470", "https://home.example/kith",
                           "https://home.example:8443/our/kith-2.0"}) {
    EXPECT_EQ(wrong_with_page_url(text), "") << text;
  }
  for (const auto* text : {"https://home.example/", "https://home.example/kith/", "https://home.example//kith", "/kith",
                           "https://home.example/../kith", "https://home.example/k ith", "https://home.example/kith?a",
                           "https://home.example/kith#a", "https:///kith", "home.example/kith"}) {
    EXPECT_NE(wrong_with_page_url(text), "") << text;
  }
}

TEST(BaseUrl, IsSchemeAndDomainAlone) {
  EXPECT_EQ(wrong_with_base_url("https://home.example"), "");
  EXPECT_EQ(wrong_with_base_url("http://127.0.0.1:8470"), "");
  for (const char* text : {"home.example", "ftp://home.example", "https://", "https://home.example/", "https://a/b",
                           "https://a?b", "https://a#b", "https://user@a", "HTTPS://a", "https://A"})
    EXPECT_NE(wrong_with_base_url(text), "") << text;
}

TEST(Network, IsAnAddressOrABlock) {
  for (const char* text : {"127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8", "0.0.0.0/0", "::/128"})
    EXPECT_EQ(wrong_with_network(text), "") << text;
  for (const char* text :
       {"", "proxy", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/-1", "::/129", "10/8", "[::1]"})
    EXPECT_NE(wrong_with_network(text), "") << text;
}

TEST(ByteSize, KnowsBinaryAndDecimalUnits) {
  EXPECT_EQ(parse_byte_size("0"), 0u);
  EXPECT_EQ(parse_byte_size("1073741824"), 1ull << 30);
  EXPECT_EQ(parse_byte_size("100 GiB"), 100ull << 30);
  EXPECT_EQ(parse_byte_size("100GiB"), 100ull << 30);
  EXPECT_EQ(parse_byte_size("3 kB"), 3000u);
  EXPECT_EQ(parse_byte_size("2 TB"), 2'000'000'000'000u);
  EXPECT_EQ(parse_byte_size("4194304 TiB"), 1ull << 62);
  for (const char* text : {"", " 1", "1 ", "1  GiB", "GiB", "-1", "+1", "1.5 GiB", "1 gib", "1 PiB", "0x10", "1e3",
                           "4194305 TiB", "18446744073709551616", "4611686018427387905"})
    EXPECT_FALSE(parse_byte_size(text)) << text;
}

}  // namespace
}  // namespace kith::config
