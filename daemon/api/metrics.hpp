#pragma once
// What GET /metrics tells, in Prometheus' text format (version 0.0.4). Pure. Only metrics.cpp includes prometheus-cpp,
// and of that no server: the daemon has its own.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/duration_histogram.hpp"

namespace kith::daemon {

// What finished requests are counted by.
struct RequestKey {
  std::string method;
  std::string route;  // the pattern; empty when none matched
  int status = 0;
  auto operator<=>(const RequestKey&) const = default;
};

// How things stand at one moment; counts are since the start.
struct Measured {
  using Durations = core::DurationHistogram::Snapshot;

  std::map<std::string, std::uint64_t> alerts;  // raised, by kind
  std::chrono::seconds uptime{0};
  std::size_t connections = 0;    // open sockets of both listeners
  std::size_t event_streams = 0;  // open pages
  std::size_t peer_sessions = 0;  // that other instances opened here

  std::size_t live_offers = 0;        // files that somebody sends live
  std::size_t live_requests = 0;      // files on their way so, or about to be
  std::uint64_t live_held_bytes = 0;  // of those, in memory

  std::map<RequestKey, std::uint64_t> requests;  // finished
  Durations request_durations;
  std::uint64_t bytes_in = 0;   // of bodies
  std::uint64_t bytes_out = 0;  // of heads and bodies
  std::size_t transfers = 0;    // running

  std::int64_t users = 0;                          // who live here
  std::map<std::string, std::int64_t> handshakes;  // and the connections they became, by state
  std::int64_t peers_reachable = 0;                // instances with which somebody here has to do
  std::int64_t peers_unreachable = 0;
  std::map<std::string, std::int64_t> queues;  // what waits, by name

  std::map<std::string, Durations> database_times;  // by operation
  std::map<std::string, Durations> blob_times;
  std::uint64_t disk_free_bytes = 0;
};

inline constexpr std::string_view kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

std::string metrics_text(const Measured& measured);

}  // namespace kith::daemon
