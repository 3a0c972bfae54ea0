#include "daemon/api/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kith::daemon {
namespace {

using testing::HasSubstr;

TEST(Metrics, AreInPrometheusFormat) {
  Measured now;
  now.alerts = {{"handshake_failed", 3}};
  now.uptime = std::chrono::seconds{90};
  now.users = 4;
  now.mails_waiting = 2;
  now.connections = 7;
  const auto text = metrics_text(now);
  EXPECT_THAT(text, HasSubstr("# TYPE kith_alerts_total counter\n"));
  EXPECT_THAT(text, HasSubstr("kith_alerts_total{kind=\"handshake_failed\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("kith_alerts_total{kind=\"master_key\"} 0\n")) << "there from the first scrape on";
  EXPECT_THAT(text, HasSubstr("kith_build_info{version=\""));
  EXPECT_THAT(text, HasSubstr("# TYPE kith_uptime_seconds gauge\n"));
  EXPECT_THAT(text, HasSubstr("kith_uptime_seconds 90\n"));
  EXPECT_THAT(text, HasSubstr("kith_users 4\n"));
  EXPECT_THAT(text, HasSubstr("kith_mails_waiting 2\n"));
  EXPECT_THAT(text, HasSubstr("kith_connections 7\n"));
  EXPECT_EQ(text.back(), '\n');
}

}  // namespace
}  // namespace kith::daemon
