#include <atomic>
#include <thread>

#include "assets/limits.hpp"
#include "tests/unit/assets/assets_fixture.hpp"

namespace kith::assets {

using core::ErrorCode;

using BlobsTest = AssetsTest;
using SweepTest = AssetsTest;
using AccountRemovalTest = AssetsTest;

TEST_F(BlobsTest, EqualContentOfOneOwnerIsStoredOnce) {
  put(alice_, "a", "same");
  put(alice_, "b", "same");
  EXPECT_EQ(blobs_.blob_count(), 1u);
  put(carol_, "c", "same");
  EXPECT_EQ(blobs_.blob_count(), 2u);
}

TEST_F(BlobsTest, DeletingOneOfTwoEqualFilesKeepsTheOther) {
  const auto first = put(alice_, "a", "same");
  const auto second = put(alice_, "b", "same");
  ASSERT_TRUE(assets_->catalogue().remove(alice_, first.id));
  clock_.advance(kDeletedKept);
  sweep_all();
  EXPECT_EQ(count_rows("assets"), 1);
  EXPECT_EQ(content_of(alice_, second.id).value(), "same");
  ASSERT_TRUE(assets_->catalogue().remove(alice_, second.id));
  clock_.advance(kDeletedKept);
  sweep_all();
  EXPECT_EQ(blobs_.blob_count(), 0u);
  EXPECT_EQ(count_rows("blobs"), 0);
}

TEST_F(BlobsTest, ContentThatComesAgainBeforeTheSweepStays) {
  const auto first = put(alice_, "a", "same");
  ASSERT_TRUE(assets_->catalogue().remove(alice_, first.id));
  clock_.advance(kDeletedKept);
  const auto second = put(alice_, "a", "same");
  sweep_all();
  EXPECT_EQ(content_of(alice_, second.id).value(), "same");
}

TEST_F(BlobsTest, SweepBesideEqualUploadsLosesNothing) {
  std::atomic<bool> done{false};
  std::jthread sweeper([&] {
    while (!done) (void)assets_->sweep();
  });
  for (int i = 0; i < 100; ++i) {
    const auto asset = put(alice_, "a", "same");
    ASSERT_EQ(content_of(alice_, asset.id).value(), "same") << i;
    ASSERT_TRUE(assets_->catalogue().remove(alice_, asset.id));
    clock_.advance(kDeletedKept);
  }
  done = true;
}

TEST_F(BlobsTest, CrashBeforeTheDatabaseCommitLeavesAnOrphanThatGoes) {
  const auto kept = put(alice_, "kept", "kept");
  // From the blob's commit on nothing reaches the disk any more.
  blobs_.after_commit = [&] {
    database_->broken_with = ErrorCode::internal;
    blobs_.fail_removals(true);
  };
  ASSERT_FALSE(try_put(alice_, "lost", "lost"));
  blobs_.after_commit = nullptr;
  database_->broken_with = ErrorCode::count_;
  blobs_.fail_removals(false);
  ASSERT_EQ(blobs_.blob_count(), 2u);

  build();
  ASSERT_TRUE(assets_->start());
  EXPECT_EQ(assets_->remove_orphans()->removed, 1);
  EXPECT_EQ(blobs_.blob_count(), 1u);
  EXPECT_EQ(content_of(alice_, kept.id).value(), "kept");
  EXPECT_EQ(code_of(assets_->catalogue().find_by_name(alice_, "lost")), ErrorCode::not_found);
}

TEST_F(BlobsTest, CrashAfterAFileWasRemovedIsMadeGood) {
  const auto asset = put(alice_, "a", "content");
  ASSERT_TRUE(assets_->catalogue().remove(alice_, asset.id));
  clock_.advance(kDeletedKept);
  ASSERT_EQ(assets_->sweep()->assets, 1);
  put(alice_, "a", "content");
  ASSERT_TRUE(assets_->remove_owner(alice_));
  blobs_.lose(key_of(asset));
  EXPECT_EQ(count_rows("blobs"), 1);
  sweep_all();
  EXPECT_EQ(count_rows("blobs"), 0);
}

TEST_F(BlobsTest, MissingContentIsReportedAndItsAssetKept) {
  const auto asset = put(alice_, "a", "content");
  put(alice_, "b", "other");
  blobs_.lose(key_of(asset));
  const auto counts = assets_->remove_orphans();
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->missing, 1);
  EXPECT_EQ(counts->removed, 0);
  EXPECT_TRUE(assets_->catalogue().find(alice_, asset.id));
}

TEST_F(BlobsTest, StoreThatRefusesRemovalIsAskedAgain) {
  const auto asset = put(alice_, "a", "content");
  ASSERT_TRUE(assets_->remove_owner(alice_));
  blobs_.fail_removals(true);
  EXPECT_EQ(assets_->sweep()->blobs, 0);
  EXPECT_EQ(count_rows("blobs"), 1);
  blobs_.fail_removals(false);
  EXPECT_EQ(assets_->sweep()->blobs, 1);
  EXPECT_FALSE(blobs_.has(key_of(asset)));
}

