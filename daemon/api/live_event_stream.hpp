#pragma once
// The sender's events as a response body (docs/live.md, "Events"). Whether the log-in still lives is asked before the
// first event, with each beat and when check() says so.
//
// Thread-safe; only read() asks, and may wait for the disk.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "assets/live_channels.hpp"
#include "daemon/http/body.hpp"

namespace kith::daemon {

class LiveEventStream final : public BodySource {
 public:
  LiveEventStream(std::shared_ptr<assets::LiveEvents> events, std::function<bool()> still_good);

  // Has the log-in verified before anything more is sent.
  void check();

  Result read(std::span<std::uint8_t> space) override;
  void on_ready(std::function<void()> wake) override;
  void abandon() override;

 private:
  const std::shared_ptr<assets::LiveEvents> events_;
  const std::function<bool()> still_good_;
  std::atomic<bool> check_due_{true};  // a log-out may have come while this was made
  std::string unsent_;                 // of read() alone
  std::mutex mutex_;                   // guards wake_
  std::function<void()> wake_;
};

}  // namespace kith::daemon
