#include "daemon/api/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "core/alerts.hpp"

namespace kith::daemon {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily gauge(std::string name, std::string help, double value) {
  ClientMetric metric;
  metric.gauge.value = value;
  return {std::move(name), std::move(help), MetricType::Gauge, {metric}};
}

// Every kind there is from the first scrape on, so that a rate over it counts the first alert too.
MetricFamily alerts(std::map<std::string, std::uint64_t> counts) {
  for (const auto kind : core::alert_kinds::kAll) counts.try_emplace(std::string(kind), 0);
  MetricFamily family{"kith_alerts_total", "Alerts raised since the start, by kind.", MetricType::Counter, {}};
  for (const auto& [kind, count] : counts) {
    ClientMetric metric;
    metric.label = {{"kind", kind}};
    metric.counter.value = static_cast<double>(count);
    family.metric.push_back(std::move(metric));
  }
  return family;
}

MetricFamily build_info() {
  auto family = gauge("kith_build_info", "1, with the version of kithd that runs.", 1);
  family.metric.front().label = {{"version", KITH_VERSION}};
  return family;
}

}  // namespace

std::string metrics_text(const Measured& measured) {
  return prometheus::TextSerializer().Serialize({
      alerts(measured.alerts),
      build_info(),
      gauge("kith_uptime_seconds", "Since the daemon started.", static_cast<double>(measured.uptime.count())),
      gauge("kith_connections", "Open connections of both listeners.", static_cast<double>(measured.connections)),
      gauge("kith_event_streams", "Open pages that listen to events.", static_cast<double>(measured.event_streams)),
      gauge("kith_peer_sessions", "Sessions other instances have here.", static_cast<double>(measured.peer_sessions)),
      gauge("kith_users", "People who live here.", static_cast<double>(measured.users)),
      gauge("kith_mails_waiting", "Mails that wait for the mail server.", static_cast<double>(measured.mails_waiting)),
  });
}

}  // namespace kith::daemon
