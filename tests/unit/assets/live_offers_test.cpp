#include <set>

#include "tests/unit/assets/live_fixture.hpp"

namespace kith::assets {

using core::ErrorCode;
using LiveOffersTest = LiveTest;

TEST_F(LiveOffersTest, AreFoundByTheirCode) {
  const auto made = live_->open(alice_, {{"a", 5, "text/plain"}, {"b", {}, "video/mp4"}}, LiveMac{{9}}).value();
  EXPECT_EQ(made.expires_at, clock_.now() + std::chrono::hours{24});
  const auto listing = live_->look(made.code).value();
  EXPECT_EQ(listing.id, made.id);
  EXPECT_EQ(listing.owner, alice_);
  EXPECT_EQ(listing.files, (std::vector<LiveFile>{{"a", 5, "text/plain"}, {"b", {}, "video/mp4"}}));
  EXPECT_EQ(listing.mac, LiveMac{{9}});
  EXPECT_FALSE(listing.sender_here);
  EXPECT_EQ(code_of_live(live_->look("000000000000")), ErrorCode::not_found);
  EXPECT_EQ(code_of_live(live_->look(made.code.substr(1))), ErrorCode::not_found);
}

TEST_F(LiveOffersTest, HaveCodesOfTheirOwn) {
  std::set<std::string> codes;
  for (int i = 0; i < 200; ++i) {
    const auto made = offer(alice_);
    EXPECT_EQ(made.code.size(), kLiveCodeCharacters);
    EXPECT_EQ(made.code.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz"), std::string::npos);
    EXPECT_TRUE(codes.insert(made.code).second);
    ASSERT_TRUE(live_->close(alice_, made.id));
  }
}

// Gives the first code twice; all else is other each time.
class RepeatingRandom final : public core::Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    const auto value = out.size() == kLiveCodeCharacters ? codes_++ / 2 : others_++;
    std::fill(out.begin(), out.end(), static_cast<std::uint8_t>(value));
  }

 private:
  int codes_ = 0;
  int others_ = 0;
};

TEST(LiveCodes, NeverCollide) {
  test::FakeClock clock;
  RepeatingRandom random;
  LiveTransfers live(clock, random, {});
  const auto owner = core::UserId::make(clock, random);
  const auto first = live.open(owner, {{"a", 1, "a/b"}}, {}).value();
  const auto second = live.open(owner, {{"a", 1, "a/b"}}, {}).value();
  EXPECT_NE(first.code, second.code);
  EXPECT_EQ(live.look(second.code)->id, second.id);
}

TEST_F(LiveOffersTest, AreSound) {
  const auto refused = [&](std::vector<LiveFile> files) {
    return code_of_live(live_->open(alice_, std::move(files), {})) == ErrorCode::bad_request;
  };
  const LiveFile sound{"a", 1, "text/plain"};
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused(std::vector<LiveFile>(kLiveFiles + 1, sound)));
  EXPECT_TRUE(refused({sound, {"../a", 1, "text/plain"}}));
  EXPECT_TRUE(refused({{"", 1, "text/plain"}}));
  EXPECT_TRUE(refused({{"a\nb", 1, "text/plain"}}));
  EXPECT_TRUE(refused({{"a", 1, ""}}));
  EXPECT_TRUE(refused({{"a", 1, "text/plain\r\n"}}));
  EXPECT_TRUE(refused({{"a", 1, "text/\xc3\xa4"}}));
  EXPECT_TRUE(refused({{"a", 1, std::string(101, 'a')}}));
  EXPECT_TRUE(refused({{"a", kLiveLargestFile + 1, "text/plain"}}));
  expect_nothing_left();
  EXPECT_TRUE(live_->open(alice_, std::vector<LiveFile>(kLiveFiles, sound), {}));
  EXPECT_TRUE(live_->open(alice_, {{"a", kLiveLargestFile, std::string(100, 'a')}}, {}));
}

