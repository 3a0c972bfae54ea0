#include "assets/shares.hpp"

#include "assets/limits.hpp"
#include "tests/unit/assets/assets_fixture.hpp"

namespace kith::assets {

using core::AssetId;
using core::ErrorCode;
using core::UserId;

class SharesTest : public AssetsTest {
 protected:
  Shares& shares() { return assets_->shares(); }
  core::Expected<std::vector<Share>> share(const UserId& viewer, const std::vector<AssetId>& assets,
                                           std::optional<core::Timestamp> expires_at = {}) {
    clock_.advance(std::chrono::milliseconds(1));
    return shares().share(alice_, viewer, assets, {expires_at, Strip()});
  }
  // Whether `viewer` sees the asset; every way of asking must give the same answer.
  bool sees(const UserId& viewer, const AssetId& asset) {
    const bool viewed = shares().view(alice_, viewer, asset).has_value();
    EXPECT_EQ(shares().open(alice_, viewer, asset).has_value(), viewed);
    EXPECT_EQ(lists(shares().list_between(alice_, viewer, {}, {}), asset), viewed);
    EXPECT_EQ(lists(shares().list_with(viewer, {}), asset), viewed);
    bool is_told_to_owner = false;
    const auto told = shares().shares_of(alice_, std::span(&asset, 1)).value();
    for (const auto& share : told) is_told_to_owner = is_told_to_owner || share.viewer == viewer;
    EXPECT_EQ(is_told_to_owner, viewed);
    return viewed;
  }
  static bool lists(const core::Expected<Page<SharedAsset>>& page, const AssetId& asset) {
    return std::any_of(page->items.begin(), page->items.end(),
                       [&](const auto& item) { return item.asset.id == asset; });
  }
  static std::vector<std::string> names(const core::Expected<Page<SharedAsset>>& page) {
    std::vector<std::string> found;
    for (const auto& item : page.value().items) found.push_back(item.asset.name);
    return found;
  }
};

TEST_F(SharesTest, OnlyTheViewerSeesWhatIsShared) {
  const auto shown = put(alice_, "shown", "1").id;
  const auto hidden = put(alice_, "hidden", "2").id;
  ASSERT_TRUE(share(bob_, {shown}));
  EXPECT_TRUE(sees(bob_, shown));
  EXPECT_FALSE(sees(bob_, hidden));
  EXPECT_FALSE(sees(carol_, shown));
  EXPECT_FALSE(sees(alice_, shown));
  EXPECT_EQ(code_of(shares().view(carol_, bob_, shown)), ErrorCode::not_found);
  EXPECT_EQ(code_of(shares().view(bob_, alice_, shown)), ErrorCode::not_found);
}

TEST_F(SharesTest, RefusalsDoNotTellWhatThereIs) {
  const auto hidden = put(alice_, "hidden", "2").id;
  const auto refused = shares().view(alice_, bob_, hidden).error();
  const auto absent = shares().view(alice_, bob_, AssetId::make(clock_, random_)).error();
  EXPECT_EQ(refused.code, absent.code);
  EXPECT_EQ(refused.detail, absent.detail);
}

TEST_F(SharesTest, ExpiryEndsAShareAtItsMillisecond) {
  const auto asset = put(alice_, "x", "1").id;
  const auto expiry = clock_.now() + std::chrono::hours(1);
  ASSERT_TRUE(share(bob_, {asset}, expiry));
  clock_.set_wall(expiry - std::chrono::milliseconds(1));
  EXPECT_TRUE(sees(bob_, asset));
  clock_.set_wall(expiry);
  EXPECT_FALSE(sees(bob_, asset));
  EXPECT_THAT(names(shares().list_by(alice_, {})), testing::IsEmpty());
}

TEST_F(SharesTest, WhatSomebodySuspendedOrDeletedSharesIsNotServed) {
  const auto asset = put(alice_, "x.jpg", "1").id;
  const auto strip = ShareTerms{std::nullopt, Strip()};
  ASSERT_TRUE(shares().share(alice_, bob_, std::vector{asset}, strip));
  ASSERT_TRUE(sees(bob_, asset));
  const auto make = [&](std::string_view change) {
    const auto sql = std::string("UPDATE users SET ").append(change).append(" WHERE id = ?");
    EXPECT_TRUE(database_->write([&](storage::Transaction& transaction) -> core::Expected<void> {
      KITH_TRY(transaction.execute(sql, {alice_.text()}));
      return {};
    }));
  };
  for (const auto* change : {"state = 'suspended'", "deleted_at = 1"}) {
    make(change);
    EXPECT_EQ(code_of(shares().view(alice_, bob_, asset)), ErrorCode::not_found) << change;
    EXPECT_EQ(code_of(shares().open(alice_, bob_, asset)), ErrorCode::not_found) << change;
    EXPECT_FALSE(lists(shares().list_between(alice_, bob_, {}, {}), asset)) << change;
    EXPECT_FALSE(lists(shares().list_with(bob_, {}), asset)) << change;
    make("state = 'active', deleted_at = NULL");
    EXPECT_TRUE(sees(bob_, asset)) << "it was not forgotten";
  }
}

TEST_F(SharesTest, WithdrawingEndsOneShare) {
  const auto asset = put(alice_, "x", "1").id;
  const auto with_bob = share(bob_, {asset})->front().id;
  ASSERT_TRUE(share(carol_, {asset}));
  EXPECT_EQ(code_of(shares().withdraw(carol_, with_bob)), ErrorCode::not_found);
  EXPECT_EQ(code_of(shares().withdraw(bob_, with_bob)), ErrorCode::not_found);
  EXPECT_TRUE(sees(bob_, asset));
  events_.take();
  ASSERT_TRUE(shares().withdraw(alice_, with_bob));
  EXPECT_THAT(events_.take(), testing::ElementsAre("withdrawn alice>bob 1"));
  EXPECT_FALSE(sees(bob_, asset));
  EXPECT_TRUE(sees(carol_, asset));
  EXPECT_EQ(code_of(shares().withdraw(alice_, with_bob)), ErrorCode::not_found);
}

TEST_F(SharesTest, DeletionHidesAndRestoringShowsAgain) {
  const auto asset = put(alice_, "x", "1").id;
  const auto id = share(bob_, {asset})->front().id;
  events_.take();
  ASSERT_TRUE(assets_->catalogue().remove(alice_, asset));
  EXPECT_THAT(events_.take(), testing::ElementsAre("withdrawn alice>bob 1"));
  EXPECT_FALSE(sees(bob_, asset));
  EXPECT_EQ(code_of(shares().find(alice_, id)), ErrorCode::not_found);
  ASSERT_TRUE(assets_->catalogue().restore(alice_, asset));
  EXPECT_THAT(events_.take(), testing::ElementsAre("shared alice>bob 1"));
  EXPECT_TRUE(sees(bob_, asset));
  ASSERT_TRUE(assets_->catalogue().remove(alice_, asset));
  clock_.advance(kDeletedKept);
  sweep_all();
  EXPECT_EQ(count_rows("shares"), 0);
}

TEST_F(SharesTest, ViewerSeesTheNewestVersion) {
  const auto asset = put(alice_, "x", "1").id;
  ASSERT_TRUE(share(bob_, {asset}));
  put(alice_, "x", "22");
  const auto opened = shares().open(alice_, bob_, asset);
  ASSERT_TRUE(opened);
  EXPECT_EQ(all_of(*opened->reader), "22");
  EXPECT_EQ(opened->shared.asset.size, 2u);
}

TEST_F(SharesTest, SharingIsAllOrNothing) {
  const auto own = put(alice_, "own", "1").id;
  const auto others = put(carol_, "others", "2").id;
  const auto deleted = put(alice_, "deleted", "3").id;
  ASSERT_TRUE(assets_->catalogue().remove(alice_, deleted));
  EXPECT_EQ(code_of(share(bob_, {own, others})), ErrorCode::not_found);
  EXPECT_EQ(code_of(share(bob_, {own, deleted})), ErrorCode::not_found);
  EXPECT_EQ(code_of(share(bob_, {own, AssetId::make(clock_, random_)})), ErrorCode::not_found);
  EXPECT_EQ(code_of(share(UserId::make(clock_, random_), {own})), ErrorCode::not_found);
  EXPECT_EQ(count_rows("shares"), 0);
  EXPECT_THAT(events_.take(), testing::IsEmpty());
}

TEST_F(SharesTest, RefusesCallsWithoutSense) {
  const auto asset = put(alice_, "x", "1").id;
  EXPECT_EQ(code_of(share(bob_, {})), ErrorCode::bad_request);
  EXPECT_EQ(code_of(share(alice_, {asset})), ErrorCode::bad_request);
  EXPECT_EQ(code_of(share(bob_, {asset}, clock_.now())), ErrorCode::bad_request);
  EXPECT_EQ(code_of(share(bob_, std::vector<AssetId>(501, asset))), ErrorCode::bad_request);
  EXPECT_EQ(count_rows("shares"), 0);
}

TEST_F(SharesTest, SharesManyAtOnceEachOnce) {
  std::vector<AssetId> assets;
  for (int i = 0; i < 20; ++i) assets.push_back(put(alice_, std::to_string(i), std::to_string(i)).id);
  assets.push_back(assets.front());
  const auto made = share(bob_, assets);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->size(), 20u);
  EXPECT_THAT(events_.take(), testing::ElementsAre("shared alice>bob 20"));
}

