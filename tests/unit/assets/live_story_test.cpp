// Senders and receivers whose connections break at random, in one thread and in many: what is received must be whole
// and in order, and nothing may be left.

#include <atomic>
#include <random>
#include <thread>

#include "tests/unit/assets/live_actors.hpp"
#include "tests/unit/assets/live_fixture.hpp"

namespace kith::assets {

namespace {

constexpr std::uint64_t kChunks = 60;

class LiveStoryTest : public LiveTest {
 protected:
  LiveReceiver receive(const LiveMade& made) { return {*live_, made, ask(made), kChunks}; }

  void expect_bounded() {
    const auto counts = live_->counts();
    EXPECT_LE(counts.chunks_held, counts.requests * kLiveWindow);
    EXPECT_LE(counts.bytes_held, counts.chunks_held * kLiveChunkBytes);
  }
  void expect_all_closed() {
    live_->forget(alice_);
    live_->forget(bob_);
    expect_nothing_left();
  }

  // One thing happens, whatever the dice say.
  void happen(LiveSender& sender, std::vector<LiveReceiver>& receivers, std::mt19937& dice) {
    const auto roll = [&](unsigned sides) { return dice() % sides; };
    auto& receiver = receivers[roll(static_cast<unsigned>(receivers.size()))];
    switch (roll(20)) {
      case 0:
        return sender.break_off();
      case 1:
        return receiver.break_off();
      case 2:
        clock_.advance(std::chrono::milliseconds{roll(12'000)});
        return live_->sweep();
      case 3:
      case 4:
        receiver.step(roll(20), roll(20));
        return;
      default:
        if (roll(2) == 0) return sender.step();
        receiver.step(roll(6), 6);
    }
  }
  static bool all_done(const std::vector<LiveReceiver>& receivers) {
    return std::ranges::all_of(receivers, &LiveReceiver::done);
  }
};

}  // namespace

TEST_F(LiveStoryTest, WhateverBreaksTheFilesComeWhole) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 dice(seed);
    const auto made = offer(alice_);
    LiveSender sender(*live_, alice_, made, kChunks, seed % 2 == 0);
    std::vector<LiveReceiver> receivers;
    for (int i = 0; i < 3; ++i) receivers.push_back(receive(made));
    for (int i = 0; i < 400; ++i) {
      happen(sender, receivers, dice);
      expect_bounded();
    }
    for (int i = 0; i < 100 && !all_done(receivers); ++i) {  // and then nothing breaks any more
      sender.step();
      for (auto& receiver : receivers) receiver.step(20, 20);
      clock_.advance(std::chrono::seconds{1});
      live_->sweep();
    }
    sender.step();
    EXPECT_EQ(sender.receipts(), receivers.size());
    EXPECT_EQ(sender.complaint(), "");
    for (const auto& receiver : receivers) EXPECT_EQ(receiver.complaint(), "");
    if (HasFailure()) return;
    expect_all_closed();
  }
}

// For the sanitizers: every call from threads of its own, channels that break under them.
TEST_F(LiveStoryTest, ManyAtOnceFromManyThreads) {
  constexpr unsigned kOffers = 3;
  constexpr unsigned kReceivers = 2;
  std::atomic<unsigned> running{kOffers};
  std::vector<std::string> complaints(kOffers * (kReceivers + 1));
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < kOffers; ++i) {
    const auto& owner = i % 2 == 0 ? alice_ : bob_;
    const auto made = offer(owner);
    threads.emplace_back([&, owner, made, i] {
      LiveSender sender(*live_, owner, made, kChunks, i % 2 == 0);
      std::mt19937 dice(i);
      while (sender.receipts() < kReceivers && sender.complaint().empty()) {
        sender.step();
        if (dice() % 16 == 0)
          sender.break_off();
        else if (sender.receipts() < kReceivers)
          sender.wait();
      }
      complaints[i * (kReceivers + 1)] = sender.complaint();
      --running;
    });
    for (unsigned r = 1; r <= kReceivers; ++r)
      threads.emplace_back([&, made, slot = i * (kReceivers + 1) + r] {
        auto receiver = receive(made);
        std::mt19937 dice(slot);
        while (!receiver.done()) {
          const bool breaks = dice() % 16 == 0;
          if (receiver.step(20, breaks ? dice() % 4 : 20)) receiver.wait();
        }
        complaints[slot] = receiver.complaint();
      });
  }
  while (running > 0) {
    live_->sweep();
    expect_bounded();
    std::this_thread::yield();
  }
  threads.clear();
  for (const auto& complaint : complaints) EXPECT_EQ(complaint, "");
  expect_all_closed();
}

// Everything ends while everybody is at it: who waits for an answer gets one, and who reads is told.
TEST_F(LiveStoryTest, StopsWhileAllAreAtIt) {
  const auto made = offer(alice_);
  LiveBell half_way;
  std::vector<std::jthread> threads;
  threads.emplace_back([&] {
    LiveSender sender(*live_, alice_, made, 1'000'000, true);
    while (sender.complaint().empty()) {
      sender.step();
      if (sender.complaint().empty()) sender.wait();
    }
  });
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&, i, receiver = LiveReceiver(*live_, made, ask(made), 1'000'000)]() mutable {
      for (int step = 0; !receiver.done(); ++step) {
        if (receiver.step(20, 20)) receiver.wait();
        if (step == 50 && i == 0) half_way.ring();
      }
      EXPECT_NE(receiver.complaint(), "");
    });
  half_way.wait();
  live_->stop();
  threads.clear();
  expect_nothing_left();
}

}  // namespace kith::assets
