// Links of live transfers.
#include "client/live_link.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace kith::client {
namespace {

constexpr const char* kSecret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

std::string link(const std::string& page = "https://a.example/live/l", const std::string& code = "0123abcdwxyz") {
  return page + "#" + code + "." + kSecret;
}

TEST(LiveLink, IsReadAsItWasMade) {
  const auto read = parse_live_link(" " + link("https://a.example:8443/below/live/l") + "\n");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->server, "https://a.example:8443/below");
  EXPECT_EQ(read->code, "0123abcdwxyz");
  EXPECT_EQ(read->secret.view().front(), 0);
  EXPECT_EQ(read->secret.view().back(), 31);
  EXPECT_EQ(make_live_link("https://a.example/live/l", "0123abcdwxyz", read->secret).value(), link());
}

TEST(LiveLink, WhatIsNotWholeIsRefused) {
  const std::string hostile[] = {
      "",
      "https://a.example/live/l",
      link("https://a.example/exchange/d"),
      link("https://a.example/live/lx"),
      link("ftp://a.example/live/l"),
      link("a.example/live/l"),
      link("https:///live/l"),
      link("https://user@a.example/live/l"),
      link("https://a.example/\x1b[2J/live/l"),
      link("https://a.example/?/live/l"),
      link("https://" + std::string(5000, 'a') + "/live/l"),
      link("https://a.example/live/l", "0123abcdwxy"),
      link("https://a.example/live/l", "0123ABCDWXYZ"),
      link("https://a.example/live/l", "0123abcdwxyi"),  // not of the alphabet
      link("https://a.example/live/l", "../../../../"),
      link("https://a.example/live/l", ""),
      link() + "A",
      link().substr(0, link().size() - 1),
      link().substr(0, link().size() - 1) + "9",  // bits that stand for nothing
      link() + "." + kSecret,
      link() + "#",
  };
  for (const auto& text : hostile) {
    const auto read = parse_live_link(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().code, core::ErrorCode::bad_request) << text;
    EXPECT_TRUE(
        std::none_of(read.error().detail.begin(), read.error().detail.end(), [](char c) { return c == '\x1b'; }));
  }
}

TEST(LiveLink, IsNotMadeOfWhatNoReceiverReads) {
  const LiveSecret secret;
  EXPECT_FALSE(make_live_link("https://a.example/other", "0123abcdwxyz", secret).has_value());
  EXPECT_FALSE(make_live_link("https://a.example/live/l", "short", secret).has_value());
}

}  // namespace
}  // namespace kith::client