TEST_F(SharesTest, SharingAgainKeepsTheShareAndTakesTheExpiry) {
  const auto asset = put(alice_, "x", "1").id;
  const auto other = put(alice_, "y", "2").id;
  const auto first = share(bob_, {asset})->front();
  events_.take();
  const auto expiry = clock_.now() + std::chrono::hours(1);
  const auto again = share(bob_, {asset, other}, expiry);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->front().id, first.id);
  EXPECT_EQ(again->front().shared_at, first.shared_at);
  EXPECT_EQ(shares().find(alice_, first.id)->share.terms.expires_at, expiry);
  EXPECT_THAT(events_.take(), testing::ElementsAre("shared alice>bob 1", "changed alice>bob 1"));
  ASSERT_TRUE(share(bob_, {asset, other}, expiry));
  EXPECT_THAT(events_.take(), testing::IsEmpty());
  ASSERT_TRUE(share(bob_, {asset}));
  EXPECT_EQ(shares().find(alice_, first.id)->share.terms.expires_at, std::nullopt);
}

TEST_F(SharesTest, SharingAfterExpiryBeginsAnew) {
  const auto asset = put(alice_, "x", "1").id;
  const auto first = share(bob_, {asset}, clock_.now() + std::chrono::hours(1))->front();
  clock_.advance(std::chrono::hours(2));
  events_.take();
  const auto again = share(bob_, {asset})->front();
  EXPECT_NE(again.id, first.id);
  EXPECT_GT(again.shared_at, first.shared_at);
  EXPECT_THAT(events_.take(), testing::ElementsAre("shared alice>bob 1"));
}

