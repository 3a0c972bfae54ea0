// Any calls in any order, with numbers that make sense and others: bounds hold, every chunk is answered once, and
// nothing is left.

#include <random>

#include "tests/unit/assets/live_fixture.hpp"

namespace kith::assets {

namespace {

class LiveHostileTest : public LiveTest {
 protected:
  unsigned roll(unsigned sides) { return static_cast<unsigned>(dice_()) % sides; }
  // Mostly small, sometimes near the largest there is.
  std::uint64_t number() { return roll(30) == 0 ? ~std::uint64_t{0} - roll(20) : roll(18); }
  std::optional<std::uint64_t> maybe_number() { return roll(10) == 0 ? std::optional(number()) : std::nullopt; }
  std::optional<int> attempt() { return roll(10) == 0 ? std::optional(static_cast<int>(roll(4))) : std::nullopt; }
  // Mostly one of the newest: those before are over.
  template <class T>
  T& any_of(std::vector<T>& things) {
    const auto size = static_cast<unsigned>(things.size());
    return roll(10) == 0 ? things[roll(size)] : things[size - 1 - roll(std::min(size, 4U))];
  }
  const LiveAsked& any() { return any_of(asked_); }

  void sender_calls() {
    switch (roll(7)) {
      case 0:
        events_.push_back(live_->listen(alice_, made_.id).value());
        return;
      case 1:
        if (roll(10) == 0) any_of(events_)->leave();
        return;
      case 2:
        if (roll(100) == 0) (void)live_->refuse(alice_, made_.id, any().id, LiveReason::cancelled);
        return;
      case 3:
        (void)open(made_, any(), maybe_number(), {attempt(), maybe_number()});
        return;
      default:
        put_some(any(), number(), roll(8));
    }
  }
  void put_some(const LiveAsked& asked, std::uint64_t first, unsigned count) {
    const auto of = attempt();
    for (auto n = first; n != first + count; ++n)
      answers_.push_back(put(made_, asked, {n, of, roll(100) == 0, std::string(1 + roll(200), 'x')}));
  }

  void receiver_calls() {
    const auto& asked = any();
    switch (roll(8)) {
      case 0:
        if (roll(10) != 0) return;
        if (auto more = live_->ask(made_.code, roll(2), {}, {}, maybe_number().value_or(0)))
          asked_.push_back(std::move(*more));
        return;
      case 1:
        if (roll(10) != 0) return;
        if (auto opened = live_->stream(receiver(made_, asked), maybe_number())) streams_.push_back(*opened);
        return;
      case 2:
        (void)live_->received(receiver(made_, asked), LiveMac{{static_cast<std::uint8_t>(roll(2))}});
        return;
      case 3:
        if (roll(100) == 0) (void)live_->give_up(receiver(made_, asked));
        return;
      default:
        if (streams_.empty()) return;
        auto& stream = any_of(streams_);
        if (roll(40) == 0) return stream->leave();
        if (const auto taken = stream->take(); taken.item && taken.item->kind == Item::chunk) ++handed_out_;
    }
  }

  void expect_bounded() {
    const auto counts = live_->counts();
    ASSERT_LE(counts.requests, kLiveRequests);
    ASSERT_LE(counts.chunks_held, counts.requests * kLiveWindow);
    ASSERT_LE(counts.bytes_held, counts.chunks_held * 200);
  }

  std::mt19937 dice_;
  LiveMade made_;
  std::vector<LiveAsked> asked_;
  std::vector<std::shared_ptr<LiveEvents>> events_;
  std::vector<std::shared_ptr<LiveStream>> streams_;
  std::vector<LiveAnswer> answers_;
  int handed_out_ = 0;
};

}  // namespace

TEST_F(LiveHostileTest, NothingBreaksWhatHolds) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    dice_.seed(seed);
    made_ = offer(alice_);
    asked_.clear();
    asked_.push_back(ask(made_));
    events_ = {live_->listen(alice_, made_.id).value()};
    for (int i = 0; i < 2000; ++i) {
      roll(2) == 0 ? sender_calls() : receiver_calls();
      if (roll(50) == 0) clock_.advance(std::chrono::milliseconds{roll(15'000)});
      if (roll(20) == 0 && live_->look(made_.code)->sender_here) live_->sweep();
      expect_bounded();
      if (HasFatalFailure()) return;
    }
    ASSERT_TRUE(live_->close(alice_, made_.id));
    for (const auto& answer : answers_) ASSERT_TRUE(*answer) << "a chunk was never answered";
    for (const auto& stream : streams_) {
      drain(*stream);
      EXPECT_TRUE(stream->take().ended);
    }
    expect_nothing_left();
    answers_.clear();
    streams_.clear();
  }
  EXPECT_GT(handed_out_, 100);  // else this would not have tried much
}

}  // namespace kith::assets
