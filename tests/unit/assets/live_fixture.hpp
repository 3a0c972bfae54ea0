#pragma once
// Live transfers of two people by a clock that a test moves, and short names for what their two ends do.

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assets/live_transfers.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"

namespace kith::assets {

// The answer to a chunk, once it has come.
using LiveAnswer = std::shared_ptr<std::optional<core::Expected<std::uint64_t>>>;

inline LiveDone answer_to(const LiveAnswer& answer) {
  return [answer](core::Expected<std::uint64_t> with) {
    EXPECT_FALSE(*answer) << "a chunk was answered twice";
    *answer = std::move(with);
  };
}

template <class T>
core::ErrorCode code_of_live(const core::Expected<T>& result) {
  return result ? core::ErrorCode::count_ : result.error().code;
}

class LiveTest : public ::testing::Test {
 protected:
  using Event = LiveEvent::Kind;
  using Item = LiveItem::Kind;

  LiveTest() { begin({}); }

  void begin(LiveLimits limits) { live_.emplace(clock_, random_, limits); }

  LiveMade offer(const core::UserId& owner, std::optional<std::uint64_t> size = {}) {
    return live_->open(owner, {{"a file", size, "text/plain"}}, LiveMac{}).value();
  }
  LiveAsked ask(const LiveMade& made, std::uint64_t from = 0) {
    return live_->ask(made.code, 0, LiveKey{{7}}, LiveMac{{8}}, from).value();
  }
  static LiveTransfers::Receiver receiver(const LiveMade& made, const LiveAsked& asked) {
    return {made.code, asked.id, asked.token};
  }

  // With a salt of its own for each.
  core::Expected<LiveOpening> open(const LiveMade& made, const LiveAsked& asked,
                                   std::optional<std::uint64_t> chunks = {}, LiveTransfers::Wanted wanted = {}) {
    LiveOpening opening;
    opening.salt.data[0] = ++salts_;
    opening.chunks = chunks;
    return live_->answer(alice_, made.id, asked.id, opening, wanted);
  }
  LiveAnswer put(const LiveMade& made, const LiveAsked& asked, LiveTransfers::Chunk chunk) {
    auto answer = std::make_shared<LiveAnswer::element_type>();
    live_->put(alice_, made.id, asked.id, std::move(chunk), answer_to(answer));
    return answer;
  }
  LiveAnswer put(const LiveMade& made, const LiveAsked& asked, std::uint64_t number) {
    return put(made, asked, {.number = number, .attempt = {}, .last = false, .bytes = bytes_of(number)});
  }
  static std::string bytes_of(std::uint64_t number) { return "chunk " + std::to_string(number); }

  // All that waits, in order.
  static std::vector<LiveEvent> drain(LiveEvents& events) {
    std::vector<LiveEvent> all;
    for (auto taken = events.take(); taken.item; taken = events.take()) all.push_back(std::move(*taken.item));
    return all;
  }
  static std::vector<LiveItem> drain(LiveStream& stream) {
    std::vector<LiveItem> all;
    for (auto taken = stream.take(); taken.item; taken = stream.take()) all.push_back(std::move(*taken.item));
    return all;
  }
  template <class Things>
  static auto kinds(const Things& things) {
    std::vector<decltype(things.front().kind)> all;
    for (const auto& thing : things) all.push_back(thing.kind);
    return all;
  }

  static core::ErrorCode code(const LiveAnswer& answer) {
    EXPECT_TRUE(*answer) << "no answer yet";
    return *answer ? code_of_live(**answer) : core::ErrorCode::count_;
  }
  static bool waits(const LiveAnswer& answer) { return !*answer; }
  static bool taken_in(const LiveAnswer& answer) { return *answer && **answer; }

  void expect_nothing_held() {
    const auto counts = live_->counts();
    EXPECT_EQ(counts.chunks_held, 0u);
    EXPECT_EQ(counts.bytes_held, 0u);
  }
  void expect_nothing_left() {
    expect_nothing_held();
    EXPECT_EQ(live_->counts().offers, 0u);
    EXPECT_EQ(live_->counts().requests, 0u);
  }

  test::FakeClock clock_;
  test::SeededRandom random_;
  std::optional<LiveTransfers> live_;
  core::UserId alice_ = core::UserId::make(clock_, random_);
  core::UserId bob_ = core::UserId::make(clock_, random_);

 private:
  std::uint8_t salts_ = 0;
};

}  // namespace kith::assets
