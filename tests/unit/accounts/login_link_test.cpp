#include "accounts/login_link.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/accounts/household.hpp"

namespace kith::test {
namespace {

using namespace std::chrono_literals;
using accounts::Permission;
using core::ErrorCode;

accounts::NewLocalUser first_admin(const std::string& email = kAliceEmail) {
  accounts::NewLocalUser user;
  user.email = email;
  user.password = kAlicePassword;
  return user;
}

}  // namespace

class LoginLink : public AccountsTest {};

TEST_F(LoginLink, LogsInOnce) {
  const auto alice = add_alice();
  const auto link = accounts().links().make(alice.id, 10min, {});
  ASSERT_TRUE(link) << link.error().detail;
  EXPECT_EQ(link->token.size(), 43U);
  EXPECT_EQ(link->expires_at, clock_.now() + 10min);
  const auto issued = accounts().redeem_link(link->token, {});
  ASSERT_TRUE(issued) << issued.error().detail;
  EXPECT_EQ(tokens().verify(issued->token).value().user, alice.id);
  EXPECT_EQ(code_of(accounts().redeem_link(link->token, {})), ErrorCode::unauthorized);
}

TEST_F(LoginLink, OfManyAtOnceOneGetsIn) {
  const auto alice = add_alice();
  const auto link = accounts().links().make(alice.id, 10min, {}).value();
  std::atomic<int> in{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] { in += accounts().redeem_link(link.token, {}).has_value() ? 1 : 0; });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(in, 1);
}

TEST_F(LoginLink, RunsOut) {
  const auto alice = add_alice();
  const auto link = accounts().links().make(alice.id, 10min, {}).value();
  clock_.advance(10min);
  EXPECT_EQ(code_of(accounts().redeem_link(link.token, {})), ErrorCode::unauthorized);
}

TEST_F(LoginLink, AnotherTextIsNoLink) {
  const auto alice = add_alice();
  const auto link = accounts().links().make(alice.id, 10min, {}).value();
  for (std::size_t i = 0; i < link.token.size(); ++i) {
    auto changed = link.token;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(code_of(accounts().redeem_link(changed, {})), ErrorCode::unauthorized);
  }
  EXPECT_EQ(code_of(accounts().redeem_link("", {})), ErrorCode::unauthorized);
  EXPECT_TRUE(accounts().redeem_link(link.token, {}));
}

TEST_F(LoginLink, IsNotForSuspendedUsers) {
  const auto alice = add_alice();
  const auto link = accounts().links().make(alice.id, 10min, {}).value();
  ASSERT_TRUE(registry().set_state(alice.id, accounts::UserState::suspended, {}));
  EXPECT_EQ(code_of(accounts().redeem_link(link.token, {})), ErrorCode::unauthorized);
  EXPECT_EQ(code_of(accounts().links().make(alice.id, 10min, {})), ErrorCode::conflict);
}

TEST_F(LoginLink, LivesBetweenASecondAndAWeek) {
  const auto alice = add_alice();
  EXPECT_EQ(code_of(accounts().links().make(alice.id, 0s, {})), ErrorCode::bad_request);
  EXPECT_EQ(code_of(accounts().links().make(alice.id, 7 * 24h + 1s, {})), ErrorCode::bad_request);
}

TEST_F(LoginLink, SetUpMakesTheFirstAdminAndLogsIn) {
  const auto link = accounts().links().make_set_up(1h);
  ASSERT_TRUE(link) << link.error().detail;
  restart();
  const auto issued = accounts().set_up(link->token, first_admin(), {"192.0.2.1", "test"});
  ASSERT_TRUE(issued) << issued.error().detail;
  EXPECT_EQ(tokens().verify(issued->token).value().permission, Permission::admin);
  EXPECT_EQ(code_of(accounts().set_up(link->token, first_admin("bob@mail.example"), {})), ErrorCode::unauthorized);
  EXPECT_EQ(code_of(accounts().links().make_set_up(1h)), ErrorCode::conflict);
}

TEST_F(LoginLink, SetUpKeepsTheLinkWhenTheTextsAreBad) {
  const auto link = accounts().links().make_set_up(1h).value();
  auto user = first_admin();
  user.password = "short";
  EXPECT_EQ(code_of(accounts().set_up(link.token, user, {})), ErrorCode::bad_request);
  EXPECT_TRUE(accounts().set_up(link.token, first_admin(), {}));
}

TEST_F(LoginLink, SetUpIsOverOnceThereIsAnAdmin) {
  const auto link = accounts().links().make_set_up(1h).value();
  add("bob@mail.example", kAlicePassword, Permission::admin);
  EXPECT_EQ(code_of(accounts().set_up(link.token, first_admin(), {})), ErrorCode::conflict);
  EXPECT_EQ(count_rows("SELECT count(*) FROM users"), 1);
}

TEST_F(LoginLink, SetUpReplacesTheOneBeforeAndHashesForNobodyElse) {
  const auto first = accounts().links().make_set_up(1h).value();
  const auto second = accounts().links().make_set_up(1h).value();
  EXPECT_EQ(code_of(accounts().set_up(first.token, first_admin(), {})), ErrorCode::unauthorized);
  EXPECT_EQ(counts().hashed, 0);
  EXPECT_TRUE(accounts().set_up(second.token, first_admin(), {}));
}

TEST_F(LoginLink, OneKindDoesNotPassForTheOther) {
  const auto set_up = accounts().links().make_set_up(1h).value();
  const auto alice = add_alice();
  const auto link = accounts().links().make(alice.id, 1h, {}).value();
  EXPECT_EQ(code_of(accounts().redeem_link(set_up.token, {})), ErrorCode::unauthorized);
  EXPECT_EQ(code_of(accounts().set_up(link.token, first_admin("bob@mail.example"), {})), ErrorCode::unauthorized);
}

}  // namespace kith::test
