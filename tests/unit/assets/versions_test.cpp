#include "assets/versions.hpp"

#include "assets/limits.hpp"
#include "tests/unit/assets/assets_fixture.hpp"

namespace kith::assets {
namespace {

using core::ErrorCode;
using testing::ElementsAre;
using testing::IsEmpty;

class VersionsTest : public AssetsTest {
 protected:
  void share_with(const core::UserId& owner, const core::UserId& viewer, const core::AssetId& asset) {
    ASSERT_TRUE(database_->write([&](storage::Transaction& transaction) -> core::Expected<void> {
      KITH_TRY(transaction.execute(
          "INSERT INTO shares (id, owner, viewer, asset, shared_at) VALUES (?, ?, ?, ?, 0)",
          {core::ShareId::make(clock_, random_).text(), owner.text(), viewer.text(), asset.text()}));
      return {};
    }));
  }
  std::vector<std::int64_t> numbers(const core::AssetId& id) {
    std::vector<std::int64_t> found;
    const auto page = assets_->versions().list(alice_, id, {});
    if (!page) return found;
    for (const auto& version : page->items) found.push_back(version.number);
    return found;
  }
  core::Expected<std::string> content_of_version(const core::AssetId& id, std::int64_t number) {
    KITH_TRY_ASSIGN(content, assets_->versions().open(alice_, id, number));
    return all_of(*content.reader);
  }
};

TEST_F(VersionsTest, ListsTheNewestFirstWithHowLongOthersAreKept) {
  const auto first = put(alice_, "a.txt", "one");
  clock_.advance(std::chrono::hours(1));
  put(alice_, "a.txt", "three");
  const auto page = assets_->versions().list(alice_, first.id, {}).value();
  ASSERT_EQ(page.items.size(), 2u);
  EXPECT_FALSE(page.next);
  const auto& newest = page.items[0];
  EXPECT_EQ(newest.number, 2);
  EXPECT_EQ(newest.size, 5u);
  EXPECT_TRUE(newest.is_current());
  EXPECT_FALSE(newest.kept_until());
  const auto& old = page.items[1];
  EXPECT_EQ(old.number, 1);
  EXPECT_EQ(old.digest, first.digest);
  EXPECT_EQ(old.superseded_at, newest.created_at);
  EXPECT_EQ(old.kept_until(), newest.created_at + kVersionKept);
}

TEST_F(VersionsTest, PagesGoOnBehindTheLastOneShown) {
  const auto id = put(alice_, "a.txt", "0").id;
  for (const char* content : {"1", "2", "3"}) put(alice_, "a.txt", content);
  const auto first = assets_->versions().list(alice_, id, {"", 3}).value();
  EXPECT_EQ(first.items.size(), 3u);
  ASSERT_TRUE(first.next);
  const auto rest = assets_->versions().list(alice_, id, {*first.next, 3}).value();
  ASSERT_EQ(rest.items.size(), 1u);
  EXPECT_EQ(rest.items[0].number, 1);
  EXPECT_FALSE(rest.next);
  for (const char* cursor : {"x", "-1", "0", "1x", "99999999999999999999"})
    EXPECT_EQ(code_of(assets_->versions().list(alice_, id, {cursor, 3})), ErrorCode::bad_request) << cursor;
}

TEST_F(VersionsTest, OldContentIsRead) {
  const auto id = put(alice_, "a.txt", "one").id;
  put(alice_, "a.txt", "other");
  EXPECT_EQ(content_of_version(id, 1), "one");
  EXPECT_EQ(content_of_version(id, 2), "other");
  EXPECT_EQ(assets_->versions().open(alice_, id, 1)->asset.size, 3u);
  EXPECT_EQ(code_of(content_of_version(id, 3)), ErrorCode::not_found);
}

TEST_F(VersionsTest, RestoringMakesAVersionAndLosesNone) {
  const auto id = put(alice_, "a.txt", "one").id;
  put(alice_, "a.txt", "other");
  const auto used = assets_->catalogue().used_bytes(alice_).value();
  clock_.advance(std::chrono::minutes(1));
  const auto restored = assets_->versions().restore(alice_, id, 1).value();
  EXPECT_EQ(restored.version, 3);
  EXPECT_EQ(restored.updated_at, clock_.now());
  EXPECT_EQ(content_of(alice_, id), "one");
  EXPECT_THAT(numbers(id), ElementsAre(3, 2, 1));
  EXPECT_EQ(content_of_version(id, 2), "other");
  EXPECT_EQ(assets_->catalogue().used_bytes(alice_), used);
}

TEST_F(VersionsTest, TheKindFollowsTheContent) {
  const auto id = put(alice_, "scan", "\x89PNG\r\n\x1a\n picture").id;
  EXPECT_EQ(assets_->catalogue().find(alice_, id)->kind, AssetKind::photo);
  put(alice_, "scan", "%PDF-1.4 document");
  EXPECT_EQ(assets_->catalogue().find(alice_, id)->kind, AssetKind::document);
  EXPECT_EQ(assets_->versions().restore(alice_, id, 1)->media_type, "image/png");
  EXPECT_EQ(assets_->catalogue().find(alice_, id)->kind, AssetKind::photo);
}

TEST_F(VersionsTest, RestoringWhatIsTheNewestAlreadyChangesNothing) {
  const auto id = put(alice_, "a.txt", "one").id;
  put(alice_, "a.txt", "other");
  put(alice_, "a.txt", "one");
  const auto told = events_.owned_changes(alice_);
  EXPECT_EQ(assets_->versions().restore(alice_, id, 3)->version, 3);
  EXPECT_EQ(assets_->versions().restore(alice_, id, 1)->version, 3);  // equal content
  EXPECT_THAT(numbers(id), ElementsAre(3, 2, 1));
  EXPECT_EQ(events_.owned_changes(alice_), told);
}

TEST_F(VersionsTest, ViewersAreToldAsOfAnUploadAndSeeTheNewestAlone) {
  const auto id = put(alice_, "a.txt", "one").id;
  put(alice_, "a.txt", "other");
  share_with(alice_, carol_, id);
  events_.take();
  const auto told = events_.owned_changes(alice_);
  ASSERT_TRUE(assets_->versions().restore(alice_, id, 1));
  EXPECT_THAT(events_.take(), ElementsAre("changed alice>carol 1"));
  EXPECT_EQ(events_.owned_changes(alice_), told + 1);
  EXPECT_EQ(code_of(assets_->versions().list(carol_, id, {})), ErrorCode::not_found);
  EXPECT_EQ(code_of(assets_->versions().open(carol_, id, 1)), ErrorCode::not_found);
  EXPECT_EQ(code_of(assets_->versions().restore(carol_, id, 1)), ErrorCode::not_found);
}

TEST_F(VersionsTest, WhatTheSweepTookCantBeRestored) {
  const auto id = put(alice_, "a.txt", "one").id;
  put(alice_, "a.txt", "other");
  clock_.advance(kVersionKept + std::chrono::hours(1));
  sweep_all();
  EXPECT_THAT(numbers(id), ElementsAre(2));
  EXPECT_EQ(code_of(assets_->versions().restore(alice_, id, 1)), ErrorCode::not_found);
  EXPECT_EQ(content_of(alice_, id), "other");
}

TEST_F(VersionsTest, RestoredContentOutlivesTheVersionItCameFrom) {
  const auto id = put(alice_, "a.txt", "one").id;
  put(alice_, "a.txt", "other");
  clock_.advance(kVersionKept - std::chrono::hours(1));
  ASSERT_TRUE(assets_->versions().restore(alice_, id, 1));
  clock_.advance(std::chrono::hours(2));
  sweep_all();
  EXPECT_THAT(numbers(id), ElementsAre(3, 2));
  EXPECT_EQ(content_of(alice_, id), "one");
}

TEST_F(VersionsTest, ADeletedAssetHasNoVersions) {
  const auto id = put(alice_, "a.txt", "one").id;
  put(alice_, "a.txt", "other");
  ASSERT_TRUE(assets_->catalogue().remove(alice_, id));
  EXPECT_THAT(numbers(id), IsEmpty());
  EXPECT_EQ(code_of(assets_->versions().open(alice_, id, 1)), ErrorCode::not_found);
  EXPECT_EQ(code_of(assets_->versions().restore(alice_, id, 1)), ErrorCode::not_found);
  ASSERT_TRUE(assets_->catalogue().restore(alice_, id));
  EXPECT_THAT(numbers(id), ElementsAre(2, 1));
}

TEST_F(VersionsTest, ABrokenDatabaseRestoresNothingAndTellsNobody) {
  const auto id = put(alice_, "a.txt", "one").id;
  put(alice_, "a.txt", "other");
  const auto told = events_.owned_changes(alice_);
  database_->broken_with = ErrorCode::storage_full;
  EXPECT_EQ(code_of(assets_->versions().restore(alice_, id, 1)), ErrorCode::storage_full);
  database_->broken_with = ErrorCode::count_;
  EXPECT_THAT(numbers(id), ElementsAre(2, 1));
  EXPECT_EQ(events_.owned_changes(alice_), told);
}

}  // namespace
}  // namespace kith::assets
