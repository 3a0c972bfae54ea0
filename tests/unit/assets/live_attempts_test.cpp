// How a request goes from the receiver's wish to its receipt, with connections that break on the way.

#include <gmock/gmock.h>

#include "tests/unit/assets/live_fixture.hpp"

namespace kith::assets {

using core::ErrorCode;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

class LiveAttemptsTest : public LiveTest {
 protected:
  std::shared_ptr<LiveEvents> listen() { return live_->listen(alice_, made_.id).value(); }
  std::shared_ptr<LiveStream> stream(std::optional<std::uint64_t> from = {}) {
    return live_->stream(receiver(made_, asked_), from).value();
  }
  core::Expected<LiveOpening> open(std::optional<std::uint64_t> chunks = {}, LiveTransfers::Wanted wanted = {}) {
    return LiveTest::open(made_, asked_, chunks, wanted);
  }
  LiveAnswer put(std::uint64_t number, std::optional<int> attempt = {}) {
    return LiveTest::put(made_, asked_, {number, attempt, false, bytes_of(number)});
  }

  const LiveMade made_ = offer(alice_);
  const LiveAsked asked_ = ask(made_, 2);
};

}  // namespace

TEST_F(LiveAttemptsTest, GoFromWishToReceipt) {
  auto events = listen();
  auto told = drain(*events);
  ASSERT_THAT(kinds(told), ElementsAre(Event::hello, Event::request));
  EXPECT_THAT(told[0].known, ElementsAre(asked_.id));
  EXPECT_EQ(told[1].request, asked_.id);
  EXPECT_EQ(told[1].public_key, LiveKey{{7}});
  EXPECT_EQ(told[1].mac, LiveMac{{8}});
  EXPECT_EQ(told[1].from, 2u);
  EXPECT_EQ(told[1].attempt, 1);

  auto reading = stream();
  EXPECT_THAT(drain(*reading), IsEmpty());
  const auto opening = open(4, {1, 2}).value();
  EXPECT_EQ(opening.attempt, 1);
  EXPECT_EQ(opening.from, 2u);
  EXPECT_TRUE(taken_in(put(3)));
  EXPECT_TRUE(taken_in(put(2)));
  const auto items = drain(*reading);
  ASSERT_THAT(kinds(items), ElementsAre(Item::opening, Item::chunk, Item::chunk));
  EXPECT_EQ(items[0].opening.salt, opening.salt);
  EXPECT_EQ(items[0].opening.chunks, 4u);
  EXPECT_EQ(items[1].number, 2u);
  EXPECT_EQ(items[1].bytes, bytes_of(2));
  EXPECT_EQ(items[2].bytes, bytes_of(3));
  EXPECT_TRUE(reading->take().ended);
  EXPECT_EQ(live_->counts().requests, 0u);

  reading.reset();
  EXPECT_THAT(drain(*events), IsEmpty());  // the end is no break
  ASSERT_TRUE(live_->received(receiver(made_, asked_), LiveMac{{5}}));
  told = drain(*events);
  ASSERT_THAT(kinds(told), ElementsAre(Event::received));
  EXPECT_EQ(told[0].mac, LiveMac{{5}});
}

TEST_F(LiveAttemptsTest, TakeTheReceiptAsOftenAsItComes) {
  open(3);
  EXPECT_EQ(code_of_live(live_->received(receiver(made_, asked_), LiveMac{{5}})), ErrorCode::conflict);
  put(2);
  drain(*stream());
  auto events = listen();
  drain(*events);
  ASSERT_TRUE(live_->received(receiver(made_, asked_), LiveMac{{5}}));
  ASSERT_TRUE(live_->received(receiver(made_, asked_), LiveMac{{5}}));
  EXPECT_EQ(code_of_live(live_->received(receiver(made_, asked_), LiveMac{{6}})), ErrorCode::conflict);
  EXPECT_THAT(kinds(drain(*events)), ElementsAre(Event::received));
  EXPECT_EQ(code(put(2)), ErrorCode::transfer_ended);
  EXPECT_EQ(code_of_live(live_->stream(receiver(made_, asked_), {})), ErrorCode::transfer_ended);
}

