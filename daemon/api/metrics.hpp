#pragma once
// What GET /metrics tells, in Prometheus' text format (version 0.0.4). Pure. Only metrics.cpp includes prometheus-cpp,
// and of that no server: the daemon has its own.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace kith::daemon {

// How things stand at one moment.
struct Measured {
  std::map<std::string, std::uint64_t> alerts;  // raised since the start, by kind
  std::chrono::seconds uptime{0};
  std::size_t connections = 0;     // open sockets of both listeners
  std::size_t event_streams = 0;   // open pages
  std::size_t peer_sessions = 0;   // that other instances opened here
  std::int64_t users = 0;          // who live here
  std::int64_t mails_waiting = 0;  // for the mail server
};

inline constexpr std::string_view kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

std::string metrics_text(const Measured& measured);

}  // namespace kith::daemon
