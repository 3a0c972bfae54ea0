// Weeks of logging in, renewing and leaving, with restarts, a second process, rotations of the secret and clocks that
// jump. What each token should be good for is reckoned beside it, from what the contract says alone.
#include <gtest/gtest.h>

#include "accounts/token_secrets.hpp"
#include "tests/unit/accounts/household.hpp"

namespace kith::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 10min;

// A token as its holder knows it.
struct Held {
  std::string text;
  core::Timestamp logged_in_at;
  core::Timestamp issued_at;
  core::Timestamp expires_at;
  bool ended = false;

  bool good_at(core::Timestamp now) const { return !ended && expires_at > now && issued_at <= now + 2h; }
};

}  // namespace

class WeeksOfLogIns : public AccountsTest {
 protected:
  WeeksOfLogIns() {
    for (const char* name : {"alice", "bob", "carol"}) people_.push_back(std::string(name) + "@mail.example");
    for (const auto& email : people_) add(email);
    for (const auto& email : people_) diligent_.push_back(enter(email));
  }

  accounts::TokenService& either() {
    ++turn_;
    if (!second_ || turn_ % 3 != 0) return tokens();
    return second_->accounts().tokens();
  }

  Held enter(const std::string& email) {
    const auto now = clock_.now();
    const auto issued = either().log_in(email, kAlicePassword, {"192.0.2.1", "test"});
    EXPECT_TRUE(issued) << issued.error().detail << day();
    if (!issued) return {};
    // A log-in sweeps out what has run out, as the clock says.
    for (auto* held : everybody()) held->ended |= held->expires_at <= now;
    return {issued->token, now, now, now + 2h};
  }

  // Another token in the place of `held`.
  void renew(Held& held) {
    const auto now = clock_.now();
    const auto renewed = either().renew(held.text, {"192.0.2.1", "test"});
    ASSERT_EQ(renewed.has_value(), held.good_at(now)) << day();
    if (!renewed) return;
    left_.push_back(held);
    left_.back().ended = true;
    held.text = renewed->token;
    held.issued_at = now;
    held.expires_at = std::min<core::Timestamp>(now + 2h, held.logged_in_at + 30 * 24h);
    ASSERT_EQ(renewed->expires_at, held.expires_at) << day();
  }

  void check(const Held& held) {
    const auto principal = either().verify(held.text);
    ASSERT_EQ(principal.has_value(), held.good_at(clock_.now()))
        << day() << (principal ? "" : principal.error().detail);
    if (!principal) return;
    ASSERT_EQ(principal->expires_at, held.expires_at);
  }

  void check_all() {
    for (const auto* held : everybody()) check(*held);
  }

  std::vector<Held*> everybody() {
    std::vector<Held*> all;
    for (auto& held : diligent_) all.push_back(&held);
    for (auto& held : idle_) all.push_back(&held);
    for (auto& held : left_) all.push_back(&held);
    return all;
  }

  // Ten minutes of a life in which everybody renews in time, and somebody comes and never renews.
  void live() {
    clock_.advance(kTick);
    ++ticks_;
    ASSERT_TRUE(accounts().secrets().rotate_if_due());
    check_secret();
    check_all();
    for (std::size_t i = 0; i < diligent_.size(); ++i) {
      auto& held = diligent_[i];
      if (!held.good_at(clock_.now()))
        held = enter(people_[i]);
      else if (clock_.now() - held.issued_at >= 110min || held.issued_at > clock_.now())
        renew(held);
    }
    if (ticks_ % 7 == 0) idle_.push_back(enter(people_[ticks_ / 7 % people_.size()]));
    if (ticks_ % 50 == 0) restart();
    if (ticks_ % 83 == 0) second_ = second_ ? nullptr : std::make_unique<Process>(file(), clock_, 1000 + ticks_);
    if (ticks_ % 131 == 0) {
      ASSERT_TRUE(accounts().rotate_secrets({"shell", ""}));
    }
    forget_old();
  }

  void live_until(core::Timestamp end) {
    while (clock_.now() < end) {
      live();
      if (HasFatalFailure()) return;
    }
  }

  // The clock jumps, life goes on for two hours, and the clock is set right again.
  void jump(std::chrono::milliseconds by) {
    clock_.set_wall(clock_.now() + by);
    live_until(clock_.now() + 2h);
    clock_.set_wall(clock_.now() - by);
  }