TEST_F(LiveOffersTest, AreBoundedForOneAndForAll) {
  begin({.transfers = 5});
  const auto carol = core::UserId::make(clock_, random_);
  const auto first = offer(alice_);
  offer(alice_);
  const auto third = live_->open(alice_, {{"a", 1, "a/b"}}, {});
  EXPECT_EQ(code_of_live(third), ErrorCode::busy);
  EXPECT_TRUE(third.error().retry_after);
  offer(bob_);
  offer(bob_);
  offer(carol);
  EXPECT_EQ(code_of_live(live_->open(carol, {{"a", 1, "a/b"}}, {})), ErrorCode::busy);
  ASSERT_TRUE(live_->close(alice_, first.id));
  offer(carol);
}

TEST_F(LiveOffersTest, OfOthersLookLikeNone) {
  const auto made = offer(alice_);
  const auto asked = ask(made);
  EXPECT_EQ(code_of_live(live_->listen(bob_, made.id)), ErrorCode::not_found);
  EXPECT_EQ(code_of_live(live_->answer(bob_, made.id, asked.id, {}, {})), ErrorCode::not_found);
  EXPECT_EQ(code_of_live(live_->refuse(bob_, made.id, asked.id, LiveReason::cancelled)), ErrorCode::not_found);
  EXPECT_EQ(code_of_live(live_->close(bob_, made.id)), ErrorCode::not_found);
  auto answer = std::make_shared<LiveAnswer::element_type>();
  live_->put(bob_, made.id, asked.id, {0, {}, false, "x"}, answer_to(answer));
  EXPECT_EQ(code(answer), ErrorCode::not_found);
  EXPECT_EQ(live_->counts().requests, 1u);
}

TEST_F(LiveOffersTest, HaveBoundedRequests) {
  const auto made = offer(alice_);
  std::vector<LiveAsked> asked;
  for (std::size_t i = 0; i < kLiveRequests; ++i) asked.push_back(ask(made));
  EXPECT_EQ(code_of_live(live_->ask(made.code, 0, {}, {}, 0)), ErrorCode::busy);
  ask(offer(alice_));
  ASSERT_TRUE(live_->give_up(receiver(made, asked[0])));
  ask(made);
}

TEST_F(LiveOffersTest, HaveBoundedRequestsAllTogether) {
  begin({.transfers = 4});
  const auto alices = offer(alice_);
  const auto bobs = offer(bob_);
  ask(alices);
  ask(alices);
  EXPECT_EQ(code_of_live(live_->ask(alices.code, 0, {}, {}, 0)), ErrorCode::busy);
  ask(bobs);
  ask(bobs);
  EXPECT_EQ(live_->counts().requests, 4u);
}

TEST_F(LiveOffersTest, AreAskedForWhatTheyHave) {
  const auto made = offer(alice_, 262'145);
  EXPECT_EQ(code_of_live(live_->ask(made.code, 1, {}, {}, 0)), ErrorCode::bad_request);
  EXPECT_EQ(code_of_live(live_->ask(made.code, 0, {}, {}, 3)), ErrorCode::bad_request);
  EXPECT_EQ(code_of_live(live_->ask("000000000000", 0, {}, {}, 0)), ErrorCode::not_found);
  const auto asked = ask(made, 2);
  EXPECT_EQ(code_of_live(live_->stream(receiver(made, asked), 3)), ErrorCode::bad_request);
  EXPECT_EQ(code_of_live(live_->ask(offer(alice_).code, 0, {}, {}, ~std::uint64_t{0})), ErrorCode::bad_request);
}

TEST_F(LiveOffersTest, KnowReceiversByTheirTokens) {
  const auto made = offer(alice_);
  const auto other = offer(alice_);
  const auto asked = ask(made);
  const auto second = ask(made);
  const LiveTransfers::Receiver wrong[] = {{made.code, asked.id, second.token},
                                           {made.code, second.id, asked.token},
                                           {other.code, asked.id, asked.token},
                                           {"000000000000", asked.id, asked.token}};
  for (const auto& who : wrong) {
    EXPECT_EQ(code_of_live(live_->stream(who, {})), ErrorCode::not_found);
    EXPECT_EQ(code_of_live(live_->received(who, {})), ErrorCode::not_found);
    EXPECT_EQ(code_of_live(live_->give_up(who)), ErrorCode::not_found);
  }
  EXPECT_TRUE(live_->stream(receiver(made, asked), {}));
}

}  // namespace kith::assets
