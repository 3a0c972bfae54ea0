// What counts as too slow.

#include "daemon/http/transfer_rate.hpp"

#include <gtest/gtest.h>

namespace kith::daemon {
namespace {

using namespace std::chrono_literals;

TEST(TransferRate, IsJudgedAtTheEndOfAWindow) {
  TransferRate rate;
  rate.moved(1);
  EXPECT_FALSE(rate.too_slow(9s, 10s, 1000));
  EXPECT_TRUE(rate.too_slow(1s, 10s, 1000));
}

TEST(TransferRate, WindowsDoNotHelpEachOther) {
  TransferRate rate;
  rate.moved(1'000'000);
  EXPECT_FALSE(rate.too_slow(10s, 10s, 1000));
  rate.moved(9'999);
  EXPECT_TRUE(rate.too_slow(10s, 10s, 1000));
  rate.moved(10'000);
  EXPECT_FALSE(rate.too_slow(10s, 10s, 1000));
}

TEST(TransferRate, NothingAtAllIsAPause) {
  TransferRate rate;
  EXPECT_FALSE(rate.too_slow(10s, 10s, 1000));
  rate.moved(1);
  EXPECT_TRUE(rate.too_slow(10s, 10s, 1000)) << "a byte after a pause is a trickle again";
}

TEST(TransferRate, LongWindowsAreMeasuredByTheTimeThatPassed) {
  TransferRate rate;
  rate.moved(15'000);
  EXPECT_TRUE(rate.too_slow(20s, 10s, 1000));
}

}  // namespace
}  // namespace kith::daemon
