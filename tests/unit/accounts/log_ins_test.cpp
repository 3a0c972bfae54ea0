#include "accounts/log_ins.hpp"

#include <gtest/gtest.h>

#include "tests/unit/accounts/household.hpp"

namespace kith::test {
namespace {

using namespace std::chrono_literals;
using core::ErrorCode;

const accounts::Client kClient{"192.0.2.1", "test"};

}  // namespace

class LogIns : public AccountsTest {
 protected:
  std::vector<accounts::ListedLogIn> listed(const accounts::User& user) { return tokens().list(user.id).value(); }
  accounts::LogInId id_of(const std::string& token) { return tokens().verify(token)->log_in; }
};

TEST_F(LogIns, AreListedTheOneUsedLastFirst) {
  const auto alice = add_alice();
  const auto began = clock_.now();
  const auto phone = token_of(log_in(kAlicePassword, "192.0.2.1"));
  clock_.advance(1min);
  const auto laptop = token_of(log_in(kAlicePassword, "192.0.2.2"));
  clock_.advance(1min);
  const auto renewed = token_of(tokens().renew(phone, {"192.0.2.3", "Phöne\n2"}));
  const auto found = listed(alice);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].row.id, id_of(renewed));
  EXPECT_EQ(found[0].row.logged_in_at, began);
  EXPECT_EQ(found[0].row.issued_at, began + 2min);
  EXPECT_EQ(found[0].row.expires_at, began + 2min + 2h);
  EXPECT_EQ(found[0].client, "192.0.2.3");
  EXPECT_EQ(found[0].user_agent, "Ph??ne?2") << "printable only";
  EXPECT_EQ(found[1].row.id, id_of(laptop));
  EXPECT_EQ(found[1].client, "192.0.2.2");
}

TEST_F(LogIns, ThatRanOutAndOthersAreNotListed) {
  const auto alice = add_alice();
  const auto bob = add("bob@mail.example");
  ASSERT_TRUE(log_in());
  EXPECT_TRUE(listed(bob).empty());
  clock_.advance(2h);
  EXPECT_TRUE(listed(alice).empty());
}

TEST_F(LogIns, AreEndedFromElsewhere) {
  const auto alice = add_alice();
  const auto lost = token_of(log_in());
  const auto here = token_of(log_in());
  std::vector<core::UserId> told;
  tokens().on_log_out([&](const core::UserId& user) { told.push_back(user); });
  ASSERT_TRUE(tokens().end(alice.id, id_of(lost), kClient));
  EXPECT_EQ(code_of(tokens().verify(lost)), ErrorCode::unauthorized);
  EXPECT_TRUE(tokens().verify(here));
  EXPECT_EQ(told, std::vector{alice.id}) << "streams of events end with it";
  EXPECT_EQ(listed(alice).size(), 1U);
}

TEST_F(LogIns, AreEndedByTheirOwnerOnly) {
  const auto alice = add_alice();
  const auto bob = add("bob@mail.example");
  const auto token = token_of(log_in());
  EXPECT_EQ(code_of(tokens().end(bob.id, id_of(token), kClient)), ErrorCode::not_found);
  ASSERT_TRUE(tokens().verify(token));
  const auto id = id_of(token);
  ASSERT_TRUE(tokens().end(alice.id, id, kClient));
  EXPECT_EQ(code_of(tokens().end(alice.id, id, kClient)), ErrorCode::not_found);
}

TEST_F(LogIns, EndedFromElsewhereAreInTheAuditLog) {
  const auto alice = add_alice();
  const auto id = id_of(token_of(log_in()));
  ASSERT_TRUE(tokens().end(alice.id, id, kClient));
  const auto last = accounts().audit().list(std::nullopt, 1)->items.at(0).event;
  EXPECT_EQ(last.action, "log_in_ended");
  EXPECT_EQ(last.actor, alice.id.text());
  EXPECT_EQ(last.subject, id.text());
  EXPECT_EQ(last.client, "192.0.2.1");
}

}  // namespace kith::test