TEST_F(LiveAttemptsTest, WakeWhoReads) {
  int sender_woken = 0;
  int receiver_woken = 0;
  auto events = listen();
  events->on_ready([&] { ++sender_woken; });
  auto reading = stream();
  reading->on_ready([&] { ++receiver_woken; });
  const auto since = [](int& counter) { return std::exchange(counter, 0) > 0; };

  open();
  EXPECT_TRUE(since(receiver_woken));
  put(2);
  EXPECT_TRUE(since(receiver_woken));
  ask(made_);
  EXPECT_TRUE(since(sender_woken));
  events->leave();
  EXPECT_TRUE(since(receiver_woken));
  events = listen();
  EXPECT_TRUE(since(receiver_woken));
  events->on_ready([&] { ++sender_woken; });
  ASSERT_TRUE(live_->refuse(alice_, made_.id, asked_.id, LiveReason::cancelled));
  EXPECT_TRUE(since(receiver_woken));
  ASSERT_TRUE(live_->close(alice_, made_.id));
  EXPECT_TRUE(since(sender_woken));
}

TEST_F(LiveAttemptsTest, MayCallBackFromWhereTheyAreCalled) {
  // Were a lock held, this would never end.
  auto events = listen();
  events->on_ready([&] { drain(*events); });
  auto reading = stream();
  reading->on_ready([&] { drain(*reading); });
  open();
  std::optional<core::Expected<std::uint64_t>> second;
  live_->put(alice_, made_.id, asked_.id, {2, {}, false, "x"}, [&](auto) {
    live_->put(alice_, made_.id, asked_.id, {3, {}, false, "x"}, [&](auto answer) { second = answer; });
  });
  ASSERT_TRUE(second);
  EXPECT_TRUE(*second);
  EXPECT_TRUE(live_->close(alice_, made_.id));
}

TEST_F(LiveAttemptsTest, AreOpenedBeforeChunksCome) {
  EXPECT_EQ(code(put(2)), ErrorCode::not_ready);
  EXPECT_EQ(code(put(2, 2)), ErrorCode::bad_request);
  ASSERT_TRUE(open());
  EXPECT_TRUE(taken_in(put(2, 1)));
  EXPECT_EQ(code(LiveTest::put(made_, asked_, {3, {}, false, ""})), ErrorCode::bad_request);
  EXPECT_EQ(code(LiveTest::put(made_, asked_, {3, {}, false, std::string(kLiveChunkBytes + 1, 'x')})),
            ErrorCode::bad_request);
  EXPECT_EQ(live_->counts().chunks_held, 1u);
}

TEST_F(LiveAttemptsTest, AreOpenedAsAskedFor) {
  EXPECT_EQ(code_of_live(open(5, {2, {}})), ErrorCode::bad_request);
  EXPECT_EQ(code_of_live(open(5, {1, 3})), ErrorCode::bad_request);
  EXPECT_EQ(code_of_live(open(2)), ErrorCode::bad_request);
  EXPECT_EQ(code_of_live(open(0)), ErrorCode::bad_request);
  EXPECT_EQ(code_of_live(open(~std::uint64_t{0})), ErrorCode::bad_request);
  LiveOpening opening;
  opening.chunks = 5;
  ASSERT_TRUE(live_->answer(alice_, made_.id, asked_.id, opening, {}));
  put(2);
  EXPECT_TRUE(live_->answer(alice_, made_.id, asked_.id, opening, {}));  // its answer was lost
  opening.salt.data[0] = 1;
  EXPECT_EQ(code_of_live(live_->answer(alice_, made_.id, asked_.id, opening, {})), ErrorCode::conflict);
  EXPECT_EQ(live_->counts().chunks_held, 1u);
}

