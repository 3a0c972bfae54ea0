// The page's files: which there are, in which form, and what keeps them to themselves.

#include "daemon/api/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "core/json.hpp"
#include "daemon/api/routes.hpp"

namespace kith::daemon {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::array<PageFile, 6> kFiles{
    PageFile{
        "app/main-1A.js", "text/javascript; charset=utf-8", {"plain script", "\"p\""}, {"gz", "\"g\""}, {"b", "\"b\""}},
    PageFile{"exchange.html", "text/html; charset=utf-8", {"for outsiders", "\"e\""}, {}, {}},
    PageFile{"icon.svg", "image/svg+xml", {"<svg/>", "\"i\""}, {}, {}},
    PageFile{"index.html", "text/html; charset=utf-8", {"the page", "\"x\""}, {}, {"br", "\"y\""}},
    PageFile{"invite.html", "text/html; charset=utf-8", {"an invitation", "\"v\""}, {}, {}},
    PageFile{"live.html", "text/html; charset=utf-8", {"for receivers", "\"l\""}, {}, {}},
};

using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

class Page : public testing::Test {
 protected:
  explicit Page(std::span<const PageFile> files = kFiles) { add_page_routes(router_, files); }

  Response ask(std::string_view path, Fields fields = {}, Method method = Method::get,
               ListenerKind listener = ListenerKind::local) const {
    auto match = router_.find(listener, method, path);
    if (match.route == nullptr) return Response::problem({match.error, {}, {}, {}}, "");
    Request request;
    request.method = method;
    request.path = path;
    request.path_values = std::move(match.path_values);
    for (const auto& [name, value] : fields) request.headers.add(name, value);
    Response answer;
    match.route->handle(std::move(request), [&](Response given) { answer = std::move(given); });
    return answer;
  }
  static std::string body(const Response& response) { return std::get<std::string>(response.body); }