TEST_F(BlobsTest, NothingIsRemovedWhileAnotherProcessHoldsContent) {
  const auto asset = put(alice_, "a", "same");
  ASSERT_TRUE(assets_->catalogue().remove(alice_, asset.id));
  clock_.advance(kDeletedKept);
  blobs_.hold(true);
  sweep_all();
  EXPECT_EQ(blobs_.blob_count(), 1u);
  EXPECT_EQ(count_rows("blobs"), 1) << "so that a later sweep finds it";
  blobs_.hold(false);
  sweep_all();
  EXPECT_EQ(blobs_.blob_count(), 0u);
  EXPECT_EQ(count_rows("blobs"), 0);
}

TEST_F(SweepTest, OldVersionsStayForTheirTime) {
  const auto first = put(alice_, "a", "one");
  clock_.advance(std::chrono::hours(24 * 90));
  const auto second = put(alice_, "a", "two");
  clock_.advance(kVersionKept - std::chrono::milliseconds(1));
  sweep_all();
  EXPECT_TRUE(blobs_.has(key_of(first)));
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(assets_->sweep()->versions, 1);
  sweep_all();
  EXPECT_FALSE(blobs_.has(key_of(first)));
  clock_.advance(kVersionKept * 12);
  sweep_all();
  EXPECT_TRUE(blobs_.has(key_of(second)));
  EXPECT_EQ(content_of(alice_, second.id).value(), "two");
}

TEST_F(SweepTest, ExpiredSharesGoAndAreTold) {
  std::vector<core::AssetId> assets;
  for (const auto* name : {"a", "b", "c"}) assets.push_back(put(alice_, name, name).id);
  ASSERT_TRUE(assets_->shares().share(alice_, bob_, assets, {clock_.now() + std::chrono::hours(1)}));
  ASSERT_TRUE(assets_->shares().share(alice_, carol_, assets, {}));
  events_.take();
  EXPECT_EQ(assets_->sweep()->shares, 0);
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(assets_->sweep()->shares, 3);
  EXPECT_THAT(events_.take(), testing::ElementsAre("withdrawn alice>bob 3"));
  EXPECT_EQ(count_rows("shares"), 3);
}

TEST_F(SweepTest, IsBoundedAndSaysWhenThereIsMore) {
  for (int i = 0; i < kSweepBatch + 1; ++i) {
    const auto asset = put(alice_, std::to_string(i), std::to_string(i));
    ASSERT_TRUE(assets_->catalogue().remove(alice_, asset.id));
  }
  clock_.advance(kDeletedKept);
  const auto first = assets_->sweep();
  EXPECT_EQ(first->assets, kSweepBatch);
  EXPECT_EQ(first->blobs, kSweepBatch);
  EXPECT_TRUE(first->more);
  const auto second = assets_->sweep();
  EXPECT_EQ(second->assets, 1);
  EXPECT_FALSE(second->more);
  EXPECT_EQ(blobs_.blob_count(), 0u);
}

TEST_F(AccountRemovalTest, TakesEverythingOfTheOwnerAndNothingElse) {
  const auto own = put(alice_, "a", "alice's");
  put(alice_, "a", "alice's newer");
  const auto others = put(carol_, "c", "alice's");
  ASSERT_TRUE(assets_->shares().share(alice_, bob_, std::span(&own.id, 1), {}));
  ASSERT_TRUE(assets_->shares().share(alice_, carol_, std::span(&own.id, 1), {}));
  ASSERT_TRUE(assets_->shares().share(carol_, alice_, std::span(&others.id, 1), {}));
  events_.take();
  ASSERT_TRUE(assets_->remove_owner(alice_));
  EXPECT_THAT(events_.take(), testing::UnorderedElementsAre("withdrawn alice>bob 1", "withdrawn alice>carol 1"));
  EXPECT_EQ(count_rows("shares"), 0);
  EXPECT_EQ(count_rows("assets"), 1);
  sweep_all();
  EXPECT_EQ(blobs_.blob_count(), 1u);
  EXPECT_EQ(content_of(carol_, others.id).value(), "alice's");
  EXPECT_TRUE(assets_->remove_owner(alice_));
}

TEST_F(AccountRemovalTest, UploadThatEndsAfterTheAccountStoresNothing) {
  auto upload = std::move(assets_->uploads().begin(alice_, "late", 4).value());
  ASSERT_TRUE(upload->write(core::as_bytes("late")));
  ASSERT_TRUE(assets_->remove_owner(alice_));
  ASSERT_TRUE(database_->write([&](storage::Transaction& transaction) -> core::Expected<void> {
    KITH_TRY(transaction.execute("DELETE FROM users WHERE id = ?", {alice_.text()}));
    return {};
  }));
  EXPECT_FALSE(upload->commit());
  EXPECT_EQ(blobs_.blob_count(), 0u);
}

}  // namespace kith::assets
