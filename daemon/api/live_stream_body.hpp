#pragma once
// The receiver's stream as a response body (docs/live.md, "Receiver"): lines, and the chunks behind theirs, which are
// sent as they came. A chunk is taken when the one before has gone; the others stay in the bounded queue.

#include <memory>

#include "assets/live_channels.hpp"
#include "daemon/http/body.hpp"

namespace kith::daemon {

class LiveStreamBody final : public BodySource {
 public:
  explicit LiveStreamBody(std::shared_ptr<assets::LiveStream> stream) : stream_(std::move(stream)) {}

  bool gives() const override { return true; }
  Given give() override;
  void on_ready(std::function<void()> wake) override { stream_->on_ready(std::move(wake)); }
  void abandon() override { stream_->leave(); }

 private:
  const std::shared_ptr<assets::LiveStream> stream_;
};

}  // namespace kith::daemon
