#include "client/live_listener.hpp"

#include <algorithm>
#include <chrono>

#include "client/limits.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using std::chrono::seconds;
using std::chrono::steady_clock;

// One connection's events. `refusals` is a second one: this one is reading.
class Events final : public DownloadSink {
 public:
  Events(LiveSender& sender, LiveCalls& refusals)
      : reader_([&](const LiveNotice& notice) -> Expected<void> {
          has_come_ = true;
          sender.take(notice, refusals);
          return {};
        }) {}
  // True once the server said something.
  bool has_come() const { return has_come_; }
  Expected<void> begin(std::uint64_t) override { return {}; }
  Expected<void> write(core::ByteView piece) override { return reader_.read(core::as_text(piece)); }

 private:
  bool has_come_ = false;
  LiveEventReader reader_;
};

bool may_pass(ErrorCode code) {
  using enum ErrorCode;
  return code == peer_unreachable || code == busy || code == too_many_requests || code == request_timeout;
}

core::Error explained(core::Error error) {
  if (error.code == ErrorCode::not_found || error.code == ErrorCode::transfer_ended)
    error.detail = "The server does not know this link any more; perhaps it was started anew. Send again.";
  return error;
}

}  // namespace

LiveListener::LiveListener(const Account& account, const std::string& live_id, const StopSignal& stop,
                           LiveSender& sender, LiveDesk& desk)
    : account_(account), live_id_(live_id), stop_(stop), sender_(sender), desk_(desk), thread_([this] { run(); }) {}

void LiveListener::run() {
  Interruption interruption(stop_);
  Http http(interruption), second(interruption);
  LiveCalls calls(http, account_, live_id_), refusals(second, account_, live_id_);
  seconds pause{1};
  for (auto was_there = steady_clock::now(); !stop_.is_raised();) {
    Events events(sender_, refusals);
    auto heard = calls.listen(events);
    if (stop_.is_raised() || desk_.how()) return;
    if (events.has_come()) {
      was_there = steady_clock::now();
      pause = seconds{1};
    }
    if (heard) heard = core::fail(ErrorCode::peer_unreachable, "The connection to your server ended.");
    if (!may_pass(heard.error().code) || steady_clock::now() - was_there > kLivePatience)
      return desk_.finish(tl::make_unexpected(explained(std::move(heard.error()))));
    if (pause == seconds{1}) desk_.say(heard.error().detail + " Trying again for five minutes.");
    if (interruption.came_within(pause)) return;
    pause = std::min(2 * pause, kLongestPause);
  }
}

}  // namespace kith::client
