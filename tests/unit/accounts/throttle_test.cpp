#include "accounts/throttle.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"

namespace kith::accounts {
namespace {

using namespace std::chrono_literals;
using core::ErrorCode;

class ThrottleTest : public ::testing::Test {
 protected:
  // A failed attempt; the wait it was refused with, or nothing when it was let through.
  std::optional<std::chrono::seconds> fail_once(const std::string& email, const std::string& address) {
    const auto attempt = throttle_.begin(email, address);
    if (attempt) return std::nullopt;
    EXPECT_EQ(attempt.error().code, ErrorCode::too_many_requests);
    return attempt.error().retry_after;
  }
  test::FakeClock clock_;
  Throttle throttle_{clock_};
};

std::string nth_address(int n) {
  return "10.0." + std::to_string(n / 250) + "." + std::to_string(n % 250 + 1);
}

}  // namespace

TEST_F(ThrottleTest, MakesAnAccountWaitLongerWithEveryFailure) {
  for (int i = 0; i < 6; ++i) EXPECT_FALSE(fail_once("alice@a", nth_address(i))) << i;
  auto expected = 1s;
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(fail_once("alice@a", nth_address(100 + i)), expected);
    EXPECT_EQ(fail_once("ALICE@a", nth_address(200 + i)), expected) << "refused attempts change nothing";
    clock_.advance(expected);
    EXPECT_FALSE(fail_once("alice@a", nth_address(300 + i)));
    expected = std::min<std::chrono::seconds>(expected * 2, 60s);
  }
  EXPECT_FALSE(fail_once("bob@a", nth_address(1))) << "another account is free";
}

TEST_F(ThrottleTest, MakesAnAddressWaitWhateverTheAccount) {
  for (int i = 0; i < 21; ++i) EXPECT_FALSE(fail_once("user" + std::to_string(i), "192.0.2.1")) << i;
  EXPECT_EQ(fail_once("another", "192.0.2.1"), 1s);
  EXPECT_EQ(fail_once("another", "::ffff:192.0.2.1"), 1s) << "the same address, written another way";
  EXPECT_FALSE(fail_once("another", "192.0.2.2"));
}

TEST_F(ThrottleTest, TakesAnIpv6NetworkForOneAddress) {
  for (int i = 0; i < 21; ++i)
    EXPECT_FALSE(fail_once("user" + std::to_string(i), "2001:db8:1:2::" + std::to_string(i + 1)));
  EXPECT_EQ(fail_once("another", "2001:db8:1:2:ffff::9"), 1s);
  EXPECT_FALSE(fail_once("another", "2001:db8:1:3::1"));
}

TEST_F(ThrottleTest, ForgetsAfterHalfAnHourWithoutFailures) {
  for (int i = 0; i < 6; ++i) EXPECT_FALSE(fail_once("alice@a", nth_address(i)));
  clock_.advance(30min);
  for (int i = 0; i < 6; ++i) EXPECT_FALSE(fail_once("alice@a", nth_address(i))) << i;
  EXPECT_EQ(fail_once("alice@a", nth_address(9)), 1s);
}

TEST_F(ThrottleTest, SuccessClearsTheAccountButNotTheAddress) {
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(fail_once("alice@a", "192.0.2.1"));
  auto right = throttle_.begin("alice@a", "192.0.2.1");
  ASSERT_TRUE(right);
  right->succeeded();
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(fail_once("alice@a", "192.0.2.1"));
  for (int i = 0; i < 11; ++i) EXPECT_FALSE(fail_once("user" + std::to_string(i), "192.0.2.1"));
  EXPECT_TRUE(fail_once("another", "192.0.2.1")) << "5 + 5 + 11 failures";
}

TEST_F(ThrottleTest, LetsNoBurstSlipThroughBeforeItsFailuresAreKnown) {
  std::vector<Expected<Throttle::Attempt>> running;
  for (int i = 0; i < 50; ++i) running.push_back(throttle_.begin("alice@a", nth_address(i)));
  EXPECT_EQ(std::count_if(running.begin(), running.end(), [](const auto& attempt) { return attempt.has_value(); }), 6);
}

TEST_F(ThrottleTest, NeutralAttemptsLeaveNothing) {
  for (int i = 0; i < 50; ++i) {
    auto attempt = throttle_.begin("alice@a", "192.0.2.1");
    ASSERT_TRUE(attempt) << i;
    attempt->neutral();
  }
  EXPECT_EQ(throttle_.size(), 0U);
}

TEST(Throttle, KeepsABoundedNumberOfEntriesAndDropsTheOldest) {
  test::FakeClock clock;
  ThrottleLimits limits;
  limits.entries = 100;
  Throttle throttle(clock, limits, limits);
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(throttle.begin("victim", nth_address(1000 + i)));
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(throttle.begin("user" + std::to_string(i), nth_address(i)));
    EXPECT_FALSE(throttle.begin("victim", "192.0.2.9")) << "who is attacked still is not forgotten";
  }
  EXPECT_LE(throttle.size(), 200U);
}

TEST(ThrottleAddressKey, IsTheAddressOrItsNetwork) {
  EXPECT_EQ(throttle_address_key("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(throttle_address_key("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(throttle_address_key("2001:db8::1"), throttle_address_key("2001:db8:0:0:1::"));
  EXPECT_EQ(throttle_address_key("fe80::1%eth0"), throttle_address_key("fe80::2"));
  EXPECT_NE(throttle_address_key("2001:db8::1"), throttle_address_key("2001:db8:0:1::1"));
  EXPECT_LE(throttle_address_key(std::string(100'000, 'x')).size(), 64U);
}

}  // namespace kith::accounts
