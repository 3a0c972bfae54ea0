#include "assets/album_shares.hpp"

#include "assets/limits.hpp"
#include "tests/unit/assets/assets_fixture.hpp"
#include "tests/unit/assets/photo_samples.hpp"

namespace kith::assets {

using core::AlbumId;
using core::AssetId;
using core::ErrorCode;
using core::UserId;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class AlbumSharesTest : public AssetsTest {
 protected:
  AlbumSharesTest() : a_(put(alice_, "a", "1").id), b_(put(alice_, "b", "2").id), album_(make("Summer")) {
    EXPECT_TRUE(albums().add(alice_, album_, std::vector{a_}));
    events_.take();
  }

  Albums& albums() { return assets_->albums(); }
  Shares& shares() { return assets_->shares(); }
  AlbumId make(const std::string& name) {
    clock_.advance(std::chrono::milliseconds(1));
    return albums().create(alice_, name).value().id;
  }
  core::Expected<AlbumShare> share(const AlbumId& album, const UserId& viewer, const ShareTerms& terms = {}) {
    clock_.advance(std::chrono::milliseconds(1));
    return albums().shares().share(alice_, album, viewer, terms);
  }
  core::Expected<std::vector<Share>> share_alone(const AssetId& asset, const ShareTerms& terms = {}) {
    return shares().share(alice_, bob_, std::span(&asset, 1), terms);
  }
  bool bob_sees(const AssetId& asset) {
    const bool viewed = shares().view(alice_, bob_, asset).has_value();
    EXPECT_EQ(shares().open(alice_, bob_, asset).has_value(), viewed);
    const auto told = shares().shares_of(alice_, std::span(&asset, 1)).value();
    EXPECT_EQ(std::ranges::count(told, bob_, &Share::viewer), viewed ? 1 : 0);
    return viewed;
  }
  ShareTerms terms_for_bob(const AssetId& asset) { return shares().view(alice_, bob_, asset).value().share.terms; }
  core::Timestamp in_hours(int hours) { return clock_.now() + std::chrono::hours(hours); }

  const AssetId a_, b_;
  const AlbumId album_;  // with a_ in it
};

TEST_F(AlbumSharesTest, ShowsWhatIsInItAndWhatComesLater) {
  const auto made = share(album_, bob_);
  ASSERT_TRUE(made);
  EXPECT_THAT(events_.take(), ElementsAre("shared alice>bob 1"));
  EXPECT_TRUE(bob_sees(a_));
  EXPECT_FALSE(bob_sees(b_));
  ASSERT_TRUE(albums().add(alice_, album_, std::vector{a_, b_}));
  EXPECT_THAT(events_.take(), ElementsAre("shared alice>bob 1"));
  EXPECT_TRUE(bob_sees(b_));
  EXPECT_EQ(shares().view(alice_, bob_, b_)->album, "Summer");
  EXPECT_THAT(albums().find(alice_, album_)->viewers, ElementsAre(bob_));
  EXPECT_EQ(albums().shares().list(alice_, album_)->front().id, made->id);
  EXPECT_FALSE(shares().view(alice_, carol_, a_));
  ASSERT_TRUE(albums().take_out(alice_, album_, std::vector{a_}));
  EXPECT_THAT(events_.take(), ElementsAre("withdrawn alice>bob 1"));
  EXPECT_FALSE(bob_sees(a_));
}

TEST_F(AlbumSharesTest, WithdrawingTakesBackOnlyWhatNothingElseShows) {
  const auto other = make("Other");
  const auto c = put(alice_, "c", "3").id;
  ASSERT_TRUE(albums().add(alice_, album_, std::vector{b_, c}));
  ASSERT_TRUE(albums().add(alice_, other, std::vector{b_}));
  const auto made = share(album_, bob_);
  ASSERT_TRUE(share(other, bob_));
  ASSERT_TRUE(share_alone(c));
  events_.take();
  ASSERT_TRUE(albums().shares().withdraw(alice_, album_, made->id));
  EXPECT_THAT(events_.take(), ElementsAre("changed alice>bob 2", "withdrawn alice>bob 1"));
  EXPECT_FALSE(bob_sees(a_));
  EXPECT_TRUE(bob_sees(b_));
  EXPECT_EQ(shares().view(alice_, bob_, b_)->album, "Other");
  EXPECT_TRUE(bob_sees(c));
  EXPECT_EQ(shares().view(alice_, bob_, c)->album, std::nullopt);
  EXPECT_EQ(code_of(albums().shares().withdraw(alice_, album_, made->id)), ErrorCode::not_found);
}

TEST_F(AlbumSharesTest, TheOwnActIsListedAndEndsByItself) {
  ASSERT_TRUE(share(album_, bob_));
  EXPECT_THAT(shares().list_by(alice_, {})->items, IsEmpty());
  const auto own = share_alone(a_, {in_hours(1), Strip()})->front();
  ASSERT_EQ(shares().list_by(alice_, {})->items.size(), 1u);
  EXPECT_EQ(shares().find(alice_, own.id)->share.terms, own.terms);
  events_.take();
  ASSERT_TRUE(shares().withdraw(alice_, own.id));
  EXPECT_THAT(events_.take(), IsEmpty());
  EXPECT_TRUE(bob_sees(a_));
  EXPECT_EQ(code_of(shares().find(alice_, own.id)), ErrorCode::not_found);
  EXPECT_EQ(code_of(shares().withdraw(alice_, own.id)), ErrorCode::not_found);
}

TEST_F(AlbumSharesTest, TheLatestEndCountsAndTheStrictestStrip) {
  const auto soon = in_hours(1), late = in_hours(2);
  ASSERT_TRUE(share_alone(a_, {soon, Strip()}));
  ASSERT_TRUE(share(album_, bob_, {late, StripMode::location}));
  EXPECT_EQ(terms_for_bob(a_), (ShareTerms{late, StripMode::location}));
  clock_.set_wall(soon);
  sweep_all();
  EXPECT_TRUE(bob_sees(a_));
  EXPECT_EQ(terms_for_bob(a_), (ShareTerms{late, StripMode::location}));
  EXPECT_THAT(shares().list_by(alice_, {})->items, IsEmpty());
  ASSERT_TRUE(share_alone(a_, {std::nullopt, Strip()}));
  EXPECT_EQ(terms_for_bob(a_), (ShareTerms{std::nullopt, StripMode::location}));
  clock_.set_wall(late);
  sweep_all();
  EXPECT_EQ(terms_for_bob(a_), (ShareTerms{std::nullopt, Strip()}));
}

TEST_F(AlbumSharesTest, EndsWhenItSaysAndIsSwept) {
  ASSERT_TRUE(share(album_, bob_, {in_hours(1), {}}));
  ASSERT_TRUE(share(album_, carol_));
  const auto end = in_hours(1);
  clock_.set_wall(end - std::chrono::seconds(1));
  EXPECT_TRUE(bob_sees(a_));
  clock_.set_wall(end);
  EXPECT_FALSE(bob_sees(a_));
  EXPECT_THAT(albums().find(alice_, album_)->viewers, ElementsAre(carol_));
  events_.take();
  const int told = events_.albums_changes();
  sweep_all();
  EXPECT_THAT(events_.take(), ElementsAre("withdrawn alice>bob 1"));
  EXPECT_EQ(events_.albums_changes(), told + 1);
  EXPECT_EQ(count_rows("album_shares"), 1);
  EXPECT_EQ(count_rows("shares"), 1);
  ASSERT_TRUE(share(album_, bob_));
  EXPECT_TRUE(bob_sees(a_));
}

// What was taken out between the end of a share and the sweep must not keep the terms of it.
TEST_F(AlbumSharesTest, AnEndedShareLeavesNothingBehindOnWhatWasTakenOut) {
  ASSERT_TRUE(share_alone(a_, {std::nullopt, Strip()}));
  ASSERT_TRUE(share(album_, bob_, {in_hours(1), StripMode::all}));
  clock_.advance(std::chrono::hours(2));
  ASSERT_TRUE(albums().take_out(alice_, album_, std::vector{a_}));
  EXPECT_EQ(terms_for_bob(a_), (ShareTerms{std::nullopt, Strip()}));
}

TEST_F(AlbumSharesTest, SharingAgainKeepsTheShareAndTakesTheTerms) {
  const auto first = share(album_, bob_, {in_hours(1), Strip()});
  events_.take();
  const auto again = share(album_, bob_, {std::nullopt, StripMode::all});
  EXPECT_EQ(again->id, first->id);
  EXPECT_EQ(again->shared_at, first->shared_at);
  EXPECT_EQ(terms_for_bob(a_), (ShareTerms{std::nullopt, StripMode::all}));
  EXPECT_THAT(events_.take(), ElementsAre("changed alice>bob 1"));
  EXPECT_EQ(count_rows("album_shares"), 1);
}

TEST_F(AlbumSharesTest, RefusesCallsWithoutSense) {
  EXPECT_EQ(code_of(share(album_, alice_)), ErrorCode::bad_request);
  EXPECT_EQ(code_of(share(album_, bob_, {clock_.now(), {}})), ErrorCode::bad_request);
  EXPECT_EQ(code_of(share(album_, UserId::make(clock_, random_))), ErrorCode::not_found);
  EXPECT_EQ(code_of(share(AlbumId::make(clock_, random_), bob_)), ErrorCode::not_found);
  const auto made = share(album_, bob_);
  EXPECT_EQ(code_of(albums().shares().withdraw(carol_, album_, made->id)), ErrorCode::not_found);
  EXPECT_EQ(code_of(albums().shares().withdraw(alice_, make("Other"), made->id)), ErrorCode::not_found);
  EXPECT_TRUE(bob_sees(a_));
}

TEST_F(AlbumSharesTest, ADeletedAssetIsGoneForViewersAndBackWhenRestored) {
  ASSERT_TRUE(share(album_, bob_));
  ASSERT_TRUE(assets_->catalogue().remove(alice_, a_));
  EXPECT_FALSE(bob_sees(a_));
  events_.take();
  ASSERT_TRUE(assets_->catalogue().restore(alice_, a_));
  EXPECT_THAT(events_.take(), ElementsAre("shared alice>bob 1"));
  EXPECT_TRUE(bob_sees(a_));
}

TEST_F(AlbumSharesTest, WhatIsDeletedWhenTheAlbumIsSharedIsShownOnceItIsRestored) {
  ASSERT_TRUE(assets_->catalogue().remove(alice_, a_));
  ASSERT_TRUE(share(album_, bob_));
  EXPECT_THAT(events_.take(), ElementsAre());
  ASSERT_TRUE(assets_->catalogue().restore(alice_, a_));
  EXPECT_TRUE(bob_sees(a_));
}

TEST_F(AlbumSharesTest, DeletingTheAlbumTakesItBackFromAll) {
  ASSERT_TRUE(share(album_, bob_));
  ASSERT_TRUE(share(album_, carol_, {in_hours(1), {}}));
  ASSERT_TRUE(share_alone(a_));
  clock_.advance(std::chrono::hours(2));  // carol's has ended, unswept
  events_.take();
  ASSERT_TRUE(albums().remove(alice_, album_));
  EXPECT_THAT(events_.take(), UnorderedElementsAre("changed alice>bob 1", "withdrawn alice>carol 1"));
  EXPECT_TRUE(bob_sees(a_));
  EXPECT_EQ(shares().view(alice_, bob_, a_)->album, std::nullopt);
  EXPECT_EQ(count_rows("album_shares"), 0);
  EXPECT_EQ(count_rows("shares"), 1);
}

TEST_F(AlbumSharesTest, ANewNameIsToldToViewers) {
  ASSERT_TRUE(share(album_, bob_));
  events_.take();
  ASSERT_TRUE(albums().change(alice_, album_, {"Winter", {}}));
  EXPECT_THAT(events_.take(), ElementsAre("changed alice>bob 1"));
  EXPECT_EQ(shares().list_with(bob_, {})->items.front().album, "Winter");
  ASSERT_TRUE(albums().change(alice_, album_, {"Winter", {}}));
  EXPECT_THAT(events_.take(), IsEmpty());
}

TEST_F(AlbumSharesTest, EndWithTheConnection) {
  ASSERT_TRUE(share(album_, bob_));
  ASSERT_TRUE(share(album_, carol_));
  ASSERT_TRUE(shares().forget_between(alice_, bob_));
  EXPECT_FALSE(bob_sees(a_));
  EXPECT_THAT(albums().find(alice_, album_)->viewers, ElementsAre(carol_));
  ASSERT_TRUE(albums().add(alice_, album_, std::vector{b_}));
  EXPECT_FALSE(bob_sees(b_));
  ASSERT_TRUE(shares().forget_viewer(carol_));
  EXPECT_EQ(count_rows("album_shares"), 0);
}

TEST_F(AlbumSharesTest, EndWithTheAccount) {
  ASSERT_TRUE(share(album_, bob_));
  const auto hers = assets_->albums().create(carol_, "Hers")->id;
  ASSERT_TRUE(albums().shares().share(carol_, hers, alice_, {}));
  events_.take();
  ASSERT_TRUE(assets_->remove_owner(alice_));
  EXPECT_THAT(events_.take(), ElementsAre("withdrawn alice>bob 1"));
  EXPECT_EQ(count_rows("album_shares"), 0);
  EXPECT_EQ(count_rows("album_assets"), 0);
  EXPECT_EQ(count_rows("albums"), 1);
}

TEST_F(AlbumSharesTest, PhotosAreShownWithoutWhatIsLeftOut) {
  const auto photo = put(alice_, "beach.jpg", test::sample_jpeg());
  const auto broken = put(alice_, "broken.jpg", "\xff\xd8\xff\xe0 no photo").id;
  ASSERT_TRUE(albums().add(alice_, album_, std::vector{photo.id, broken}));
  const auto refused = share(album_, bob_);
  ASSERT_EQ(code_of(refused), ErrorCode::conflict);
  EXPECT_THAT(refused.error().detail, testing::HasSubstr("broken.jpg"));
  EXPECT_EQ(count_rows("album_shares"), 0);
  ASSERT_TRUE(albums().take_out(alice_, album_, std::vector{broken}));
  ASSERT_TRUE(share(album_, bob_));
  EXPECT_NE(shares().view(alice_, bob_, photo.id)->asset.digest, photo.digest);
  EXPECT_EQ(code_of(albums().add(alice_, album_, std::vector{broken})), ErrorCode::conflict);
  ASSERT_TRUE(share(album_, bob_, {std::nullopt, Strip()}));
  EXPECT_TRUE(albums().add(alice_, album_, std::vector{broken}));
  EXPECT_EQ(shares().view(alice_, bob_, photo.id)->asset.digest, photo.digest);
  EXPECT_TRUE(bob_sees(broken));
}

TEST_F(AlbumSharesTest, AtMostAHundredPeople) {
  for (int i = 0; i < kMaxViewersPerAlbum; ++i) ASSERT_TRUE(share(album_, add_user("viewer" + std::to_string(i))));
  EXPECT_EQ(code_of(share(album_, bob_)), ErrorCode::conflict);
  EXPECT_TRUE(share(album_, albums().find(alice_, album_)->viewers.back(), {in_hours(1), {}}));
}

}  // namespace kith::assets