  Router router_;
};

class PageLeftOut : public Page {
 protected:
  PageLeftOut() : Page(std::span<const PageFile>()) {}
};

TEST_F(Page, EachFileHasItsAddress) {
  EXPECT_EQ(body(ask("/")), "the page");
  EXPECT_EQ(body(ask("/invite")), "an invitation");
  EXPECT_EQ(body(ask("/icon.svg")), "<svg/>");
  EXPECT_EQ(body(ask("/app/main-1A.js")), "plain script");
  EXPECT_EQ(ask("/").headers.get("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(ask("/app/main-1A.js").headers.get("Content-Type"), "text/javascript; charset=utf-8");
}

TEST_F(Page, NothingElseDoes) {
  for (const auto* path : {"/app",
                           "/app/",
                           "/app/main-1A.js/",
                           "/app/main-1A.js.gz",
                           "/app/main-1a.js",
                           "/app/other.js",
                           "/app/%00",
                           "/app/..%2findex.html",
                           "/app/%2e%2e%2Findex.html",
                           "/app/..%2f..%2fetc%2fpasswd",
                           "/app/..%5cindex.html",
                           "/app/app%2fmain-1A.js",
                           "/app/%2fapp%2fmain-1A.js",
                           "/app/.%2fmain-1A.js",
                           "/app%2fmain-1A.js",
                           "/index.html",
                           "/invite.html",
                           "/exchange",
                           "/exchange/",
                           "/exchange.html",
                           "/exchange/exchange.html",
                           "/exchange/index.html",
                           "/exchange/x",
                           "/exchange/u/",
                           "/exchange/app/",
                           "/exchange/app/other.js",
                           "/exchange/app/..%2findex.html",
                           "/live/",
                           "/live.html",
                           "/live/live.html",
                           "/live/u",
                           "/live/l/",
                           "/live/app/",
                           "/live/app/other.js",
                           "/live/app/..%2findex.html",
                           "/invite/",
                           "/icon",
                           "/favicon.ico",
                           "/dist.stamp"}) {
    EXPECT_EQ(ask(path).status, 404) << path;
  }
  EXPECT_EQ(ask("/", {}, Method::post).status, 405);
}

TEST_F(Page, IsNotOnThePublicListener) {
  for (const auto* path : {"/", "/invite", "/icon.svg", "/app/main-1A.js", "/exchange", "/exchange/invite"}) {
    EXPECT_EQ(router_.find(ListenerKind::public_, Method::get, path).route, nullptr) << path;
  }
}

TEST_F(Page, OutsidersHaveTheirOwnOnBothListeners) {
  constexpr std::pair<std::string_view, std::string_view> kPages[] = {
      {"/exchange/u", "for outsiders"}, {"/exchange/d", "for outsiders"}, {"/live/l", "for receivers"}};
  for (const auto listener : {ListenerKind::local, ListenerKind::public_}) {
    const auto get = [&](std::string_view path) { return ask(path, {}, Method::get, listener); };
    for (const auto& [path, text] : kPages) {
      const auto response = get(path);
      EXPECT_EQ(body(response), text) << path;
      EXPECT_EQ(response.headers.get("Content-Type"), "text/html; charset=utf-8");
      EXPECT_EQ(response.headers.get("X-Robots-Tag"), "noindex, nofollow");
      EXPECT_THAT(std::string(response.headers.get("Content-Security-Policy").value_or("")),
                  HasSubstr("default-src 'none'; script-src 'self'"));
    }
    for (const auto* folder : {"/exchange/", "/live/"}) {
      EXPECT_EQ(body(get(std::string(folder) + "app/main-1A.js")), "plain script");
      EXPECT_EQ(body(get(std::string(folder) + "icon.svg")), "<svg/>");
    }
  }
}

TEST_F(Page, GoesOutInTheFormTheClientLikes) {
  const auto script = [&](Fields fields) { return ask("/app/main-1A.js", fields); };
  const auto brotli = script({{"Accept-Encoding", "gzip, br"}});
  EXPECT_EQ(body(brotli), "b");
  EXPECT_EQ(brotli.headers.get("Content-Encoding"), "br");
  EXPECT_EQ(brotli.headers.get("ETag"), "\"b\"");
  const auto gzip = script({{"Accept-Encoding", "gzip, br;q=0.1"}});
  EXPECT_EQ(body(gzip), "gz");
  EXPECT_EQ(gzip.headers.get("Content-Encoding"), "gzip");
  EXPECT_EQ(gzip.headers.get("ETag"), "\"g\"");
  const auto plain = script({});
  EXPECT_EQ(body(plain), "plain script");
  EXPECT_EQ(plain.headers.get("Content-Encoding"), std::nullopt);
  EXPECT_EQ(plain.headers.get("ETag"), "\"p\"");
  for (const auto* response : {&brotli, &gzip, &plain}) {
    EXPECT_EQ(response->headers.get("Vary"), "Accept-Encoding");
    EXPECT_EQ(response->headers.get("Content-Type"), "text/javascript; charset=utf-8");
  }
  // A form that was not smaller is not there.
  EXPECT_EQ(body(ask("/", {{"Accept-Encoding", "gzip"}})), "the page");
  EXPECT_EQ(body(ask("/icon.svg", {{"Accept-Encoding", "gzip, br"}})), "<svg/>");
}

TEST_F(Page, IsNotSentAgainToWhomHasIt) {
  const auto known = ask("/app/main-1A.js", {{"Accept-Encoding", "br"}, {"If-None-Match", "\"b\""}});
  EXPECT_EQ(known.status, 304);
  EXPECT_EQ(known.headers.get("ETag"), "\"b\"");
  EXPECT_EQ(known.headers.get("Vary"), "Accept-Encoding");
  EXPECT_EQ(known.headers.get("Content-Encoding"), std::nullopt);
  EXPECT_TRUE(known.headers.get("Cache-Control"));
  // Having another form is not having this one.
  EXPECT_EQ(ask("/app/main-1A.js", {{"Accept-Encoding", "gzip"}, {"If-None-Match", "\"b\""}}).status, 200);
}

TEST_F(Page, HashedNamesAreKeptAndTheOthersAskedForAgain) {
  EXPECT_EQ(ask("/app/main-1A.js").headers.get("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(ask("/").headers.get("Cache-Control"), "no-cache");
  EXPECT_EQ(ask("/invite").headers.get("Cache-Control"), "no-cache");
  EXPECT_EQ(ask("/icon.svg").headers.get("Cache-Control"), "no-cache");
  // An error is not kept for a year.
  const auto failed = ask("/app/main-1A.js", {{"If-Match", "\"other\""}});
  EXPECT_EQ(failed.status, 412);
  EXPECT_EQ(failed.headers.get("Cache-Control"), std::nullopt);
  EXPECT_EQ(ask("/app/gone.js").headers.get("Cache-Control"), std::nullopt);
}

TEST_F(Page, EveryAnswerKeepsThePageToItself) {
  for (const auto& response : {ask("/"), ask("/invite"), ask("/app/main-1A.js"), ask("/", {{"If-None-Match", "\"x\""}}),
                               ask("/", {}, Method::head), ask("/", {{"If-Match", "\"other\""}})}) {
    const auto policy = std::string(response.headers.get("Content-Security-Policy").value_or(""));
    EXPECT_THAT(policy, HasSubstr("default-src 'none'; script-src 'self'; style-src 'self';"));
    EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
    EXPECT_THAT(policy, Not(HasSubstr("*")));
    EXPECT_EQ(response.headers.get("X-Frame-Options"), "DENY");
    EXPECT_EQ(response.headers.get("Cross-Origin-Opener-Policy"), "same-origin");
    EXPECT_THAT(std::string(response.headers.get("Permissions-Policy").value_or("")), HasSubstr("camera=()"));
  }
}

TEST_F(PageLeftOut, SaysSo) {
  for (const auto* path : {"/", "/invite", "/exchange/u", "/exchange/d", "/live/l"}) {
    const auto response = ask(path);
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json");
    EXPECT_THAT(body(response), HasSubstr("built without its page"));
  }
  EXPECT_EQ(ask("/app/main-1A.js").status, 404);
}

TEST(EmbeddedPage, HasEachFormOnce) {
  std::set<std::string_view> paths;
  for (const auto& file : embedded_page()) {
    EXPECT_TRUE(paths.insert(file.path).second) << file.path;
    EXPECT_FALSE(file.media_type.empty()) << file.path;
    EXPECT_FALSE(file.identity.etag.empty()) << file.path;
    std::set<std::string_view> etags{file.identity.etag};
    for (const auto* form : {&file.gzip, &file.brotli}) {
      if (form->etag.empty()) continue;
      EXPECT_LT(form->bytes.size(), file.identity.bytes.size()) << file.path;
      EXPECT_TRUE(etags.insert(form->etag).second) << file.path;
    }
    if (file.gzip.etag.empty()) continue;
    EXPECT_TRUE(file.gzip.bytes.starts_with("\x1f\x8b")) << file.path;
  }
  if (!paths.empty()) {
    EXPECT_NE(find_page_file(embedded_page(), "index.html"), nullptr);
    EXPECT_NE(find_page_file(embedded_page(), "invite.html"), nullptr);
  }
}

}  // namespace
}  // namespace kith::daemon
