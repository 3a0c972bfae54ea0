#include "federation/key_statement.hpp"

#include <gtest/gtest.h>

#include "federation/protocol_constants.hpp"
#include "tests/unit/federation/handshake_run.hpp"

namespace kith::federation {
namespace {

using test::domain;
using test::signing_key;
using test::some_time;

// Statements from `first` on, each leading from the key made of number-1 to the one made of number.
std::vector<KeyStatement> chain(std::uint8_t first, std::uint8_t last) {
  std::vector<KeyStatement> out;
  for (std::uint8_t n = first; n <= last; ++n) {
    out.push_back(make_key_statement(domain("a.example"), n, signing_key(static_cast<std::uint8_t>(n - 1)),
                                     signing_key(n), some_time(n)));
  }
  return out;
}
InstanceKey key(std::uint8_t n) {
  return signing_key(n).public_key();
}
PinnedKey pinned(std::uint8_t n) {
  return {domain("a.example"), n, key(n)};
}

TEST(KeyStatement, IsSignedByBothKeys) {
  const auto good = chain(1, 1).front();
  EXPECT_TRUE(is_valid(good));
  auto other = good;
  other.old_signature = good.new_signature;
  EXPECT_FALSE(is_valid(other));
  other = good;
  other.new_signature = good.old_signature;
  EXPECT_FALSE(is_valid(other));
}

TEST(KeyStatement, EveryFieldIsCovered) {
  const auto good = chain(1, 1).front();
  auto other = good;
  other.domain = domain("b.example");
  EXPECT_FALSE(is_valid(other));
  other = good;
  other.number = 2;
  EXPECT_FALSE(is_valid(other));
  other = good;
  other.timestamp = some_time(99);
  EXPECT_FALSE(is_valid(other));
  other = good;
  other.new_key = key(9);
  EXPECT_FALSE(is_valid(other));
  other = good;
  other.old_key = key(9);
  EXPECT_FALSE(is_valid(other));
  for (auto* signature : {&other.old_signature, &other.new_signature}) {
    for (std::size_t i = 0; i < 64; ++i) {
      other = good;
      signature->data[i] ^= 1;
      EXPECT_FALSE(is_valid(other)) << i;
    }
  }
}

TEST(KeyStatement, RefusesSameKeyAndNumberZero) {
  EXPECT_FALSE(is_valid(make_key_statement(domain("a.example"), 1, signing_key(1), signing_key(1), some_time())));
  EXPECT_FALSE(is_valid(make_key_statement(domain("a.example"), 0, signing_key(1), signing_key(2), some_time())));
}

TEST(KeyChain, MustFollowOnItselfAndLeadToTheKey) {
  const auto a = domain("a.example");
  EXPECT_TRUE(check_chain(a, {}, key(5)));
  EXPECT_TRUE(check_chain(a, chain(1, 3), key(3)));
  EXPECT_TRUE(check_chain(a, chain(1, kMaxKeyStatements), key(kMaxKeyStatements)));
  EXPECT_FALSE(check_chain(a, chain(1, kMaxKeyStatements + 1), key(kMaxKeyStatements + 1)));
  EXPECT_FALSE(check_chain(a, chain(1, 3), key(4)));
  EXPECT_FALSE(check_chain(domain("b.example"), chain(1, 3), key(3)));
  auto gap = chain(1, 3);
  gap.erase(gap.begin() + 1);
  EXPECT_FALSE(check_chain(a, gap, key(3)));
  auto swapped = chain(1, 2);
  std::swap(swapped[0], swapped[1]);
  EXPECT_FALSE(check_chain(a, swapped, key(1)));
  auto unlinked = chain(1, 1);
  unlinked.push_back(make_key_statement(a, 2, signing_key(7), signing_key(8), some_time()));
  EXPECT_FALSE(check_chain(a, unlinked, key(8)));
}

TEST(Succession, FollowsTheChainFromThePinnedKey) {
  EXPECT_EQ(judge_succession(pinned(0), {}, key(0)).succession, Succession::same);
  EXPECT_EQ(judge_succession(pinned(2), chain(1, 2), key(2)).succession, Succession::same);
  const auto next = judge_succession(pinned(0), chain(1, 3), key(3));
  EXPECT_EQ(next.succession, Succession::succeeded);
  EXPECT_EQ(next.number, 3u);
  EXPECT_EQ(judge_succession(pinned(2), chain(1, 3), key(3)).succession, Succession::succeeded);
  EXPECT_EQ(judge_succession(pinned(2), chain(3, 3), key(3)).number, 3u);
}

TEST(Succession, IsUnknownWithoutAChainFromThePinnedKey) {
  EXPECT_EQ(judge_succession(pinned(0), {}, key(9)).succession, Succession::unknown);
  EXPECT_EQ(judge_succession(pinned(0), chain(2, 3), key(3)).succession, Succession::unknown);
  EXPECT_EQ(judge_succession(pinned(3), chain(1, 2), key(2)).succession, Succession::unknown);
  auto broken = chain(1, 2);
  broken[1].new_signature.data[0] ^= 1;
  EXPECT_EQ(judge_succession(pinned(0), broken, key(2)).succession, Succession::unknown);
}

TEST(Succession, SeesASecondHistory) {
  const auto a = domain("a.example");
  const auto other = make_key_statement(a, 1, signing_key(0), signing_key(50), some_time());
  EXPECT_EQ(judge_succession(pinned(1), {other}, key(50)).succession, Succession::fork);
  const auto after = make_key_statement(a, 2, signing_key(60), signing_key(61), some_time());
  EXPECT_EQ(judge_succession(pinned(1), {after}, key(61)).succession, Succession::fork);
  EXPECT_TRUE(is_fork(other, chain(1, 1).front()));
  EXPECT_FALSE(is_fork(other, other));
  auto forged = other;
  forged.old_signature.data[3] ^= 1;
  EXPECT_FALSE(is_fork(forged, chain(1, 1).front()));
}

}  // namespace
}  // namespace kith::federation
