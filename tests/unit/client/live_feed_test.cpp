// What a sender sends for one request, taken by a receiver without a network between them.
#include "client/live_feed.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "tests/support/seeded_random.hpp"
#include "tests/unit/client/live_vectors.hpp"

namespace kith::client {
namespace {

using live_vectors::rule;

// A file of the vectors' rule, whose length may be unknown, and which can change.
class Rule final : public LiveSource {
 public:
  explicit Rule(std::uint64_t size, bool is_stream = false) : size_(size), is_stream_(is_stream) {}
  std::optional<std::uint64_t> size() const override {
    return is_stream_ ? std::nullopt : std::optional<std::uint64_t>(size_);
  }
  core::Expected<std::size_t> read(std::uint64_t number, std::span<std::uint8_t> out) override {
    if (has_changed) return core::fail(core::ErrorCode::file_changed, "changed");
    ++reads;
    const auto from = std::min(size_, number * kLivePiece);
    const auto piece = rule(from, std::min<std::uint64_t>(kLivePiece, size_ - from));
    std::copy(piece.begin(), piece.end(), out.begin());
    return piece.size();
  }
  bool has_changed = false;
  int reads = 0;

 private:
  const std::uint64_t size_;
  const bool is_stream_;
};

class LiveFeedTest : public testing::Test {
 protected:
  LiveFeed feed_of(Rule& source) {
    return LiveFeed({"01jd0f9qv0000000000000000a", "01jd0f9qw00000000000000001", 0, receiver_.public_key, {}}, source,
                    secret_, auth_key_, random_);
  }

  // What a carrier does first. The receiver's keys for it.
  LiveKeys open(LiveFeed& feed) {
    const auto task = feed.next(buffer_);
    const auto& opening = std::get<LiveToOpen>(*task);
    EXPECT_EQ(opening.mac, live_sender_mac(auth_key_, feed.binding(), opening.terms));
    opening_ = opening;
    feed.opened(opening.attempt);
    return live_keys(receiver_.secret_key, feed.binding().sender_key, secret_, opening.terms.salt, feed.binding())
        .value();
  }

  // The next chunk, as the receiver takes it.
  core::Expected<core::ByteView> carry(LiveFeed& feed, LiveCipher& cipher, LivePieces& pieces) {
    auto task = feed.next(buffer_);
    if (!task) return tl::make_unexpected(task.error());
    const auto& put = std::get<LiveToPut>(*task);
    sent_.assign(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(put.bytes));
    says_last_ = put.says_last;
    return pieces.take(cipher, put.number, std::span(buffer_).first(put.bytes));
  }

  void carry_all(LiveFeed& feed, LiveCipher& cipher, LivePieces& pieces) {
    while (!pieces.digest()) {
      const auto taken = carry(feed, cipher, pieces);
      ASSERT_TRUE(taken.has_value()) << taken.error().detail;
    }
  }

  test::SeededRandom random_;
  const core::BoxKeyPair receiver_ = core::BoxKeyPair::generate(random_);
  const LiveSecret secret_ = live_vectors::secret();
  const LiveAuthKey auth_key_ = live_auth_key(secret_);
  core::Bytes buffer_ = core::Bytes(kLiveSealedPiece), sent_;
  bool says_last_ = false;
  LiveToOpen opening_;
};

TEST_F(LiveFeedTest, AllOfAFileArrivesAndIsVouchedFor) {
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, kLivePiece + 0UL, 2 * kLivePiece + 5UL}) {
    for (const bool is_stream : {false, true}) {
      Rule source(size, is_stream);
      auto feed = feed_of(source);
      feed.begin(0, 0);
      const auto keys = open(feed);
      LiveCipher cipher(keys.content, feed.binding().request_id);
      auto pieces = LivePieces::begin(source.size(), opening_.terms.chunks).value();
      carry_all(feed, cipher, pieces);
      EXPECT_EQ(pieces.bytes(), size);
      EXPECT_EQ(pieces.digest(), core::sha256(rule(0, size)));
      EXPECT_EQ(says_last_, is_stream) << "the server knows the end of the others";
      EXPECT_TRUE(feed.is_receipt(live_receipt_mac(keys.receipt, feed.binding().request_id, *pieces.digest())));
      EXPECT_FALSE(feed.is_receipt(live_receipt_mac(keys.receipt, feed.binding().request_id, {})));
    }
  }
}

