#include "daemon/api/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/request_counts.hpp"

namespace kith::daemon {
namespace {

using std::chrono::microseconds;
using testing::HasSubstr;

TEST(Metrics, AreInPrometheusFormat) {
  Measured now;
  now.alerts = {{"handshake_failed", 3}};
  now.uptime = std::chrono::seconds{90};
  now.users = 4;
  now.queues = {{"mails", 2}};
  now.handshakes = {{"established", 5}};
  now.peers_unreachable = 1;
  now.connections = 7;
  now.live_offers = 3;
  now.live_requests = 2;
  now.live_held_bytes = 524'320;
  const auto text = metrics_text(now);
  EXPECT_THAT(text, HasSubstr("# TYPE kith_alerts_total counter\n"));
  EXPECT_THAT(text, HasSubstr("kith_alerts_total{kind=\"handshake_failed\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("kith_alerts_total{kind=\"master_key\"} 0\n")) << "there from the first scrape on";
  EXPECT_THAT(text, HasSubstr("kith_build_info{version=\""));
  EXPECT_THAT(text, HasSubstr("# TYPE kith_uptime_seconds gauge\n"));
  EXPECT_THAT(text, HasSubstr("kith_uptime_seconds 90\n"));
  EXPECT_THAT(text, HasSubstr("kith_users 4\n"));
  EXPECT_THAT(text, HasSubstr("kith_queue_length{queue=\"mails\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("kith_handshakes{state=\"established\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("kith_peers{state=\"unreachable\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("kith_connections 7\n"));
  EXPECT_THAT(text, HasSubstr("kith_live_offers 3\n"));
  EXPECT_THAT(text, HasSubstr("kith_live_requests 2\n"));
  EXPECT_THAT(text, HasSubstr("kith_live_held_bytes 524320\n"));
  EXPECT_EQ(text.back(), '\n');
}

FinishedRequest finished(std::string method, std::string route, int status, microseconds took) {
  FinishedRequest request;
  request.method = std::move(method);
  request.route = std::move(route);
  request.status = status;
  request.duration = took;
  request.bytes_in = 10;
  request.bytes_out = 1000;
  return request;
}

std::string text_of(const RequestCounts& counts) {
  Measured now;
  counts.read(now);
  return metrics_text(now);
}

TEST(RequestCounts, ByRouteAndStatus) {
  RequestCounts counts;
  counts.add(finished("GET", "/files", 200, microseconds{400}));
  counts.add(finished("GET", "/files", 200, microseconds{500}));
  counts.add(finished("GET", "/files", 404, std::chrono::seconds{60}));
  const auto text = text_of(counts);
  EXPECT_THAT(text, HasSubstr("kith_http_requests_total{method=\"GET\",route=\"/files\",status=\"200\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("kith_http_requests_total{method=\"GET\",route=\"/files\",status=\"404\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("kith_http_request_duration_seconds_bucket{le=\"0.0001\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("kith_http_request_duration_seconds_bucket{le=\"0.0005\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("kith_http_request_duration_seconds_bucket{le=\"30\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("kith_http_request_duration_seconds_bucket{le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("kith_http_request_duration_seconds_count 3\n"));
  EXPECT_THAT(text, HasSubstr("kith_http_received_bytes_total 30\n"));
  EXPECT_THAT(text, HasSubstr("kith_http_sent_bytes_total 3000\n"));
}

TEST(RequestCounts, WhatStrangersMakeUpMakesNoSeries) {
  RequestCounts counts;
  for (int i = 0; i < 3; ++i) counts.add(finished("MADE" + std::to_string(i), "", 404, microseconds{1}));
  EXPECT_THAT(text_of(counts), HasSubstr("kith_http_requests_total{method=\"\",route=\"\",status=\"404\"} 3\n"));
  Measured now;
  for (std::size_t i = 0; i < RequestCounts::kMostSeries + 50; ++i)
    counts.add(finished("GET", "/r" + std::to_string(i), 200, microseconds{1}));
  counts.read(now);
  EXPECT_LE(now.requests.size(), RequestCounts::kMostSeries + 1);
  EXPECT_EQ(now.requests.at(RequestKey{}), 51u) << "what is beyond is counted all the same";
}

TEST(RequestCounts, TellsOfAProxyThatIsNotTrusted) {
  RequestCounts counts;
  auto request = finished("GET", "/files", 200, microseconds{1});
  request.client = "192.168.1.7";
  counts.add(request);
  EXPECT_EQ(counts.not_trusted(), std::nullopt);
  request.forwarded = true;
  request.client = "198.41.0.4";  // a stranger
  counts.add(request);
  EXPECT_EQ(counts.not_trusted(), std::nullopt);
  request.client = "192.168.1.7";
  counts.add(request);
  EXPECT_EQ(counts.not_trusted(), "192.168.1.7");
}

}  // namespace
}  // namespace kith::daemon
