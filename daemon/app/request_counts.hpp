#pragma once
// Counts finished requests for /metrics. The labels are route patterns, never paths, so there are few of them; what is
// beyond kMostSeries counts under no route. Thread-safe and quick: it is called on event threads.

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "core/duration_histogram.hpp"
#include "daemon/api/metrics.hpp"
#include "daemon/http/server.hpp"

namespace kith::daemon {

class RequestCounts {
 public:
  static constexpr std::size_t kMostSeries = 2000;

  void add(const FinishedRequest& request);
  // Sets what `measured` has of requests.
  void read(Measured& measured) const;
  // Who of this machine's own networks forwarded a request without being a trusted proxy, the last one: most likely a
  // proxy that somebody forgot to name. Strangers may send what they like.
  std::optional<std::string> not_trusted() const;

 private:
  core::DurationHistogram durations_;
  std::atomic<std::uint64_t> bytes_in_{0};
  std::atomic<std::uint64_t> bytes_out_{0};
  mutable std::mutex mutex_;  // guards both below
  std::map<RequestKey, std::uint64_t> counts_;
  std::optional<std::string> not_trusted_;
};

}  // namespace kith::daemon
