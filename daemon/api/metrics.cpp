#include "daemon/api/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "core/alerts.hpp"

namespace kith::daemon {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

template <class Number>
void add_gauge(MetricFamily& family, Labels labels, Number value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = static_cast<double>(value);
  family.metric.push_back(std::move(metric));
}

template <class Number>
void add_counter(MetricFamily& family, Labels labels, Number value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.counter.value = static_cast<double>(value);
  family.metric.push_back(std::move(metric));
}

template <class Number>
MetricFamily gauge(std::string name, std::string help, Number value) {
  MetricFamily family{std::move(name), std::move(help), MetricType::Gauge, {}};
  add_gauge(family, {}, value);
  return family;
}

template <class Number>
MetricFamily counter(std::string name, std::string help, Number value) {
  MetricFamily family{std::move(name), std::move(help), MetricType::Counter, {}};
  add_counter(family, {}, value);
  return family;
}

template <class Number>
MetricFamily gauges(std::string name, std::string help, const std::string& label,
                    const std::map<std::string, Number>& values) {
  MetricFamily family{std::move(name), std::move(help), MetricType::Gauge, {}};
  for (const auto& [key, value] : values) add_gauge(family, {{label, key}}, value);
  return family;
}

ClientMetric histogram(Labels labels, const Measured::Durations& durations) {
  using Seconds = std::chrono::duration<double>;
  ClientMetric metric;
  metric.label = std::move(labels);
  std::uint64_t so_far = 0;
  for (std::size_t place = 0; place < durations.counts.size(); ++place) {
    so_far += durations.counts[place];
    const bool last = place == core::DurationHistogram::kEnds.size();
    const double end =
        last ? std::numeric_limits<double>::infinity() : Seconds(core::DurationHistogram::kEnds[place]).count();
    metric.histogram.bucket.push_back({so_far, end});
  }
  metric.histogram.sample_count = so_far;
  metric.histogram.sample_sum = Seconds(durations.sum).count();
  return metric;
}

MetricFamily histograms(std::string name, std::string help, const std::map<std::string, Measured::Durations>& times) {
  MetricFamily family{std::move(name), std::move(help), MetricType::Histogram, {}};
  for (const auto& [operation, durations] : times)
    family.metric.push_back(histogram({{"operation", operation}}, durations));
  return family;
}

// Every kind there is from the first scrape on, so that a rate over it counts the first alert too.
MetricFamily alerts(std::map<std::string, std::uint64_t> counts) {
  for (const auto kind : core::alert_kinds::kAll) counts.try_emplace(std::string(kind), 0);
  MetricFamily family{"kith_alerts_total", "Alerts raised since the start, by kind.", MetricType::Counter, {}};
  for (const auto& [kind, count] : counts) add_counter(family, {{"kind", kind}}, count);
  return family;
}

MetricFamily build_info() {
  MetricFamily family{"kith_build_info", "1, with the version of kithd that runs.", MetricType::Gauge, {}};
  add_gauge(family, {{"version", KITH_VERSION}}, 1);
  return family;
}

MetricFamily requests(const Measured& measured) {
  MetricFamily family{"kith_http_requests_total",
                      "Finished requests, by method, route pattern and status; the route is empty where none matched.",
                      MetricType::Counter,
                      {}};
  for (const auto& [key, count] : measured.requests)
    add_counter(family, {{"method", key.method}, {"route", key.route}, {"status", std::to_string(key.status)}}, count);
  return family;
}

MetricFamily request_durations(const Measured& measured) {
  MetricFamily family{"kith_http_request_duration_seconds",
                      "From the head of a request to the end of its answer, transfers included.",
                      MetricType::Histogram,
                      {}};
  family.metric.push_back(histogram({}, measured.request_durations));
  return family;
}

MetricFamily peers(const Measured& measured) {
  return gauges<std::int64_t>("kith_peers",
                              "Instances that people here have to do with, by whether they answered last.", "state",
                              {{"reachable", measured.peers_reachable}, {"unreachable", measured.peers_unreachable}});
}

std::int64_t mails_waiting(const Measured& measured) {
  const auto found = measured.queues.find("mails");
  return found == measured.queues.end() ? 0 : found->second;
}

}  // namespace

std::string metrics_text(const Measured& measured) {
  return prometheus::TextSerializer().Serialize({
      alerts(measured.alerts),
      build_info(),
      gauge("kith_uptime_seconds", "Since the daemon started.", measured.uptime.count()),
      gauge("kith_connections", "Open connections of both listeners.", measured.connections),
      gauge("kith_event_streams", "Open pages that listen to events.", measured.event_streams),
      gauge("kith_peer_sessions", "Sessions other instances have here.", measured.peer_sessions),
      gauge("kith_live_offers", "Links for live transfers that are open.", measured.live_offers),
      gauge("kith_live_requests", "Files that receivers of live transfers have asked for and do not have yet.",
            measured.live_requests),
      gauge("kith_live_held_bytes", "Of live transfers, held in memory until their receivers take them.",
            measured.live_held_bytes),
      requests(measured),
      request_durations(measured),
      counter("kith_http_received_bytes_total", "Bytes of the bodies of finished requests.", measured.bytes_in),
      counter("kith_http_sent_bytes_total", "Bytes of finished answers, heads included.", measured.bytes_out),
      gauge("kith_transfers", "Files and streams on their way in or out, event streams included.", measured.transfers),
      gauge("kith_users", "People who live here.", measured.users),
      gauge("kith_mails_waiting", "Mails that wait for the mail server.", mails_waiting(measured)),
      gauges("kith_handshakes", "Handshakes and the connections they became, by state.", "state", measured.handshakes),
      peers(measured),
      gauges("kith_queue_length",
             "What waits: work for the thread pools (handlers, bodies, peer_calls), messages to "
             "other instances (outbox), mails, and photos to look at.",
             "queue", measured.queues),
      histograms("kith_database_seconds", "Time a read or a write of the database took, waits and commit included.",
                 measured.database_times),
      histograms("kith_blob_store_seconds", "Time the disk took for content: a piece written or read, a sync.",
                 measured.blob_times),
      gauge("kith_disk_free_bytes", "What an ordinary user may still write to the file system of the data folder.",
            measured.disk_free_bytes),
  });
}

}  // namespace kith::daemon