TEST_F(LiveFeedTest, GoesOnUnderAnotherKeyAndHashesNothingTwice) {
  Rule source(3 * kLivePiece);
  auto feed = feed_of(source);
  feed.begin(0, 0);
  const auto first = open(feed);
  LiveCipher cipher(first.content, feed.binding().request_id);
  auto pieces = LivePieces::begin(source.size(), opening_.terms.chunks).value();
  ASSERT_TRUE(carry(feed, cipher, pieces).has_value());
  const auto before = sent_;
  ASSERT_TRUE(std::holds_alternative<LiveToPut>(*feed.next(buffer_))) << "and chunk 1 is lost on the way";
  feed.begin(1, 1);
  const auto second = open(feed);
  EXPECT_NE(first.content, second.content);
  EXPECT_EQ(opening_.terms.from, 1U);
  ASSERT_TRUE(pieces.reopened(opening_.terms.chunks, opening_.terms.from).has_value());
  LiveCipher other(second.content, feed.binding().request_id);
  carry_all(feed, other, pieces);
  EXPECT_EQ(pieces.digest(), core::sha256(rule(0, 3 * kLivePiece)));
  // A receiver that had all before its connection broke goes by the opening that it knows.
  for (const auto* keys : {&first, &second})
    EXPECT_TRUE(feed.is_receipt(live_receipt_mac(keys->receipt, feed.binding().request_id, *pieces.digest())));
  feed.begin(2, 0);
  const auto third = open(feed);
  LiveCipher again(third.content, feed.binding().request_id);
  auto anew = LivePieces::begin(source.size(), opening_.terms.chunks).value();
  ASSERT_TRUE(carry(feed, again, anew).has_value());
  EXPECT_NE(sent_, before) << "no nonce is used twice under one key";
}

TEST_F(LiveFeedTest, WhatAnEarlierRunOfTheReceiverHasIsHashedAndNotSent) {
  Rule source(2 * kLivePiece + 1);
  auto feed = feed_of(source);
  feed.begin(0, 2);
  LiveCipher cipher(open(feed).content, feed.binding().request_id);
  auto pieces = LivePieces::begin(source.size(), opening_.terms.chunks).value();
  for (std::uint64_t n = 0; n < 2; ++n) ASSERT_TRUE(pieces.had(rule(n * kLivePiece, kLivePiece)).has_value());
  carry_all(feed, cipher, pieces);
  EXPECT_EQ(pieces.digest(), core::sha256(rule(0, 2 * kLivePiece + 1)));
}

TEST_F(LiveFeedTest, AFileThatChangedIsNotGoneOnWith) {
  Rule source(2 * kLivePiece);
  auto feed = feed_of(source);
  feed.begin(0, 0);
  LiveCipher cipher(open(feed).content, feed.binding().request_id);
  auto pieces = LivePieces::begin(source.size(), opening_.terms.chunks).value();
  ASSERT_TRUE(carry(feed, cipher, pieces).has_value());
  source.has_changed = true;
  const auto refused = carry(feed, cipher, pieces);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, core::ErrorCode::file_changed);
}

TEST_F(LiveFeedTest, NothingIsSentFromBehindTheEnd) {
  for (const bool is_stream : {false, true}) {
    Rule source(5, is_stream);
    auto feed = feed_of(source);
    feed.begin(0, 1'000'000);
    open(feed);
    EXPECT_FALSE(feed.next(buffer_).has_value());
    EXPECT_LE(source.reads, 2) << "and it is not looked for there";
  }
}

TEST_F(LiveFeedTest, AnAttemptThatIsOverIsNotServed) {
  Rule source(kLivePiece);
  auto feed = feed_of(source);
  feed.begin(3, 0);
  open(feed);
  EXPECT_TRUE(feed.still_wants(3, std::chrono::milliseconds(0)));
  feed.superseded(3);
  EXPECT_FALSE(feed.still_wants(3, std::chrono::hours(1)));
  feed.begin(3, 1);  // told again, with nothing new
  feed.begin(4, 1);
  feed.superseded(3);  // told late
  open(feed);
  EXPECT_EQ(opening_.attempt, 4);
  EXPECT_EQ(opening_.terms.from, 1U);
}

TEST_F(LiveFeedTest, WhoeverWaitsIsToldOfTheEnd) {
  Rule source(kLivePiece);
  auto feed = feed_of(source);
  bool is_over = false;
  std::thread carrier([&] {
    const auto task = feed.next(buffer_);
    is_over = task && std::holds_alternative<LiveNothing>(*task);
  });
  EXPECT_TRUE(feed.end());
  EXPECT_FALSE(feed.end());
  carrier.join();
  EXPECT_TRUE(is_over);
  feed.begin(1, 0);
  EXPECT_TRUE(std::holds_alternative<LiveNothing>(*feed.next(buffer_)));
}

}  // namespace
}  // namespace kith::client