  // No secret signs for longer than a week, nor one whose Monday has come.
  void check_secret() {
    const auto made = core::from_unix_ms(count_rows("SELECT created_at FROM token_secrets WHERE retired_at IS NULL"));
    ASSERT_GE(made, accounts::last_rotation_time(clock_.now())) << day();
    ASSERT_LT(made, clock_.now() + 7 * 24h) << day();
    ASSERT_LE(count_rows("SELECT count(*) FROM token_secrets"), 6) << "spent ones go";
  }

  // What has ended stays so; a few of them go on being tried.
  void forget_old() {
    while (idle_.size() > 20) idle_.erase(idle_.begin());
    while (left_.size() > 10) left_.erase(left_.begin());
  }

  std::string day() const { return ", day " + std::to_string(ticks_ / 144) + ", tick " + std::to_string(ticks_) + " "; }

  std::vector<std::string> people_;
  std::vector<Held> diligent_;  // one a person
  std::vector<Held> idle_;      // never renewed
  std::vector<Held> left_;      // renewed away
  std::unique_ptr<Process> second_;
  std::size_t ticks_ = 0;
  std::size_t turn_ = 0;
};

TEST_F(WeeksOfLogIns, EveryTokenIsGoodExactlyAsLongAsItShouldBe) {
  const auto start = clock_.now();
  live_until(start + 3 * 7 * 24h);
  ASSERT_FALSE(HasFatalFailure());
  for (const auto& held : diligent_) EXPECT_EQ(held.logged_in_at, start) << "renewals alone kept everybody in";
  live_until(start + 31 * 24h);
  for (const auto& held : diligent_) EXPECT_EQ(held.logged_in_at, start + 30 * 24h) << "and for thirty days at most";
}

TEST_F(WeeksOfLogIns, NoJumpOfTheClockLocksAnybodyOut) {
  const auto start = clock_.now();
  constexpr std::chrono::milliseconds kJumps[] = {
      24h,      -24h,      90min,      -90min,    3h,         -3h,        7 * 24h,   -7 * 24h,      8 * 24h,
      -8 * 24h, 365 * 24h, -365 * 24h, 365 * 24h, -365 * 24h, -365 * 24h, 365 * 24h, 10 * 365 * 24h};
  for (const auto by : kJumps) {
    live_until(clock_.now() + 20h);
    jump(by);
    ASSERT_FALSE(HasFatalFailure()) << by.count() << " ms";
  }
  live_until(start + 3 * 7 * 24h);
}

// A clock that was far back for a moment, as after a dead battery, ends nothing that was good before.
TEST_F(WeeksOfLogIns, AClockThatWasBackForAWhileEndsNoLogIn) {
  for (const auto back : {24h, 8 * 24h, 365 * 24h}) {
    const auto token = token_of(log_in());
    clock_.set_wall(clock_.now() - back);
    ASSERT_TRUE(accounts().secrets().rotate_if_due());
    EXPECT_TRUE(tokens().verify(token_of(log_in())));
    restart();
    ASSERT_TRUE(accounts().secrets().rotate_if_due());
    clock_.advance(1min);
    clock_.set_wall(clock_.now() + back);
    ASSERT_TRUE(accounts().secrets().rotate_if_due());
    EXPECT_TRUE(tokens().verify(token)) << back / 24h << " days";
    restart();
    EXPECT_TRUE(tokens().renew(token, {"192.0.2.1", "test"})) << back / 24h << " days";
  }
}

TEST(TokenSecretRotation, IsOnMondaysAtThreeInUtc) {
  using namespace std::chrono;
  const sys_days monday{2027y / January / 11};
  const auto due = core::Timestamp{monday + 3h};
  EXPECT_EQ(accounts::last_rotation_time(due), due);
  EXPECT_EQ(accounts::last_rotation_time(due - 1ms), due - days{7});
  EXPECT_EQ(accounts::last_rotation_time(due + days{7} - 1ms), due);
  for (int day = 0; day < 7; ++day) EXPECT_EQ(accounts::last_rotation_time(due + days{day}), due) << day;
  EXPECT_EQ(accounts::last_rotation_time(core::Timestamp{sys_days{2028y / February / 29}}),
            core::Timestamp{sys_days{2028y / February / 28} + 3h})
      << "a leap day is a Tuesday";
}

}  // namespace kith::test
