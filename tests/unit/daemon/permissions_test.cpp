// The table of permissions fits the routes, and holds to what it promises. What the daemon does with it, the story
// tests/system/test_permissions.py tries with every kind of token there is.
#include "daemon/api/permissions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/random.hpp"
#include "daemon/api/page.hpp"
#include "daemon/app/application.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::daemon {
namespace {

using accounts::Scope;
using accounts::Scopes;

std::string key_of(Method method, std::string_view pattern) {
  return std::string(method_name(method)) + " " + std::string(pattern);
}

Route route(Method method, std::string pattern) {
  Route out;
  out.method = method;
  out.pattern = std::move(pattern);
  return out;
}

// The files of the page are served where the page was built.
bool is_of_the_page(std::string_view pattern) {
  return !pattern.starts_with("/api/") && pattern.find('.') != std::string_view::npos;
}

TEST(Permissions, NameEveryRouteAndNoOther) {
  const test::TempDir directory;
  const core::SystemClock clock;
  core::SystemRandom random;
  auto config = config::default_config();
  ASSERT_TRUE(config) << config.error().detail;
  config->instance.data_dir = directory / "data";
  config->instance.domain = "a.example";
  config->listen.local = "127.0.0.1:0";
  config->listen.public_ = "127.0.0.1:0";
  const auto application = Application::start(*config, clock, random, core::Logger::none());
  ASSERT_TRUE(application) << application.error().detail;
  std::set<std::string> served, named;
  for (const auto& one : (*application)->router().routes()) served.insert(key_of(one.method, one.pattern));
  for (const auto& row : permission_table()) {
    if (embedded_page().empty() && is_of_the_page(row.pattern) && !served.contains(key_of(row.method, row.pattern)))
      continue;
    named.insert(key_of(row.method, row.pattern));
  }
  EXPECT_EQ(named, served);
}

TEST(Permissions, ARouteWithoutARowIsTurnedDownByName) {
  Router router;
  router.add(route(Method::get, "/api/assets"));
  EXPECT_TRUE(check_permissions(router));
  router.add(route(Method::put, "/api/assets"));
  router.add(route(Method::get, "/api/fresh/{id}"));
  const auto checked = check_permissions(router);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().detail, testing::HasSubstr("PUT /api/assets "));
  EXPECT_THAT(checked.error().detail, testing::HasSubstr("GET /api/fresh/{id} "));
  EXPECT_THAT(checked.error().detail, testing::Not(testing::HasSubstr("GET /api/assets ")));
  EXPECT_EQ(permit_of(Method::put, "/api/assets").access, Access::nobody);
}

TEST(Permissions, NothingThatNeedsALogInIsServedToThePublic) {
  for (const auto& row : permission_table()) {
    Router router;
    auto one = route(row.method, std::string(row.pattern));
    one.on_public = true;
    router.add(std::move(one));
    const bool is_for_members = Permit{row.access, row.scope}.needs_token() || row.access == Access::registration;
    EXPECT_EQ(check_permissions(router).has_value(), !is_for_members) << key_of(row.method, row.pattern);
  }
}

TEST(Permissions, ScopesStandOnlyBesideLogIns) {
  for (const auto& row : permission_table()) {
    SCOPED_TRACE(key_of(row.method, row.pattern));
    const bool needs_token = Permit{row.access, row.scope}.needs_token();
    EXPECT_TRUE(needs_token || row.scope == NeededScope{});
    const bool log_ins = row.pattern.ends_with("/log-in-link") || row.pattern.ends_with("/{id}/second-factor");
    EXPECT_EQ(row.scope.scope == Scope::admin, row.access == Access::admin && !log_ins);
    EXPECT_TRUE(!log_ins || row.scope == NeededScope{}) << "no script makes itself a log-in, or one easier";
    EXPECT_FALSE(row.scope.any_token && row.scope.scope);
    EXPECT_FALSE(row.access == Access::logged_in && row.scope.scope) << "one's own account";
  }
}

TEST(Permissions, AScriptThatReadsChangesNothing) {
  for (const auto& row : permission_table()) {
    if (row.scope.scope != Scope::files_read || row.pattern == "/api/archives") continue;
    EXPECT_EQ(row.method, Method::get) << row.pattern;
  }
}

TEST(Permissions, AreAskedForByOneScopeEach) {
  const auto needed = permit_of(Method::get, "/api/assets").scope;
  EXPECT_EQ(needed_scope_name(needed), "files:read");
  for (const auto scope : accounts::kAllScopes) {
    Scopes scopes;
    scopes.add(scope);
    EXPECT_EQ(needed.is_among(scopes), scope == Scope::files_read);
    EXPECT_TRUE(permit_of(Method::get, "/api/users/me").scope.is_among(scopes)) << "any will do";
    EXPECT_FALSE(permit_of(Method::patch, "/api/users/me").scope.is_among(scopes)) << "none will do";
  }
}

}  // namespace
}  // namespace kith::daemon
