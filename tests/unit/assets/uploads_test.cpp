#include "assets/uploads.hpp"

#include "assets/limits.hpp"
#include "tests/unit/assets/assets_fixture.hpp"

namespace kith::assets {

using core::ErrorCode;

class UploadsTest : public AssetsTest {
 protected:
  std::unique_ptr<Upload> begin(std::string_view name, std::optional<std::uint64_t> size = {}) {
    return std::move(assets_->uploads().begin(alice_, name, size).value());
  }
  ErrorCode begin_fails(std::string_view name, std::optional<std::uint64_t> size = {}) {
    return code_of(assets_->uploads().begin(alice_, name, size));
  }
  // Nothing of an upload is left: no row, no content, no place, no reserved byte.
  void expect_nothing_left() {
    EXPECT_EQ(count_rows("assets"), 0);
    EXPECT_EQ(count_rows("blobs"), 0);
    EXPECT_EQ(blobs_.blob_count(), 0u);
    EXPECT_EQ(blobs_.open_writers(), 0);
    quotas_.set(alice_, 4);
    EXPECT_TRUE(try_put(alice_, "after", "abcd"));
  }
};

TEST_F(UploadsTest, StoresContentAndWhatItIs) {
  auto upload = begin("Grüße.txt", 11);
  ASSERT_TRUE(upload->write(core::as_bytes("hello ")));
  ASSERT_TRUE(upload->write({}));
  ASSERT_TRUE(upload->write(core::as_bytes("world")));
  const auto asset = upload->commit();
  ASSERT_TRUE(asset);
  EXPECT_EQ(asset->name, "Grüße.txt");
  EXPECT_EQ(asset->owner, alice_);
  EXPECT_EQ(asset->size, 11u);
  EXPECT_EQ(asset->version, 1);
  EXPECT_EQ(asset->media_type, "text/plain");
  EXPECT_EQ(asset->kind, AssetKind::document);
  EXPECT_EQ(asset->digest, core::sha256(core::as_bytes("hello world")));
  EXPECT_EQ(asset->created_at, clock_.now());
  EXPECT_EQ(content_of(alice_, asset->id).value(), "hello world");
  EXPECT_EQ(assets_->catalogue().find(alice_, asset->id)->media_type, "text/plain");
}

TEST_F(UploadsTest, SniffsAcrossPieces) {
  auto upload = begin("x");
  for (const char byte : std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16))
    ASSERT_TRUE(upload->write(core::as_bytes({&byte, 1})));
  ASSERT_TRUE(upload->write(core::Bytes(2000, 7)));
  EXPECT_EQ(upload->commit()->kind, AssetKind::photo);
}

TEST_F(UploadsTest, TakesEmptyFiles) {
  EXPECT_EQ(begin("empty", 0)->commit()->size, 0u);
  EXPECT_EQ(begin("empty, size unknown")->commit()->size, 0u);
}