TEST_F(SharesTest, ListsLastSharedFirstWithFiltersAndPages) {
  const auto photo = put(alice_, "Photo.jpg", "\xff\xd8\xff\xe0").id;
  const auto text = put(alice_, "Text", "words").id;
  const auto unseen = put(alice_, "Unseen", "u").id;
  ASSERT_TRUE(share(bob_, {text}));
  ASSERT_TRUE(share(bob_, {photo}));
  ASSERT_TRUE(share(carol_, {unseen}));
  const auto between = [&](const AssetFilter& filter, const PageRequest& page = {}) {
    return shares().list_between(alice_, bob_, filter, page);
  };
  EXPECT_THAT(names(between({})), testing::ElementsAre("Photo.jpg", "Text"));
  EXPECT_THAT(names(between({AssetKind::photo, ""})), testing::ElementsAre("Photo.jpg"));
  EXPECT_THAT(names(between({{}, "EX"})), testing::ElementsAre("Text"));
  EXPECT_THAT(names(shares().list_by(alice_, {})), testing::ElementsAre("Unseen", "Photo.jpg", "Text"));
  const auto first = between({}, {"", 1});
  ASSERT_TRUE(first->next);
  const auto second = between({}, {*first->next, 1});
  EXPECT_THAT(names(second), testing::ElementsAre("Text"));
  EXPECT_FALSE(second->next);
  EXPECT_EQ(code_of(between({}, {make_cursor(CursorList::assets, photo.text())})), ErrorCode::bad_request);
}

TEST_F(SharesTest, ForgettingAViewerEndsTheirSharesOnly) {
  const auto asset = put(alice_, "x", "1").id;
  ASSERT_TRUE(share(bob_, {asset}));
  ASSERT_TRUE(share(carol_, {asset}));
  ASSERT_TRUE(shares().forget_viewer(bob_));
  EXPECT_FALSE(sees(bob_, asset));
  EXPECT_TRUE(sees(carol_, asset));
}

TEST_F(SharesTest, ForgettingAConnectionEndsOneOwnersSharesOnly) {
  const auto of_alice = put(alice_, "x", "1").id;
  const auto of_carol = put(carol_, "x", "1").id;
  ASSERT_TRUE(share(bob_, {of_alice}));
  ASSERT_TRUE(shares().share(carol_, bob_, std::span(&of_carol, 1), {}));
  ASSERT_TRUE(shares().forget_between(alice_, bob_));
  EXPECT_FALSE(sees(bob_, of_alice));
  EXPECT_TRUE(shares().view(carol_, bob_, of_carol));
}

}  // namespace kith::assets
