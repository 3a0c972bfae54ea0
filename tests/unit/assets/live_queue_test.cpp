#include "assets/live_queue.hpp"

#include "tests/unit/assets/live_fixture.hpp"

namespace kith::assets {

using core::ErrorCode;

namespace {

class LiveQueueTest : public ::testing::Test {
 protected:
  LiveQueueTest() { queue_.start(0, {}); }

  LiveAnswer put(std::uint64_t number, bool last = false, std::string bytes = "x") {
    auto answer = std::make_shared<LiveAnswer::element_type>();
    LiveTurn turn;
    turn.now = now_;
    queue_.put(number, last, std::move(bytes), answer_to(answer), turn);
    return answer;
  }
  std::optional<std::uint64_t> take() {
    LiveTurn turn;
    const auto chunk = queue_.take(turn);
    return chunk ? std::optional(chunk->number) : std::nullopt;
  }
  static bool taken_in(const LiveAnswer& answer) { return *answer && **answer; }
  static ErrorCode code(const LiveAnswer& answer) { return *answer ? code_of_live(**answer) : ErrorCode::count_; }

  LiveQueue queue_;
  LiveTime now_;
};

}  // namespace

TEST_F(LiveQueueTest, HandsOutInOrderWhateverOrderTheyCameIn) {
  put(2);
  put(1);
  EXPECT_FALSE(queue_.ready());
  EXPECT_EQ(take(), std::nullopt);
  put(0);
  EXPECT_EQ(take(), 0u);
  EXPECT_EQ(take(), 1u);
  EXPECT_EQ(take(), 2u);
  EXPECT_EQ(take(), std::nullopt);
}

TEST_F(LiveQueueTest, AnswersOnceTheFourBehindFit) {
  for (std::uint64_t n = 0; n < 12; ++n) EXPECT_TRUE(taken_in(put(n))) << n;
  std::vector<LiveAnswer> held_back;
  for (std::uint64_t n = 12; n < 16; ++n) held_back.push_back(put(n));
  for (const auto& answer : held_back) EXPECT_FALSE(*answer);
  EXPECT_EQ(code(put(16)), ErrorCode::conflict);
  EXPECT_EQ(take(), 0u);
  ASSERT_TRUE(taken_in(held_back[0]));
  EXPECT_EQ(**held_back[0], 1u);
  EXPECT_FALSE(*held_back[1]);
  EXPECT_EQ(queue_.held(), 15u);
}

TEST_F(LiveQueueTest, NeverHoldsMoreThanTheWindow) {
  for (std::uint64_t round = 0; round < 3; ++round)
    for (std::uint64_t n = 0; n < 40; ++n) put(n, false, std::string(kLiveChunkBytes, 'x'));
  EXPECT_EQ(queue_.held(), kLiveWindow);
  EXPECT_EQ(queue_.bytes_held(), kLiveWindow * kLiveChunkBytes);
}

TEST_F(LiveQueueTest, AnswersARepeatTheSameWay) {
  for (std::uint64_t n = 0; n < 13; ++n) put(n);
  const auto again = put(12);
  const auto once_more = put(12);
  EXPECT_FALSE(*again);
  EXPECT_TRUE(taken_in(put(3)));
  EXPECT_EQ(take(), 0u);
  EXPECT_TRUE(taken_in(again));
  EXPECT_TRUE(taken_in(once_more));
  EXPECT_TRUE(taken_in(put(0)));
  EXPECT_EQ(take(), 1u);
}

TEST_F(LiveQueueTest, KeepsWhatCameFirst) {
  put(0, false, "first");
  put(0, false, "second");
  LiveTurn turn;
  EXPECT_EQ(queue_.take(turn)->bytes, "first");
}

TEST_F(LiveQueueTest, BoundsTheAnswersHeldBack) {
  for (std::uint64_t n = 0; n < 12; ++n) put(n);
  std::vector<LiveAnswer> held_back;
  for (std::uint64_t n = 0; n < 2 * kLiveWindow; ++n) held_back.push_back(put(12));
  EXPECT_FALSE(*held_back.back());
  EXPECT_EQ(code(put(12)), ErrorCode::busy);
}

TEST_F(LiveQueueTest, EndsWithTheChunkCountedLast) {
  queue_.start(0, 14);
  for (std::uint64_t n = 0; n < 14; ++n) EXPECT_TRUE(taken_in(put(n))) << n;  // nothing has to fit behind the end
  EXPECT_EQ(code(put(14)), ErrorCode::conflict);
  for (std::uint64_t n = 0; n < 14; ++n) {
    EXPECT_FALSE(queue_.ended());
    EXPECT_EQ(take(), n);
  }
  EXPECT_TRUE(queue_.ended());
  EXPECT_TRUE(taken_in(put(13)));
}

TEST_F(LiveQueueTest, EndsWithTheChunkSaidToBeLast) {
  for (std::uint64_t n = 0; n < 12; ++n) put(n);
  const auto held_back = put(12);
  EXPECT_FALSE(*held_back);
  EXPECT_TRUE(taken_in(put(13, true)));
  EXPECT_TRUE(taken_in(held_back));
  EXPECT_EQ(code(put(14)), ErrorCode::conflict);
  EXPECT_TRUE(taken_in(put(13, true)));
}

TEST_F(LiveQueueTest, RefusesAnotherEnd) {
  queue_.start(0, 5);
  EXPECT_EQ(code(put(3, true)), ErrorCode::conflict);
  EXPECT_TRUE(taken_in(put(4, true)));

  LiveTurn turn;
  queue_.drop({}, turn);
  queue_.start(0, {});
  put(0);
  put(5);
  EXPECT_EQ(take(), 0u);
  EXPECT_EQ(code(put(0, true)), ErrorCode::conflict);
  EXPECT_EQ(code(put(3, true)), ErrorCode::conflict);
  EXPECT_TRUE(taken_in(put(5, true)));
}

TEST_F(LiveQueueTest, TakesNumbersNearTheLargest) {
  constexpr auto kLargest = ~std::uint64_t{0};
  EXPECT_EQ(code(put(kLargest)), ErrorCode::conflict);
  EXPECT_EQ(code(put(kLargest, true)), ErrorCode::conflict);
}

TEST_F(LiveQueueTest, DropsEverythingAndSaysWhy) {
  for (std::uint64_t n = 0; n < 12; ++n) put(n);
  const auto held_back = put(12);
  {
    LiveTurn turn;
    queue_.drop({ErrorCode::transfer_superseded, "", {}, {}}, turn);
  }
  EXPECT_EQ(code(held_back), ErrorCode::transfer_superseded);
  EXPECT_EQ(queue_.held(), 0u);
  EXPECT_EQ(queue_.bytes_held(), 0u);
  queue_.start(7, {});
  EXPECT_EQ(take(), std::nullopt);
  put(7);
  EXPECT_EQ(take(), 7u);
}

TEST_F(LiveQueueTest, GivesUpOnTheAnswersThatWaitTooLong) {
  for (std::uint64_t n = 0; n < 12; ++n) put(n);
  const auto early = put(12);
  now_ += std::chrono::seconds{5};
  const auto late = put(13);
  {
    LiveTurn turn;
    queue_.give_up_waiting(now_ - std::chrono::seconds{5}, {ErrorCode::busy, "", {}, {}}, turn);
  }
  EXPECT_EQ(code(early), ErrorCode::busy);
  EXPECT_FALSE(*late);
  EXPECT_EQ(queue_.held(), 14u);
}

}  // namespace kith::assets
