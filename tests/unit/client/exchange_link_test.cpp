#include "client/exchange_link.hpp"

#include <gtest/gtest.h>

#include "core/encoding.hpp"

namespace kith::client {
namespace {

const std::string kToken(43, 'A'), kKey = std::string(42, 'B') + "A";

TEST(ExchangeLink, IsTakenApart) {
  const auto get = parse_exchange_link("https://kith.example/exchange/d#" + kToken);
  ASSERT_TRUE(get);
  EXPECT_EQ(get->server, "https://kith.example");
  EXPECT_EQ(get->role, ExchangeLink::Role::get);
  EXPECT_EQ(get->token, kToken);
  EXPECT_FALSE(get->key);
  const auto give = parse_exchange_link("  http://[::1]:8471/at/home/exchange/u#" + kToken + "." + kKey + "\n");
  ASSERT_TRUE(give);
  EXPECT_EQ(give->server, "http://[::1]:8471/at/home");
  EXPECT_EQ(give->role, ExchangeLink::Role::give);
  ASSERT_TRUE(give->key);
  EXPECT_EQ(core::to_base64url(give->key->view()), kKey);
}

TEST(ExchangeLink, IsRefusedWhenItIsNotWhole) {
  const auto good = "https://kith.example/exchange/d#" + kToken;
  for (const auto& text :
       {std::string(), std::string("#"), good.substr(0, good.size() - 1), good + "A", good + ".",
        good + "." + kKey + "A", good + "." + kKey.substr(1), good + "." + kKey + "." + kKey,
        "https://kith.example/exchange/x#" + kToken, "https://kith.example/exchange/d?" + kToken,
        "ftp://kith.example/exchange/d#" + kToken, "file:///exchange/d#" + kToken,
        "//kith.example/exchange/d#" + kToken, "https:///exchange/d#" + kToken,
        "https://me@kith.example/exchange/d#" + kToken, "https://kith.example\r\nX: y/exchange/d#" + kToken,
        "https://kith.example/?a/exchange/d#" + kToken, std::string(5000, 'h') + good})
    EXPECT_FALSE(parse_exchange_link(text)) << text;
}

TEST(ExchangeLink, ThatOfALiveTransferSaysWhatItIsFor) {
  const auto refused = parse_exchange_link("https://kith.example/live/l#0123456789ab." + kKey);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("kith live receive"), std::string::npos);
}

TEST(Server, IsAnAddressOfTheWeb) {
  EXPECT_EQ(parse_server("http://127.0.0.1:8470/").value(), "http://127.0.0.1:8470");
  EXPECT_EQ(parse_server(" https://kith.example ").value(), "https://kith.example");
  for (const auto* text :
       {"", "kith.example", "https://", "http://a b", "javascript://x", "https://a/#b", "https://a\\b"})
    EXPECT_FALSE(parse_server(text)) << text;
}

}  // namespace
}  // namespace kith::client
