#include "daemon/app/request_counts.hpp"

namespace kith::daemon {

void RequestCounts::add(const FinishedRequest& request) {
  durations_.observe(request.duration);
  bytes_in_.fetch_add(request.bytes_in, std::memory_order_relaxed);
  bytes_out_.fetch_add(request.bytes_out, std::memory_order_relaxed);
  // Where no route matched, the method may be any text.
  RequestKey key{request.route.empty() ? std::string() : request.method, request.route, request.status};
  const std::lock_guard lock(mutex_);
  if (counts_.size() >= kMostSeries && !counts_.contains(key)) key = {};
  ++counts_[std::move(key)];
}

void RequestCounts::read(Measured& measured) const {
  measured.request_durations = durations_.snapshot();
  measured.bytes_in = bytes_in_.load();
  measured.bytes_out = bytes_out_.load();
  const std::lock_guard lock(mutex_);
  measured.requests = counts_;
}

}  // namespace kith::daemon
