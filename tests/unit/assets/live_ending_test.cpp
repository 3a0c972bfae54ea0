// Everything that ends live transfers: both sides know, and nothing is left.

#include <gmock/gmock.h>

#include "tests/unit/assets/live_fixture.hpp"

namespace kith::assets {

using core::ErrorCode;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

// A transfer in the middle: chunk 0 was handed out, sixteen are held, the last answers are held back.
class LiveEndingTest : public LiveTest {
 protected:
  LiveEndingTest() {
    open(made_, asked_);
    for (std::uint64_t n = 0; n < 17; ++n) {
      last_ = put(made_, asked_, n);
      if (n == 0) reading_->take(), reading_->take();
    }
    drain(*events_);
    EXPECT_TRUE(waits(last_));
    EXPECT_EQ(live_->counts().chunks_held, 16u);
  }

  // The receiver's connection is told this, and nothing else.
  void expect_told_receiver(ErrorCode code) {
    const auto items = drain(*reading_);
    ASSERT_THAT(kinds(items), ElementsAre(Item::failed));
    EXPECT_EQ(items[0].error.code, code);
    EXPECT_TRUE(reading_->take().ended);
  }
  void expect_told_sender(Event kind, const std::string& reason) {
    const auto told = drain(*events_);
    ASSERT_THAT(kinds(told), ElementsAre(kind));
    EXPECT_EQ(told[0].reason, reason);
  }
  void expect_request_over() {
    expect_nothing_held();
    EXPECT_EQ(live_->counts().requests, 0u);
    EXPECT_EQ(code(last_), ErrorCode::transfer_ended);
    EXPECT_EQ(code(put(made_, asked_, 17)), ErrorCode::transfer_ended);
    EXPECT_EQ(code_of_live(open(made_, asked_)), ErrorCode::transfer_ended);
    EXPECT_EQ(code_of_live(live_->stream(receiver(made_, asked_), {})), ErrorCode::transfer_ended);
    EXPECT_EQ(code_of_live(live_->received(receiver(made_, asked_), {})), ErrorCode::transfer_ended);
  }

  const LiveMade made_ = offer(alice_);
  const LiveAsked asked_ = ask(made_);
  std::shared_ptr<LiveEvents> events_ = live_->listen(alice_, made_.id).value();
  std::shared_ptr<LiveStream> reading_ = live_->stream(receiver(made_, asked_), {}).value();
  LiveAnswer last_;
};

}  // namespace

TEST_F(LiveEndingTest, TheSenderRefuses) {
  ASSERT_TRUE(live_->refuse(alice_, made_.id, asked_.id, LiveReason::cancelled));
  expect_told_receiver(ErrorCode::transfer_ended);
  expect_request_over();
  EXPECT_THAT(drain(*events_), IsEmpty());
  EXPECT_TRUE(live_->refuse(alice_, made_.id, asked_.id, LiveReason::cancelled));
  EXPECT_TRUE(live_->give_up(receiver(made_, asked_)));
}

TEST_F(LiveEndingTest, TheFileHasChanged) {
  ASSERT_TRUE(live_->refuse(alice_, made_.id, asked_.id, LiveReason::file_changed));
  expect_told_receiver(ErrorCode::file_changed);
}

TEST_F(LiveEndingTest, TheReceiverIsNotAuthentic) {
  ASSERT_TRUE(live_->refuse(alice_, made_.id, asked_.id, LiveReason::not_authentic));
  expect_told_receiver(ErrorCode::not_authentic);
}

TEST_F(LiveEndingTest, TheReceiverGivesUp) {
  ASSERT_TRUE(live_->give_up(receiver(made_, asked_)));
  expect_told_sender(Event::cancel, "cancelled");
  expect_told_receiver(ErrorCode::transfer_ended);
  expect_request_over();
}

TEST_F(LiveEndingTest, TheSenderCloses) {
  ASSERT_TRUE(live_->close(alice_, made_.id));
  expect_told_receiver(ErrorCode::sender_gone);
  expect_told_sender(Event::end, "closed");
  EXPECT_TRUE(events_->take().ended);
  EXPECT_EQ(code(last_), ErrorCode::transfer_ended);
  EXPECT_EQ(code_of_live(live_->look(made_.code)), ErrorCode::not_found);
  EXPECT_EQ(code_of_live(live_->close(alice_, made_.id)), ErrorCode::not_found);
  expect_nothing_left();
}

TEST_F(LiveEndingTest, TheUserGoes) {
  offer(alice_);
  const auto bobs = offer(bob_);
  live_->forget(alice_);
  expect_told_receiver(ErrorCode::sender_gone);
  expect_told_sender(Event::end, "closed");
  EXPECT_EQ(live_->counts().offers, 1u);
  EXPECT_TRUE(live_->look(bobs.code));
}

TEST_F(LiveEndingTest, TheDaemonStops) {
  live_->stop();
  expect_told_receiver(ErrorCode::sender_gone);
  expect_told_sender(Event::end, "closed");
  expect_nothing_left();
  EXPECT_EQ(code_of_live(live_->open(alice_, {{"a", 1, "a/b"}}, {})), ErrorCode::busy);
  EXPECT_EQ(code_of_live(live_->look(made_.code)), ErrorCode::busy);
  EXPECT_EQ(code_of_live(live_->listen(alice_, made_.id)), ErrorCode::busy);
  EXPECT_EQ(code(put(made_, asked_, 1)), ErrorCode::busy);
  live_->sweep();
  live_->stop();
}

