#include "daemon/api/session_cookie.hpp"

#include <gtest/gtest.h>

#include "daemon/api/session_links.hpp"

namespace kith::daemon {
namespace {

constexpr std::chrono::hours kLife{2};

core::VerifyKey key(std::uint8_t byte) {
  core::VerifyKey out;
  out.data.fill(byte);
  return out;
}

Request request(bool secure, std::string host = "127.0.0.1:8470") {
  Request out;
  out.secure = secure;
  out.host = std::move(host);
  return out;
}

SessionCookie plain() {
  return {key(1), "http://127.0.0.1:8470", request(false)};
}

Headers cookies(std::initializer_list<std::string> fields) {
  Headers headers;
  for (const auto& field : fields) headers.add("Cookie", field);
  return headers;
}

// The token found; "nothing", or the name of the error.
std::string token_in(const SessionCookie& cookie, const Headers& headers) {
  const auto token = cookie.token_in(headers);
  if (!token) return std::string(core::error_info(token.error().code).name);
  return std::string(token->value_or("nothing"));
}

TEST(SessionCookie, IsNamedAfterTheInstanceKey) {
  // The first digits of `head -c 32 /dev/zero | tr '\0' '\1' | sha256sum`.
  EXPECT_EQ(plain().name(), "kith-72cd6e84");
  EXPECT_NE(SessionCookie(key(2), "", request(false)).name(), plain().name());
}

TEST(SessionCookie, HasItsAttributesWithAndWithoutTls) {
  EXPECT_EQ(plain().holding("TOKEN", kLife), "kith-72cd6e84=TOKEN; Path=/; Max-Age=7200; HttpOnly; SameSite=Strict");
  const SessionCookie secure(key(1), "https://kith.lan", request(true, "kith.lan"));
  EXPECT_EQ(secure.holding("TOKEN", kLife),
            "__Host-kith-72cd6e84=TOKEN; Path=/; Max-Age=7200; HttpOnly; SameSite=Strict; Secure");
  EXPECT_EQ(secure.expired(), "__Host-kith-72cd6e84=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure");
  EXPECT_NE(plain().holding("TOKEN", std::chrono::seconds(-5)).find("Max-Age=0;"), std::string::npos);
}

TEST(SessionCookie, GoesToThePathOfThePageOnly) {
  for (const auto* url : {"https://home.example/kith", "https://HOME.example/kith/"}) {
    const SessionCookie behind_proxy(key(1), url, request(true, "home.example"));
    EXPECT_EQ(behind_proxy.holding("T", kLife),
              "__Secure-kith-72cd6e84=T; Path=/kith; Max-Age=7200; HttpOnly; SameSite=Strict; Secure");
  }
  // Past the proxy the page stands at "/".
  const SessionCookie direct(key(1), "https://home.example/kith", request(false, "192.168.1.5:8470"));
  EXPECT_EQ(direct.holding("T", kLife), "kith-72cd6e84=T; Path=/; Max-Age=7200; HttpOnly; SameSite=Strict");
}

TEST(SessionCookie, NoPathAddsAnAttribute) {
  for (const auto* path : {"/a;Domain=evil.example", "/a b", "/a\x01", "/\xC3\xA4", "//", "/"}) {
    const SessionCookie cookie(key(1), std::string("http://home.example") + path, request(false, "home.example"));
    EXPECT_EQ(cookie.expired(), "kith-72cd6e84=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict") << path;
  }
}

TEST(SessionCookie, IsFoundAmongOthers) {
  const auto cookie = plain();
  for (const auto* field :
       {"kith-72cd6e84=TOKEN", "a=b; kith-72cd6e84=TOKEN; c=d", "kith-72cd6e84=TOKEN;", ";;=; kith-72cd6e84=TOKEN",
        "a=kith-72cd6e84=x;\tkith-72cd6e84 = TOKEN ", "kith-72cd6e84=TOKEN; kith-72cd6e84=TOKEN"}) {
    EXPECT_EQ(token_in(cookie, cookies({field})), "TOKEN") << field;
  }
  EXPECT_EQ(token_in(cookie, cookies({"a=b", "kith-72cd6e84=TOKEN", "c=d"})), "TOKEN");
}

TEST(SessionCookie, OthersAreNotTakenForIt) {
  const auto cookie = plain();
  for (const auto* field :
       {"", ";", "kith-72cd6e84", "kith-72cd6e8=TOKEN", "kith-72cd6e845=TOKEN", "KITH-72CD6E84=TOKEN",
        "__Host-kith-72cd6e84=TOKEN", "x=\"; y=kith-72cd6e84=TOKEN", "\xFFkith-72cd6e84=TOKEN", "=kith-72cd6e84"}) {
    EXPECT_EQ(token_in(cookie, cookies({field})), "nothing") << field;
  }
  Headers other;
  other.add("X-Cookie", "kith-72cd6e84=TOKEN");
  EXPECT_EQ(token_in(cookie, other), "nothing");
}

// Over plain HTTP anybody on the way could have set it.
TEST(SessionCookie, AnUnprefixedOneDoesNotCountOverTls) {
  const SessionCookie secure(key(1), "https://kith.lan", request(true, "kith.lan"));
  EXPECT_EQ(token_in(secure, cookies({"kith-72cd6e84=PLANTED; __Secure-kith-72cd6e84=PLANTED"})), "nothing");
}

TEST(SessionCookie, TwoThatDifferAreBothRefused) {
  const auto cookie = plain();
  for (const auto& headers :
       {cookies({"kith-72cd6e84=MINE; kith-72cd6e84=PLANTED"}),
        cookies({"kith-72cd6e84=MINE", "kith-72cd6e84=PLANTED"}), cookies({"kith-72cd6e84=MINE; kith-72cd6e84="})}) {
    EXPECT_EQ(token_in(cookie, headers), "unauthorized");
  }
}

TEST(SessionLinks, CarryTheTokenInTheFragment) {
  EXPECT_EQ(log_in_link("https://home.example/kith/", "TOKEN"), "https://home.example/kith/#/log-in?token=TOKEN");
  EXPECT_EQ(set_up_link("http://127.0.0.1:8470", "TOKEN"), "http://127.0.0.1:8470/#/set-up?token=TOKEN");
}

}  // namespace
}  // namespace kith::daemon
