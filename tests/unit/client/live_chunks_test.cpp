// Chunks of live transfers, by the vectors that the page is held to as well.
#include "client/live_chunks.hpp"

#include <gtest/gtest.h>

#include "core/crypto/sha256.hpp"
#include "tests/unit/client/live_vectors.hpp"

namespace kith::client {
namespace {

using namespace live_vectors;

core::Bytes sealed(LiveCipher& cipher, std::uint64_t number, bool last, core::Bytes plain) {
  plain.resize(plain.size() + core::kAeadTag);
  cipher.seal(number, last, plain);
  return plain;
}

TEST(LiveChunks, CountsPiecesAndTheClosingChunk) {
  EXPECT_EQ(live_chunks(0), 1U);
  EXPECT_EQ(live_chunks(1), 2U);
  EXPECT_EQ(live_chunks(kLivePiece), 2U);
  EXPECT_EQ(live_chunks(kLivePiece + 1), 3U);
}

TEST(LiveChunks, SealsAndOpensThoseOfTheVectors) {
  for (const auto& chunk : all().at("chunks")) {
    auto own = cipher(opening(chunk.at("opening")));
    auto bytes_sealed = sealed(own, chunk.at("number"), chunk.at("last"), bytes(chunk.at("plain")));
    EXPECT_EQ(core::to_base64url(bytes_sealed), chunk.at("sealed").get<std::string>());
    ASSERT_TRUE(own.open(chunk.at("number"), chunk.at("last"), bytes_sealed));
    bytes_sealed.resize(bytes_sealed.size() - core::kAeadTag);
    EXPECT_EQ(bytes_sealed, bytes(chunk.at("plain")));
  }
}

TEST(LiveChunks, WhatWasChangedDoesNotOpen) {
  for (const auto& refused : all().at("refused").at("chunks")) {
    auto own = cipher(opening(refused.at("opening")), refused.at("request_id"));
    auto chunk = bytes(refused.at("sealed"));
    EXPECT_FALSE(own.open(refused.at("number"), refused.at("last"), chunk)) << refused.at("what");
  }
}

// What a stream of the vectors came to: how many of its chunks were taken, and whether the file is complete.
struct Outcome {
  std::size_t taken = 0;
  bool complete = false;
  std::optional<core::Error> error;
};

Outcome outcome_of(const Json& stream) {
  Outcome outcome;
  auto own = cipher(opening(stream.at("opening")));
  auto pieces = LivePieces::begin(number(stream.at("size")), number(stream.at("chunks")));
  if (!pieces) return {0, false, pieces.error()};
  for (std::uint64_t n = 0; n < stream.at("next").get<std::uint64_t>(); ++n)
    EXPECT_TRUE(pieces->had(rule(n * kLivePiece, kLivePiece)).has_value());
  if (const auto same = pieces->reopened(number(stream.at("chunks")), stream.at("from")); !same)
    return {0, false, same.error()};
  for (const auto& sent : stream.at("sent")) {
    const auto& plain = sent.at("plain");
    auto content =
        plain.contains("rule") ? rule(plain.at("rule").at(0), plain.at("rule").at(1)) : bytes(plain.at("bytes"));
    auto chunk = sealed(own, sent.at("sealed_number"), sent.at("sealed_last"), content);
    const auto piece = pieces->take(own, sent.at("number"), chunk);
    if (!piece) return {outcome.taken, false, piece.error()};
    EXPECT_TRUE(pieces->digest() || core::to_bytes(*piece) == content);
    ++outcome.taken;
  }
  outcome.complete = pieces->digest().has_value();
  return outcome;
}

TEST(LivePieces, TakesAndRefusesWhatTheVectorsSay) {
  for (const auto& stream : all().at("streams")) {
    const auto outcome = outcome_of(stream);
    EXPECT_EQ(outcome.complete, stream.at("complete")) << stream.at("what");
    EXPECT_LE(outcome.taken, stream.at("taken")) << stream.at("what");
    EXPECT_TRUE(!outcome.complete || outcome.taken == stream.at("taken")) << stream.at("what");
    EXPECT_TRUE(!outcome.error || outcome.error->code == core::ErrorCode::not_authentic) << stream.at("what");
  }
}

TEST(LivePieces, NothingFollowsTheEnd) {
  auto own = cipher(opening(0));
  auto pieces = LivePieces::begin(0, 1).value();
  const auto digest = core::sha256({});
  auto closing = sealed(own, 0, true, core::to_bytes(digest.view())), again = closing;
  ASSERT_TRUE(pieces.take(own, 0, closing).has_value());
  EXPECT_EQ(pieces.digest(), digest);
  EXPECT_FALSE(pieces.take(own, 1, again).has_value());
  EXPECT_FALSE(pieces.had(rule(0, kLivePiece)).has_value());
}

TEST(LivePieces, WhatAnEarlierRunLeftMustBeWholePieces) {
  auto pieces = LivePieces::begin(2 * kLivePiece, 3).value();
  EXPECT_FALSE(pieces.had(rule(0, 5)).has_value());
  EXPECT_TRUE(pieces.had(rule(0, kLivePiece)).has_value());
  EXPECT_TRUE(pieces.had(rule(kLivePiece, kLivePiece)).has_value());
  EXPECT_FALSE(pieces.had(rule(0, kLivePiece)).has_value()) << "more than there is";
  EXPECT_EQ(pieces.next(), 2U);
  EXPECT_EQ(pieces.bytes(), 2 * kLivePiece);
}

TEST(LivePieces, AnotherLengthIsRefusedWhenItGoesOn) {
  const auto pieces = LivePieces::begin(std::nullopt, std::nullopt).value();
  EXPECT_TRUE(pieces.reopened(std::nullopt, 0).has_value());
  EXPECT_FALSE(pieces.reopened(3, 0).has_value());
  EXPECT_FALSE(LivePieces::begin(5, std::nullopt).has_value()) << "the listing knows its length";
  EXPECT_FALSE(LivePieces::begin(std::nullopt, 0).has_value());
}

}  // namespace
}  // namespace kith::client