TEST_F(LiveEndingTest, ChannelsMayOutliveIt) {
  reading_->on_ready([] {});
  live_.reset();
  EXPECT_EQ(code(last_), ErrorCode::transfer_ended);
  EXPECT_THAT(kinds(drain(*events_)), ElementsAre(Event::end));
  expect_told_receiver(ErrorCode::sender_gone);
  events_->leave();
  reading_->leave();
}

TEST_F(LiveEndingTest, NothingMoves) {
  clock_.advance(std::chrono::seconds{299});
  live_->sweep();
  EXPECT_EQ(live_->counts().requests, 1u);
  drain(*events_);
  clock_.advance(std::chrono::seconds{1});
  drain(*reading_);  // chunks, and so something has moved
  live_->sweep();
  EXPECT_EQ(live_->counts().requests, 1u);
  drain(*events_);
  clock_.advance(std::chrono::seconds{300});
  live_->sweep();
  const auto told = drain(*events_);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told[0].kind, Event::cancel);
  EXPECT_EQ(told[0].reason, "idle");
  expect_told_receiver(ErrorCode::transfer_ended);
  EXPECT_EQ(live_->counts().requests, 0u);
}

TEST_F(LiveEndingTest, NoReceiptComes) {
  const auto asked = ask(made_);
  open(made_, asked, 1);
  put(made_, asked, 0);
  drain(*live_->stream(receiver(made_, asked), {}).value());
  drain(*events_);
  clock_.advance(std::chrono::seconds{300});
  live_->sweep();
  EXPECT_EQ(code_of_live(live_->received(receiver(made_, asked), {})), ErrorCode::transfer_ended);
}

TEST_F(LiveEndingTest, TheSenderStaysAway) {
  events_.reset();
  clock_.advance(std::chrono::seconds{299});
  reading_->take();
  live_->sweep();
  EXPECT_EQ(live_->counts().offers, 1u);
  drain(*reading_);
  clock_.advance(std::chrono::seconds{1});
  live_->sweep();
  expect_told_receiver(ErrorCode::sender_gone);
  expect_nothing_left();
}

TEST_F(LiveEndingTest, TheSenderNeverComes) {
  offer(bob_);
  clock_.advance(std::chrono::seconds{299});
  live_->sweep();
  EXPECT_EQ(live_->counts().offers, 2u);
  clock_.advance(std::chrono::seconds{1});
  live_->sweep();
  EXPECT_EQ(live_->counts().offers, 1u);
}

TEST_F(LiveEndingTest, TheOfferExpires) {
  clock_.set_wall(clock_.now() + std::chrono::hours{48});  // that clocks are set does not matter
  live_->sweep();
  EXPECT_EQ(live_->counts().offers, 1u);
  clock_.advance(std::chrono::hours{24});
  live_->sweep();
  expect_told_sender(Event::end, "expired");
  expect_told_receiver(ErrorCode::transfer_ended);
  expect_nothing_left();
}

TEST_F(LiveEndingTest, AChunkWaitsNoLongerThanItMay) {
  clock_.advance(std::chrono::milliseconds{19'999});
  live_->sweep();
  EXPECT_TRUE(waits(last_));
  clock_.advance(std::chrono::milliseconds{1});
  live_->sweep();
  EXPECT_EQ(code(last_), ErrorCode::busy);
  const auto again = put(made_, asked_, 16);
  EXPECT_TRUE(waits(again));
  drain(*reading_);
  EXPECT_TRUE(taken_in(again));
}

TEST_F(LiveEndingTest, QuietChannelsBeat) {
  drain(*reading_);
  clock_.advance(std::chrono::seconds{9});
  live_->sweep();
  EXPECT_THAT(drain(*events_), IsEmpty());
  EXPECT_THAT(drain(*reading_), IsEmpty());
  clock_.advance(std::chrono::seconds{1});
  for (int i = 0; i < 3; ++i) live_->sweep();
  EXPECT_THAT(kinds(drain(*events_)), ElementsAre(Event::beat));
  EXPECT_THAT(kinds(drain(*reading_)), ElementsAre(Item::beat));
  live_->sweep();
  EXPECT_THAT(drain(*events_), IsEmpty());
  EXPECT_THAT(drain(*reading_), IsEmpty());
}

TEST_F(LiveEndingTest, AnotherConnectionOfTheSenderTakesThePlace) {
  auto second = live_->listen(alice_, made_.id).value();
  EXPECT_TRUE(events_->take().ended);
  events_.reset();  // goes late: the sender is still here
  EXPECT_TRUE(live_->look(made_.code)->sender_here);
  EXPECT_THAT(kinds(drain(*second)), ElementsAre(Event::hello));
}

// What a reader holds may go when its channel does, and may hold the channel.
TEST_F(LiveEndingTest, LeavingLetsGoOfTheReader) {
  auto reader = std::make_shared<std::pair<std::shared_ptr<LiveStream>, std::shared_ptr<LiveEvents>>>();
  *reader = {std::move(reading_), std::move(events_)};
  const std::weak_ptr<void> watched = reader;
  auto& [reading, events] = *reader;
  reading->on_ready([reader] {});
  events->on_ready([reader] {});
  events->leave();
  reading->leave();
  reader.reset();
  EXPECT_TRUE(watched.expired());
}

}  // namespace kith::assets