TEST_F(LiveAttemptsTest, AreSupersededWhenTheReceiverBreaksOff) {
  auto events = listen();
  open();
  auto reading = stream();
  std::vector<LiveAnswer> answers;
  for (std::uint64_t n = 2; n < 18; ++n) answers.push_back(put(n));
  reading->take(), reading->take();  // the opening and chunk 2, which may be lost
  EXPECT_TRUE(waits(answers.back()));
  drain(*events);

  reading->leave();
  expect_nothing_held();
  EXPECT_EQ(code(answers.back()), ErrorCode::transfer_superseded);
  EXPECT_THAT(kinds(drain(*events)), ElementsAre(Event::paused));
  EXPECT_EQ(code(put(3)), ErrorCode::transfer_superseded);
  EXPECT_EQ(code_of_live(open()), ErrorCode::transfer_superseded);

  reading = stream(2);
  const auto told = drain(*events);
  ASSERT_THAT(kinds(told), ElementsAre(Event::resume));
  EXPECT_EQ(told[0].from, 2u);
  EXPECT_EQ(told[0].attempt, 2);
  EXPECT_EQ(code(put(2)), ErrorCode::transfer_superseded);
  EXPECT_EQ(code(put(2, 1)), ErrorCode::transfer_superseded);
  EXPECT_EQ(code(put(2, 2)), ErrorCode::not_ready);
  EXPECT_EQ(code_of_live(open({}, {1, {}})), ErrorCode::transfer_superseded);
  ASSERT_TRUE(open({}, {2, 2}));
  EXPECT_TRUE(taken_in(put(2, 2)));
  EXPECT_THAT(kinds(drain(*reading)), ElementsAre(Item::opening, Item::chunk));
}

TEST_F(LiveAttemptsTest, GoOnUntouchedWhenNothingWasHandedOut) {
  open();
  put(2);
  auto events = listen();
  drain(*events);
  auto first = stream();
  auto second = stream(2);
  EXPECT_TRUE(first->take().ended);
  EXPECT_THAT(kinds(drain(*second)), ElementsAre(Item::opening, Item::chunk));
  first.reset();  // its place was taken: that is no break
  EXPECT_THAT(drain(*events), IsEmpty());
  EXPECT_TRUE(taken_in(put(3)));
}

TEST_F(LiveAttemptsTest, BeginAnewForAnotherConnection) {
  auto events = listen();
  auto first = stream();
  open();
  put(2), put(3);
  EXPECT_THAT(kinds(drain(*first)), ElementsAre(Item::opening, Item::chunk, Item::chunk));
  drain(*events);
  auto second = stream(4);  // it has all that was handed out, but not the opening of what follows
  EXPECT_TRUE(first->take().ended);
  const auto told = drain(*events);
  ASSERT_THAT(kinds(told), ElementsAre(Event::resume));
  EXPECT_EQ(told[0].from, 4u);
  EXPECT_THAT(drain(*second), IsEmpty());
}

TEST_F(LiveAttemptsTest, StayUnopenedWhenTheReceiverComesBackInTime) {
  auto events = listen();
  drain(*events);
  stream().reset();
  auto reading = stream(2);
  EXPECT_THAT(drain(*events), IsEmpty());
  reading = stream(5);  // an earlier run has left it more
  const auto told = drain(*events);
  ASSERT_THAT(kinds(told), ElementsAre(Event::request));
  EXPECT_EQ(told[0].from, 5u);
  EXPECT_EQ(told[0].attempt, 2);
  EXPECT_EQ(code_of_live(open({}, {1, 2})), ErrorCode::transfer_superseded);
  EXPECT_EQ(open({}, {2, 5})->from, 5u);
}

