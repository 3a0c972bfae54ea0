#pragma once
// One turn of the live transfers' state machine: what time it is, and what is to be called once the lock is free. The
// calls, and everything of the caller's that is let go of, run when the turn is destroyed: declare it before the lock.

#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "core/error.hpp"

namespace kith::assets {

using LiveTime = std::chrono::steady_clock::time_point;
// How many chunks the receiver was handed, or why a chunk was not taken in.
using LiveDone = std::function<void(core::Expected<std::uint64_t>)>;
using LiveWake = std::shared_ptr<const std::function<void()>>;

class LiveTurn {
 public:
  LiveTurn() = default;
  LiveTurn(const LiveTurn&) = delete;
  LiveTurn& operator=(const LiveTurn&) = delete;
  ~LiveTurn() {
    for (const auto& call : calls_) call();
  }

  LiveTime now;

  void wake(const LiveWake& wake) {
    if (wake) calls_.push_back([wake] { (*wake)(); });
  }
  void answer(LiveDone done, core::Expected<std::uint64_t> with) {
    calls_.push_back([done = std::move(done), with = std::move(with)] { done(with); });
  }
  // Whatever `thing` holds goes when no lock is held: its destructors may call back.
  void let_go(std::shared_ptr<const void> thing) { let_go_.push_back(std::move(thing)); }

 private:
  std::vector<std::shared_ptr<const void>> let_go_;  // goes after the calls
  std::vector<std::function<void()>> calls_;
};

}  // namespace kith::assets