TEST_F(UploadsTest, SameNameMakesTheNextVersion) {
  const auto first = put(alice_, "note", "one");
  clock_.advance(std::chrono::seconds(1));
  const auto second = put(alice_, "note", "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(second.version, 2);
  EXPECT_EQ(second.kind, AssetKind::photo);
  EXPECT_EQ(second.created_at, first.created_at);
  EXPECT_EQ(second.updated_at, clock_.now());
  EXPECT_EQ(assets_->catalogue().find(alice_, first.id)->digest, second.digest);
  EXPECT_TRUE(blobs_.has(key_of(first)));
  EXPECT_NE(put(carol_, "note", "one").id, first.id);
}

TEST_F(UploadsTest, SameContentAgainMakesNoVersion) {
  const auto first = put(alice_, "note", "one");
  EXPECT_EQ(put(alice_, "note", "one").version, 1);
  put(alice_, "note", "two");
  EXPECT_EQ(put(alice_, "note", "one").version, 3);
  EXPECT_EQ(content_of(alice_, first.id).value(), "one");
}

TEST_F(UploadsTest, RefusesBadNamesBeforeAnyByte) {
  EXPECT_EQ(begin_fails("../x", 1), ErrorCode::bad_request);
  EXPECT_EQ(begin_fails("", 1), ErrorCode::bad_request);
  expect_nothing_left();
}

TEST_F(UploadsTest, RefusesMoreThanDeclared) {
  auto upload = begin("x", 3);
  ASSERT_TRUE(upload->write(core::as_bytes("ab")));
  EXPECT_EQ(code_of(upload->write(core::as_bytes("cd"))), ErrorCode::bad_request);
  EXPECT_FALSE(upload->write(core::as_bytes("c")));
  EXPECT_FALSE(upload->commit());
  expect_nothing_left();
}

TEST_F(UploadsTest, RefusesFewerThanDeclared) {
  auto upload = begin("x", 3);
  ASSERT_TRUE(upload->write(core::as_bytes("ab")));
  EXPECT_EQ(code_of(upload->commit()), ErrorCode::bad_request);
  expect_nothing_left();
}

TEST_F(UploadsTest, DroppedUploadLeavesNothing) {
  ASSERT_TRUE(begin("x", 1'000)->write(core::Bytes(999)));
  expect_nothing_left();
}

TEST_F(UploadsTest, CommitHappensOnce) {
  auto upload = begin("x");
  ASSERT_TRUE(upload->commit());
  EXPECT_FALSE(upload->commit());
  EXPECT_FALSE(upload->write(core::as_bytes("a")));
  EXPECT_EQ(count_rows("assets"), 1);
}

TEST_F(UploadsTest, HoldsToTheLargestSize) {
  config_.storage.max_file_bytes = 10;
  build();
  EXPECT_EQ(begin_fails("x", 11), ErrorCode::too_large);
  EXPECT_TRUE(begin("x", 10));
  auto upload = begin("x");
  ASSERT_TRUE(upload->write(core::Bytes(10)));
  EXPECT_EQ(code_of(upload->write(core::Bytes(1))), ErrorCode::too_large);
  upload.reset();
  expect_nothing_left();
}

TEST_F(UploadsTest, CountsRunningUploadsOfEachUser) {
  config_.limits.uploads_per_user = 2;
  build();
  auto first = begin("1");
  const auto second = begin("2");
  const auto refused = assets_->uploads().begin(alice_, "3", 1);
  ASSERT_EQ(code_of(refused), ErrorCode::too_many_requests);
  EXPECT_TRUE(refused.error().retry_after);
  EXPECT_TRUE(assets_->uploads().begin(carol_, "3", 1));
  first.reset();
  EXPECT_TRUE(assets_->uploads().begin(alice_, "3", 1));
}

TEST_F(UploadsTest, AnEndedUploadHoldsNoPlace) {
  config_.limits.uploads_per_user = 1;
  build();
  auto committed = begin("1");
  ASSERT_TRUE(committed->commit());
  auto failed = begin("2", 1);
  ASSERT_FALSE(failed->write(core::Bytes(2)));
  EXPECT_TRUE(begin("3"));
}

TEST_F(UploadsTest, FullDiskRefusesAtTheBeginning) {
  blobs_.set_capacity(100);
  EXPECT_EQ(begin_fails("x", 101), ErrorCode::storage_full);
  expect_nothing_left();
}

TEST_F(UploadsTest, DiskThatFillsUpLeavesNothing) {
  blobs_.set_capacity(100);
  auto upload = begin("x");
  ASSERT_TRUE(upload->write(core::Bytes(90)));
  EXPECT_EQ(code_of(upload->write(core::Bytes(90))), ErrorCode::storage_full);
  expect_nothing_left();
}

TEST_F(UploadsTest, FullDatabaseLeavesNothing) {
  database_->broken_with = ErrorCode::storage_full;
  EXPECT_EQ(code_of(try_put(alice_, "x", "content")), ErrorCode::storage_full);
  database_->broken_with = ErrorCode::count_;
  expect_nothing_left();
}

TEST_F(UploadsTest, FullDatabaseKeepsEqualContentThatIsNamed) {
  const auto kept = put(alice_, "kept", "content");
  database_->broken_with = ErrorCode::storage_full;
  EXPECT_FALSE(try_put(alice_, "x", "content"));
  database_->broken_with = ErrorCode::count_;
  EXPECT_EQ(content_of(alice_, kept.id).value(), "content");
}

TEST_F(UploadsTest, OwnerWithoutAccountStoresNothing) {
  EXPECT_FALSE(try_put(core::UserId::make(clock_, random_), "x", "content"));
  expect_nothing_left();
}

TEST_F(UploadsTest, TellsThoseWhoSeeTheAsset) {
  const auto asset = put(alice_, "x", "1");
  ASSERT_TRUE(assets_->shares().share(alice_, bob_, std::span(&asset.id, 1), {}));
  ASSERT_TRUE(assets_->shares().share(alice_, carol_, std::span(&asset.id, 1), {clock_.now() + std::chrono::hours(1)}));
  events_.take();
  put(alice_, "x", "2");
  EXPECT_THAT(events_.take(), testing::ElementsAre("changed alice>bob,carol 1"));
  clock_.advance(std::chrono::hours(1));
  put(alice_, "x", "3");
  EXPECT_THAT(events_.take(), testing::ElementsAre("changed alice>bob 1"));
  put(alice_, "x", "3");
  EXPECT_THAT(events_.take(), testing::IsEmpty());
}

}  // namespace kith::assets
