#include "accounts/rate_limit.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"

namespace kith::accounts {
namespace {

using namespace std::chrono_literals;

// How often `address` may ask before it is refused.
int allowed(RateLimit& limit, const std::string& address) {
  int times = 0;
  while (times < 100 && limit.take(address)) ++times;
  return times;
}

}  // namespace

TEST(RateLimit, AllowsSoManyAtOnceAndTellsHowLongToWait) {
  test::FakeClock clock;
  RateLimit limit(clock, {.times = 10, .per = 60s});
  EXPECT_EQ(allowed(limit, "192.0.2.1"), 10);
  const auto refused = limit.take("192.0.2.1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, core::ErrorCode::too_many_requests);
  EXPECT_EQ(refused.error().retry_after, 6s);
  EXPECT_EQ(allowed(limit, "192.0.2.2"), 10) << "others are free";
}

TEST(RateLimit, AllowsAgainAsTimeGoesByHoweverOftenItWasRefused) {
  test::FakeClock clock;
  RateLimit limit(clock, {.times = 10, .per = 60s});
  EXPECT_EQ(allowed(limit, "192.0.2.1"), 10);
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(limit.take("192.0.2.1"));
  clock.advance(6s);
  EXPECT_EQ(allowed(limit, "192.0.2.1"), 1);
  clock.advance(60s);
  EXPECT_EQ(allowed(limit, "192.0.2.1"), 10);
  clock.advance(24h);
  EXPECT_EQ(allowed(limit, "192.0.2.1"), 10) << "no more than that was saved up";
}

TEST(RateLimit, TakesAnIpv6NetworkForOneAddress) {
  test::FakeClock clock;
  RateLimit limit(clock, {.times = 3, .per = 60s});
  EXPECT_EQ(allowed(limit, "2001:db8:1:2::1"), 3);
  EXPECT_EQ(allowed(limit, "2001:db8:1:2:ffff::9"), 0);
  EXPECT_EQ(allowed(limit, "2001:db8:1:3::1"), 3);
}

TEST(RateLimit, RemembersABoundedNumberOfAddresses) {
  test::FakeClock clock;
  RateLimit limit(clock, {.times = 1, .per = 60s, .addresses = 50});
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(limit.take("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250)));
  }
  EXPECT_EQ(limit.size(), 50U);
  EXPECT_FALSE(limit.take("10.0.3.249")) << "the last one";
}

}  // namespace kith::accounts