TEST_F(LiveAttemptsTest, GoOnAfterTheEndWasLost) {
  auto events = listen();
  open(4);
  put(2), put(3);
  drain(*stream());
  drain(*events);
  auto reading = stream(3);
  EXPECT_THAT(kinds(drain(*events)), ElementsAre(Event::resume));
  EXPECT_EQ(live_->counts().requests, 1u);
  open(4);
  put(3);
  EXPECT_THAT(kinds(drain(*reading)), ElementsAre(Item::opening, Item::chunk));
  EXPECT_TRUE(reading->take().ended);
  EXPECT_EQ(code_of_live(live_->stream(receiver(made_, asked_), 4)), ErrorCode::bad_request);
  EXPECT_TRUE(live_->received(receiver(made_, asked_), {}));
}

TEST_F(LiveAttemptsTest, TellTheReceiverWhetherTheSenderIsThere) {
  auto reading = stream();
  EXPECT_THAT(kinds(drain(*reading)), ElementsAre(Item::sender_away));
  auto events = listen();
  EXPECT_TRUE(live_->look(made_.code)->sender_here);
  EXPECT_THAT(kinds(drain(*reading)), ElementsAre(Item::sender_back));
  events.reset();
  EXPECT_FALSE(live_->look(made_.code)->sender_here);
  EXPECT_THAT(kinds(drain(*reading)), ElementsAre(Item::sender_away));
}

TEST_F(LiveAttemptsTest, OutliveTheSendersShortBreak) {
  auto events = listen();
  auto reading = stream();
  open();
  put(2);
  events->leave();
  clock_.advance(std::chrono::seconds{9});
  live_->sweep();
  EXPECT_EQ(live_->counts().chunks_held, 1u);
  events = listen();
  EXPECT_THAT(kinds(drain(*events)), ElementsAre(Event::hello));
  EXPECT_TRUE(taken_in(put(3)));
  EXPECT_THAT(kinds(drain(*reading)), ElementsAre(Item::opening, Item::chunk, Item::chunk));
}

TEST_F(LiveAttemptsTest, GoOnWhileTheSenderStillSends) {
  auto reading = stream();
  open();
  for (std::uint64_t n = 2; n < 8; ++n) {
    EXPECT_TRUE(taken_in(put(n)));
    clock_.advance(std::chrono::seconds{9});
    live_->sweep();
  }
  EXPECT_EQ(live_->counts().chunks_held, 6u);
  clock_.advance(std::chrono::seconds{1});
  live_->sweep();
  expect_nothing_held();
}

TEST_F(LiveAttemptsTest, BeginAnewAfterTheSendersLongBreak) {
  auto events = listen();
  auto reading = stream();
  open();
  for (std::uint64_t n = 2; n < 18; ++n) put(n);
  const auto held_back = put(17);
  reading->take(), reading->take();
  events.reset();
  clock_.advance(std::chrono::seconds{10});
  live_->sweep();
  expect_nothing_held();
  EXPECT_EQ(code(held_back), ErrorCode::transfer_superseded);
  drain(*reading);

  for (int again = 0; again < 2; ++again) {  // asked for on each new connection until it is opened
    events = listen();
    const auto told = drain(*events);
    ASSERT_THAT(kinds(told), ElementsAre(Event::hello, Event::resume));
    EXPECT_EQ(told[1].from, 3u);
    EXPECT_EQ(told[1].attempt, 2);
  }
  ASSERT_TRUE(open({}, {2, 3}));
  put(3);
  const auto items = drain(*reading);
  ASSERT_THAT(kinds(items), ElementsAre(Item::sender_back, Item::opening, Item::chunk));
  EXPECT_EQ(items[1].opening.from, 3u);
  EXPECT_EQ(items[2].number, 3u);
}

