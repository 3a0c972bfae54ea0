#include "assets/live_channel_ends.hpp"

namespace kith::assets {

namespace {

LiveWake shared(std::function<void()> wake) {
  return std::make_shared<const std::function<void()>>(std::move(wake));
}

class Events final : public LiveEvents {
 public:
  Events(std::shared_ptr<LiveState> state, LiveId offer, std::shared_ptr<LiveEventBox> box)
      : state_(std::move(state)), offer_(std::move(offer)), box_(std::move(box)) {}
  ~Events() override { leave(); }

  LiveTaken<LiveEvent> take() override {
    const LiveLocked locked(*state_);
    return box_->take(locked.turn.now);
  }

  void on_ready(std::function<void()> wake) override {
    const LiveLocked locked(*state_);
    box_->on_ready(shared(std::move(wake)));
  }

  void leave() override {
    LiveLocked locked(*state_);
    box_->leave(locked.turn);
    auto* offer = state_->find(offer_);
    if (offer != nullptr && offer->read_by(box_)) offer->sender_left(locked.turn);
  }

 private:
  const std::shared_ptr<LiveState> state_;
  const LiveId offer_;
  const std::shared_ptr<LiveEventBox> box_;
};

class Stream final : public LiveStream {
 public:
  Stream(std::shared_ptr<LiveState> state, LiveId offer, LiveRequestId request, std::shared_ptr<LiveStreamBox> box)
      : state_(std::move(state)), offer_(std::move(offer)), request_(std::move(request)), box_(std::move(box)) {}
  ~Stream() override { leave(); }

  LiveTaken<LiveItem> take() override {
    LiveLocked locked(*state_);
    if (box_->ended) return box_->last_words();
    auto* offer = state_->find(offer_);
    auto* request = offer != nullptr ? offer->find(request_) : nullptr;
    if (request == nullptr || !request->read_by(box_)) return {.item = {}, .ended = true};
    return request->take(offer->sender_here(), locked.turn);
  }

  void on_ready(std::function<void()> wake) override {
    const LiveLocked locked(*state_);
    box_->wake = shared(std::move(wake));
  }

  void leave() override {
    LiveLocked locked(*state_);
    locked.turn.let_go(std::exchange(box_->wake, nullptr));
    box_->ended = true;
    auto* offer = state_->find(offer_);
    auto* request = offer != nullptr ? offer->find(request_) : nullptr;
    if (request == nullptr || !request->read_by(box_)) return;
    if (request->leave(locked.turn)) offer->tell({.kind = LiveEvent::Kind::paused, .request = request_}, locked.turn);
  }

 private:
  const std::shared_ptr<LiveState> state_;
  const LiveId offer_;
  const LiveRequestId request_;
  const std::shared_ptr<LiveStreamBox> box_;
};

}  // namespace

std::shared_ptr<LiveEvents> make_live_events(std::shared_ptr<LiveState> state, const LiveId& offer,
                                             std::shared_ptr<LiveEventBox> box) {
  return std::make_shared<Events>(std::move(state), offer, std::move(box));
}

std::shared_ptr<LiveStream> make_live_stream(std::shared_ptr<LiveState> state, const LiveId& offer,
                                             const LiveRequestId& request, std::shared_ptr<LiveStreamBox> box) {
  return std::make_shared<Stream>(std::move(state), offer, request, std::move(box));
}

}  // namespace kith::assets
