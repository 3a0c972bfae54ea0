#pragma once
// What all connections of a server share. Outlives them; its references outlive the server.

#include <atomic>
#include <memory>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "core/worker_pool.hpp"
#include "daemon/http/body_budget.hpp"
#include "daemon/http/connection_count.hpp"
#include "daemon/http/router.hpp"
#include "daemon/http/server.hpp"
#include "daemon/http/trusted_proxies.hpp"

namespace kith::daemon {

struct ServerContext {
  HttpOptions options;
  TrustedProxies proxies;
  const Router& router;
  core::WorkerPool& handlers;
  core::WorkerPool& disk;
  const core::Clock& clock;
  core::Random& random;
  core::Logger logger;
  ConnectionCount count{options.limits};
  std::shared_ptr<BodyBudget> bodies = std::make_shared<BodyBudget>(options.limits.buffered_bodies);
  std::atomic<bool> draining = false;
  std::atomic<std::size_t> transfers = 0;

  // Counts a transfer until what it returns is destroyed.
  std::shared_ptr<void> begin_transfer() {
    ++transfers;
    return {nullptr, [this](void*) { --transfers; }};
  }
};

}  // namespace kith::daemon