TEST_F(LiveAttemptsTest, ForgetTheOpeningThatNobodyHasReadYet) {
  auto events = listen();
  auto reading = stream();
  open();
  events.reset();
  clock_.advance(std::chrono::seconds{10});
  live_->sweep();
  events = listen();
  for (const auto& item : drain(*reading)) EXPECT_EQ(item.kind, Item::beat);
  ASSERT_TRUE(open({}, {2, 2}));
  const auto items = drain(*reading);
  ASSERT_THAT(kinds(items), ElementsAre(Item::opening));
  EXPECT_EQ(items[0].opening.attempt, 2);
}

TEST_F(LiveAttemptsTest, LetGoOfWhatNobodyFetches) {
  auto events = listen();
  open();
  put(2);
  drain(*events);
  clock_.advance(std::chrono::seconds{10});
  live_->sweep();
  expect_nothing_held();
  EXPECT_THAT(kinds(drain(*events)), ElementsAre(Event::paused));
  auto reading = stream();
  EXPECT_THAT(kinds(drain(*events)), ElementsAre(Event::resume));
}

TEST_F(LiveAttemptsTest, ReplayTheReceiptsToASenderThatComesBack) {
  open(3);
  put(2);
  drain(*stream());
  ASSERT_TRUE(live_->received(receiver(made_, asked_), LiveMac{{5}}));
  for (int i = 0; i < 70; ++i) ASSERT_TRUE(live_->give_up(receiver(made_, ask(made_))));
  EXPECT_THAT(kinds(drain(*listen())), ElementsAre(Event::hello));  // it is longer ago than the last 64

  const auto asked = ask(made_);
  LiveTest::open(made_, asked, 1);
  LiveTest::put(made_, asked, 0);
  drain(*live_->stream(receiver(made_, asked), {}).value());
  ASSERT_TRUE(live_->received(receiver(made_, asked), LiveMac{{6}}));
  const auto told = drain(*listen());
  ASSERT_THAT(kinds(told), ElementsAre(Event::hello, Event::received));
  EXPECT_THAT(told[0].known, ElementsAre(asked.id));
  EXPECT_EQ(told[1].request, asked.id);
  EXPECT_EQ(told[1].mac, LiveMac{{6}});
}

TEST_F(LiveAttemptsTest, FinishWithoutReceiptsInBoundedNumber) {
  auto events = listen();
  ASSERT_TRUE(live_->refuse(alice_, made_.id, asked_.id, LiveReason::cancelled));
  std::vector<LiveAsked> all;
  for (std::size_t i = 0; i < 3 * kLiveRequests; ++i) {
    all.push_back(ask(made_));
    LiveTest::open(made_, all.back(), 1);
    LiveTest::put(made_, all.back(), 0);
    drain(*live_->stream(receiver(made_, all.back()), {}).value());
    drain(*events);
  }
  EXPECT_EQ(live_->counts().requests, 0u);
  events = listen();
  EXPECT_EQ(drain(*events)[0].known.size(), 2 * kLiveRequests);
  EXPECT_EQ(code_of_live(live_->stream(receiver(made_, all.front()), {})), ErrorCode::transfer_ended);
  EXPECT_TRUE(live_->received(receiver(made_, all.back()), {}));
}

TEST_F(LiveAttemptsTest, WaitForTheSenderInBoundedNumber) {
  auto events = listen();
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(live_->give_up(receiver(made_, ask(made_))));
  EXPECT_TRUE(events->take().ended);  // it did not read: it has to connect again
  EXPECT_FALSE(live_->look(made_.code)->sender_here);
  events = listen();
  EXPECT_THAT(kinds(drain(*events)), ElementsAre(Event::hello, Event::request));
}

TEST_F(LiveAttemptsTest, DoNotPileUpWhenAReceiverComesAndGoes) {
  auto events = listen();
  drain(*events);
  open();
  for (std::uint64_t i = 0; i < 1000; ++i) {
    stream(2 + i % 2)->leave();
    (void)open();
  }
  EXPECT_LE(drain(*events).size(), 2u);
  EXPECT_TRUE(live_->look(made_.code)->sender_here);
}

}  // namespace kith::assets
