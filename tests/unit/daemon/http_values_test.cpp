// The pure parts of HTTP: ranges, conditions, dates, names, routes, proxies.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/http/chunked_decoder.hpp"
#include "daemon/http/conditional.hpp"
#include "daemon/http/content_disposition.hpp"
#include "daemon/http/http_date.hpp"
#include "daemon/http/range.hpp"
#include "daemon/http/router.hpp"
#include "daemon/http/trusted_proxies.hpp"

namespace kith::daemon {
namespace {

using Kind = RangeDecision::Kind;

TEST(Range, TakesOneRangeOfBytes) {
  EXPECT_EQ(decide_range("bytes=0-499", 1000), (RangeDecision{Kind::partial, {0, 500}}));
  EXPECT_EQ(decide_range("bytes=500-", 1000), (RangeDecision{Kind::partial, {500, 500}}));
  EXPECT_EQ(decide_range("bytes=999-5000", 1000), (RangeDecision{Kind::partial, {999, 1}}));
  EXPECT_EQ(decide_range("bytes=-1", 1000), (RangeDecision{Kind::partial, {999, 1}}));
  EXPECT_EQ(decide_range("bytes=-5000", 1000), (RangeDecision{Kind::partial, {0, 1000}}));
  EXPECT_EQ(decide_range("Bytes=0-0", 1000), (RangeDecision{Kind::partial, {0, 1}}));
}
TEST(Range, RefusesWhatLiesBeyondTheEnd) {
  EXPECT_EQ(decide_range("bytes=1000-", 1000).kind, Kind::unsatisfiable);
  EXPECT_EQ(decide_range("bytes=0-", 0).kind, Kind::unsatisfiable);
  EXPECT_EQ(decide_range("bytes=-0", 1000).kind, Kind::unsatisfiable);
  EXPECT_EQ(decide_range("bytes=99999999999999999999-", 1000).kind, Kind::unsatisfiable);
}
TEST(Range, IgnoresNonsenseAndSeveralRanges) {
  for (const char* text : {"", "bytes", "bytes=", "bytes=a-b", "bytes=5-4", "bytes=-", "bytes=--1", "bytes=1-2,3-4",
                           "items=0-1", "bytes 0-1", "bytes=+1-2", "bytes=1 -2"}) {
    EXPECT_EQ(decide_range(text, 1000).kind, Kind::whole) << text;
  }
}
TEST(Range, WritesContentRange) {
  EXPECT_EQ(content_range({5, 10}, 100), "bytes 5-14/100");
  EXPECT_EQ(unsatisfied_content_range(100), "bytes */100");
}

class Conditions : public testing::Test {
 protected:
  Response ask(std::initializer_list<std::pair<std::string_view, std::string_view>> fields,
               Method method = Method::get) {
    Request request;
    request.method = method;
    for (const auto& [name, value] : fields) request.headers.add(name, value);
    return conditional_response(request, what_, [](const ByteRange& range) { return std::string(range.length, 'x'); });
  }
  static std::size_t length(const Response& response) { return std::get<std::string>(response.body).size(); }
  Representation what_{100, "\"abc\"", *parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT")};
};

TEST_F(Conditions, PlainGetIsWhole) {
  const auto response = ask({});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(length(response), 100u);
  EXPECT_EQ(response.headers.get("ETag"), "\"abc\"");
  EXPECT_EQ(response.headers.get("Last-Modified"), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(response.headers.get("Accept-Ranges"), "bytes");
}
TEST_F(Conditions, IfNoneMatchSavesTheBody) {
  EXPECT_EQ(ask({{"If-None-Match", "\"abc\""}}).status, 304);
  EXPECT_EQ(ask({{"If-None-Match", "\"x\", W/\"abc\""}}).status, 304);
  EXPECT_EQ(ask({{"If-None-Match", "*"}}).status, 304);
  EXPECT_EQ(ask({{"If-None-Match", "\"ab\""}}).status, 200);
  EXPECT_EQ(ask({{"If-None-Match", "\"x\""}, {"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}}).status, 200);
  EXPECT_EQ(ask({{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}}).status, 304);
  EXPECT_EQ(ask({{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"}}).status, 200);
  EXPECT_EQ(ask({{"If-Modified-Since", "yesterday"}}).status, 200);
}
TEST_F(Conditions, IfMatchComparesStrongly) {
  EXPECT_EQ(ask({{"If-Match", "\"abc\""}}).status, 200);
  EXPECT_EQ(ask({{"If-Match", "W/\"abc\""}}).status, 412);
  EXPECT_EQ(ask({{"If-Match", "\"other\""}}).status, 412);
  EXPECT_EQ(ask({{"If-Match", "*"}}).status, 200);
  EXPECT_EQ(ask({{"If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"}}).status, 412);
}
TEST_F(Conditions, RangeGivesAPart) {
  const auto part = ask({{"Range", "bytes=10-19"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(length(part), 10u);
  EXPECT_EQ(part.headers.get("Content-Range"), "bytes 10-19/100");
  const auto beyond = ask({{"Range", "bytes=100-"}});
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.headers.get("Content-Range"), "bytes */100");
  EXPECT_EQ(ask({{"Range", "bytes=10-19"}}, Method::head).status, 200);
}
TEST_F(Conditions, IfRangeFallsBackToTheWhole) {
  EXPECT_EQ(ask({{"Range", "bytes=0-1"}, {"If-Range", "\"abc\""}}).status, 206);
  EXPECT_EQ(ask({{"Range", "bytes=0-1"}, {"If-Range", "\"old\""}}).status, 200);
  EXPECT_EQ(ask({{"Range", "bytes=0-1"}, {"If-Range", "W/\"abc\""}}).status, 200);
  EXPECT_EQ(ask({{"Range", "bytes=0-1"}, {"If-Range", "Sun, 06 Nov 1994 08:49:37 GMT"}}).status, 206);
  EXPECT_EQ(ask({{"Range", "bytes=0-1"}, {"If-Range", "Sun, 06 Nov 1994 08:49:38 GMT"}}).status, 200);
}

TEST(HttpDate, RoundTripsAndRefuses) {
  const std::string text = "Thu, 29 Feb 2024 23:59:59 GMT";
  ASSERT_TRUE(parse_http_date(text));
  EXPECT_EQ(format_http_date(*parse_http_date(text)), text);
  for (const char* bad :
       {"", "Fri, 29 Feb 2024 23:59:59 GMT", "Thu, 30 Feb 2024 23:59:59 GMT", "Thu, 29 Feb 2024 24:00:00 GMT",
        "Thursday, 29-Feb-24 23:59:59 GMT", "Thu, 29 Foo 2024 23:59:59 GMT", "Thu, 29 Feb 2024 23:59:59 UTC"}) {
    EXPECT_FALSE(parse_http_date(bad)) << bad;
  }
}

TEST(ContentDisposition, CarriesAnyName) {
  EXPECT_EQ(content_disposition("attachment", "photo.jpg"), "attachment; filename=\"photo.jpg\"");
  EXPECT_EQ(content_disposition("inline", "Grüße €.txt"),
            "inline; filename=\"Gr__e _.txt\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%E2%82%AC.txt");
  EXPECT_EQ(content_disposition("attachment", "a\"b"), "attachment; filename=\"a_b\"; filename*=UTF-8''a%22b");
}
TEST(ContentDisposition, NamesCannotBreakOut) {
  EXPECT_EQ(content_disposition("attachment", "../a\\b\r\nX: y"), "attachment; filename=\".._a_b__X: y\"");
  EXPECT_EQ(content_disposition("attachment", "photo\u202Egpj.exe"), "attachment; filename=\"photo_gpj.exe\"");
  EXPECT_EQ(content_disposition("attachment", ""), "attachment; filename=\"_\"");
  EXPECT_EQ(content_disposition("attachment", "\xff"), "attachment; filename=\"_\"");
}

Router make_router() {
  Router router;
  for (const auto& [method, pattern] :
       std::initializer_list<std::pair<Method, const char*>>{{Method::get, "/users/{id}"},
                                                             {Method::get, "/users/me"},
                                                             {Method::delete_, "/users/{id}"},
                                                             {Method::get, "/"}}) {
    Route route;
    route.method = method;
    route.pattern = pattern;
    route.handle = [](const Request&, const Reply&) {};
    router.add(std::move(route));
  }
  Route route;
  route.method = Method::get;
  route.pattern = "/outside";
  route.on_local = false;
  route.on_public = true;
  router.add(std::move(route));
  return router;
}

TEST(Router, FindsTheMostExactPattern) {
  const auto router = make_router();
  EXPECT_EQ(router.find(ListenerKind::local, Method::get, "/users/me").route->pattern, "/users/me");
  const auto match = router.find(ListenerKind::local, Method::get, "/users/a%20b");
  EXPECT_EQ(match.route->pattern, "/users/{id}");
  EXPECT_EQ(match.path_values, (Parameters{{"id", "a b"}}));
  EXPECT_EQ(router.find(ListenerKind::local, Method::head, "/users/me").route->pattern, "/users/me");
}
TEST(Router, TellsAbsentFromForbiddenMethod) {
  const auto router = make_router();
  const auto wrong = router.find(ListenerKind::local, Method::put, "/users/x");
  EXPECT_EQ(wrong.route, nullptr);
  EXPECT_EQ(wrong.error, core::ErrorCode::method_not_allowed);
  EXPECT_EQ(wrong.allow, "GET, DELETE, HEAD, OPTIONS");
  for (const char* path : {"/users", "/users/", "/users/x/y", "/Users/x", ""}) {
    EXPECT_EQ(router.find(ListenerKind::local, Method::get, path).error, core::ErrorCode::not_found) << path;
    EXPECT_EQ(router.find(ListenerKind::local, Method::get, path).route, nullptr) << path;
  }
}
TEST(Router, KeepsListenersApart) {
  const auto router = make_router();
  EXPECT_EQ(router.find(ListenerKind::local, Method::get, "/outside").route, nullptr);
  EXPECT_NE(router.find(ListenerKind::public_, Method::get, "/outside").route, nullptr);
  EXPECT_EQ(router.find(ListenerKind::public_, Method::get, "/users/me").route, nullptr);
}

TEST(TrustedProxies, BelievesOnlyThoseItTrusts) {
  const auto proxies = *TrustedProxies::parse({"10.0.0.0/8", "::1", "192.168.1.1"});
  EXPECT_TRUE(proxies.contains("10.255.0.1"));
  EXPECT_TRUE(proxies.contains("::ffff:10.0.0.1"));
  EXPECT_FALSE(proxies.contains("11.0.0.1"));
  EXPECT_FALSE(proxies.contains("192.168.1.2"));
  Headers headers;
  headers.add("X-Forwarded-For", "6.6.6.6, 1.2.3.4");
  headers.add("X-Forwarded-For", "10.0.0.2");
  headers.add("X-Forwarded-Proto", "https");
  EXPECT_EQ(proxies.origin("10.0.0.1", false, headers).client, "1.2.3.4");
  EXPECT_TRUE(proxies.origin("10.0.0.1", false, headers).secure);
  EXPECT_EQ(proxies.origin("9.9.9.9", false, headers).client, "9.9.9.9");
  EXPECT_FALSE(proxies.origin("9.9.9.9", false, headers).secure);
  Headers broken;
  broken.add("X-Forwarded-For", "1.2.3.4, nonsense");
  EXPECT_EQ(proxies.origin("10.0.0.1", false, broken).client, "10.0.0.1");
}
TEST(TrustedProxies, NameRequestsWhereTheNameIsPlain) {
  const auto proxies = *TrustedProxies::parse({"10.0.0.0/8"});
  const auto named = [&](const std::string& peer, const std::vector<std::string>& names) {
    Headers headers;
    for (const auto& name : names) headers.add("X-Request-Id", name);
    return proxies.origin(peer, false, headers).request_id;
  };
  const std::string uuid = "4f0c2a1e-93d5-4d0e-8a53-0a1f1f6f9d10";
  EXPECT_EQ(named("10.0.0.1", {uuid}), uuid);
  EXPECT_EQ(named("10.0.0.1", {std::string(64, 'a')}), std::string(64, 'a'));
  EXPECT_EQ(named("9.9.9.9", {uuid}), std::nullopt);  // everybody can send one
  EXPECT_EQ(named("10.0.0.1", {}), std::nullopt);
  EXPECT_EQ(named("10.0.0.1", {uuid, "other"}), std::nullopt);
  for (const std::string& wrong : {std::string(), std::string(65, 'a'), std::string("a b"), std::string("a=b"),
                                   std::string("\x1b[31m"), std::string("ü"), std::string("a\"b")}) {
    EXPECT_EQ(named("10.0.0.1", {wrong}), std::nullopt) << wrong;
  }
}
TEST(TrustedProxies, RefusesWhatIsNoAddress) {
  for (const char* entry : {"", "localhost", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0/8", "1.2.3.4/x"}) {
    EXPECT_FALSE(TrustedProxies::parse({entry})) << entry;
  }
}

TEST(Problem, HasTheFieldsOfTheInterface) {
  const auto response = Response::problem(
      {core::ErrorCode::busy, "Later.", std::chrono::seconds{7}, core::from_unix_ms(0)}, "01m7wmmt4swh2xx0fehhccvrdy");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json");
  EXPECT_EQ(response.headers.get("Retry-After"), "7");
  const auto document = nlohmann::json::parse(std::get<std::string>(response.body));
  EXPECT_EQ(document["status"], 503);
  EXPECT_EQ(document["code"], "busy");
  EXPECT_EQ(document["detail"], "Later.");
  EXPECT_EQ(document["since"], "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(document["request_id"], "01m7wmmt4swh2xx0fehhccvrdy");
}

TEST(Headers, ValuesCannotEndTheirLine) {
  Headers headers;
  headers.set("X", "a\r\nSet-Cookie: b");
  EXPECT_EQ(headers.get("x"), "a  Set-Cookie: b");
  headers.add("x", "second");
  EXPECT_EQ(headers.count("X"), 2u);
  headers.set("x", "only");
  EXPECT_EQ(headers.count("X"), 1u);
}

}  // namespace
}  // namespace kith::daemon
