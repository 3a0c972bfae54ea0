#pragma once
// The receiver's stream as a response body (docs/live.md, "Receiver"): lines, and the chunks behind theirs. What was
// taken and did not fit is kept for the next read; everything else stays in the bounded queue. One read at a time.

#include <memory>
#include <string>

#include "assets/live_channels.hpp"
#include "daemon/http/body.hpp"

namespace kith::daemon {

class LiveStreamBody final : public BodySource {
 public:
  explicit LiveStreamBody(std::shared_ptr<assets::LiveStream> stream) : stream_(std::move(stream)) {}

  Result read(std::span<std::uint8_t> space) override;
  void on_ready(std::function<void()> wake) override { stream_->on_ready(std::move(wake)); }
  void abandon() override { stream_->leave(); }

 private:
  bool take_next();
  std::size_t copy_unsent(std::span<std::uint8_t> space);

  const std::shared_ptr<assets::LiveStream> stream_;
  std::string line_;      // of what was taken last …
  std::string bytes_;     // … and what comes behind it
  std::size_t sent_ = 0;  // of both together
  bool ended_ = false;
};

}  // namespace kith::daemon
