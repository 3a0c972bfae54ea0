#include <gtest/gtest.h>

#include "daemon/api/csrf.hpp"

namespace kith::daemon {
namespace {

constexpr const char* kToken = "TOKEN";
// HMAC-SHA-256 with the key "TOKEN" over "kith csrf", by another implementation.
constexpr const char* kValue = "zXUH59xg1xaWtzXBpet6CJzHY5MKjgEw80kFQqAxKek";

Request request(Method method, std::initializer_list<std::pair<const char*, const char*>> fields = {}) {
  Request out;
  out.method = method;
  for (const auto& [name, value] : fields) out.headers.add(name, value);
  return out;
}

core::ErrorCode code(const core::Expected<void>& checked) {
  return checked ? core::ErrorCode::count_ : checked.error().code;
}

constexpr std::array kChanging{Method::post, Method::put, Method::patch, Method::delete_};
constexpr std::array kReading{Method::get, Method::head, Method::options};

TEST(Csrf, IsTheHmacOfTheToken) {
  EXPECT_EQ(csrf_value(kToken), kValue);
  EXPECT_NE(csrf_value("TOKEM"), kValue);
}

TEST(Csrf, TheRightValueLetsChangesThrough) {
  for (const auto method : kChanging) {
    EXPECT_TRUE(check_csrf(request(method, {{"x-kith-csrf", kValue}}), kToken)) << method_name(method);
    EXPECT_TRUE(check_csrf(request(method, {{"X-Kith-CSRF", kValue}, {"Sec-Fetch-Site", "same-origin"}}), kToken));
  }
}

TEST(Csrf, ReadingNeedsNone) {
  for (const auto method : kReading) {
    EXPECT_TRUE(check_csrf(request(method), kToken)) << method_name(method);
    EXPECT_TRUE(check_csrf(request(method, {{"Sec-Fetch-Site", "none"}}), kToken));
  }
}

TEST(Csrf, EveryOtherValueIsRefused) {
  std::string flipped = kValue;
  flipped.front() = 'a';
  for (const auto method : kChanging) {
    EXPECT_EQ(code(check_csrf(request(method), kToken)), core::ErrorCode::csrf) << method_name(method);
    for (const std::string& wrong :
         {std::string(), flipped, csrf_value("another token"), std::string(kToken), std::string(kValue) + "=",
          std::string(kValue).substr(1), std::string(kValue).substr(0, 42) + "l", std::string(10'000, 'A')}) {
      const auto sent = request(method, {{"X-Kith-CSRF", wrong.c_str()}});
      EXPECT_EQ(code(check_csrf(sent, kToken)), core::ErrorCode::csrf) << wrong;
    }
    const auto twice = request(method, {{"X-Kith-CSRF", kValue}, {"X-Kith-CSRF", flipped.c_str()}});
    EXPECT_EQ(code(check_csrf(twice, kToken)), core::ErrorCode::csrf);
  }
}

TEST(Csrf, AnotherSitesRequestIsRefusedWhateverItBrings) {
  for (const auto* site : {"cross-site", "Cross-Site"}) {
    for (const auto method : {Method::get, Method::post, Method::delete_}) {
      const auto sent = request(method, {{"X-Kith-CSRF", kValue}, {"Sec-Fetch-Site", site}});
      EXPECT_EQ(code(check_csrf(sent, kToken)), core::ErrorCode::csrf);
      EXPECT_EQ(code(refuse_cross_site(sent)), core::ErrorCode::csrf);
    }
  }
  const auto both = request(Method::get, {{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "cross-site"}});
  EXPECT_EQ(code(refuse_cross_site(both)), core::ErrorCode::csrf);
  EXPECT_TRUE(refuse_cross_site(request(Method::post)));
}

}  // namespace
}  // namespace kith::daemon
