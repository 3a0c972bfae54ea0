#include "daemon/app/request_counts.hpp"

#include "federation/net/address_policy.hpp"

namespace kith::daemon {
namespace {

bool is_near(const std::string& client) {
  return federation::classify_address(client) == federation::AddressKind::private_;
}

}  // namespace

void RequestCounts::add(const FinishedRequest& request) {
  durations_.observe(request.duration);
  bytes_in_.fetch_add(request.bytes_in, std::memory_order_relaxed);
  bytes_out_.fetch_add(request.bytes_out, std::memory_order_relaxed);
  // Where no route matched, the method may be any text.
  RequestKey key{request.route.empty() ? std::string() : request.method, request.route, request.status};
  const std::lock_guard lock(mutex_);
  if (counts_.size() >= kMostSeries && !counts_.contains(key)) key = {};
  ++counts_[std::move(key)];
  if (request.forwarded && is_near(request.client)) not_trusted_ = request.client;
}

std::optional<std::string> RequestCounts::not_trusted() const {
  const std::lock_guard lock(mutex_);
  return not_trusted_;
}

void RequestCounts::read(Measured& measured) const {
  measured.request_durations = durations_.snapshot();
  measured.bytes_in = bytes_in_.load();
  measured.bytes_out = bytes_out_.load();
  const std::lock_guard lock(mutex_);
  measured.requests = counts_;
}

}  // namespace kith::daemon
