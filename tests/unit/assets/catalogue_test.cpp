#include "assets/catalogue.hpp"

#include "assets/limits.hpp"
#include "tests/unit/assets/assets_fixture.hpp"

namespace kith::assets {

using core::ErrorCode;

class CatalogueTest : public AssetsTest {
 protected:
  Catalogue& catalogue() { return assets_->catalogue(); }
  std::vector<std::string> names(const AssetFilter& filter = {}) {
    std::vector<std::string> found;
    const auto page = catalogue().list(alice_, filter, {"", 500});
    if (!page) return {"error: " + page.error().detail};
    for (const auto& asset : page->items) found.push_back(asset.name);
    return found;
  }
  Asset put_later(std::string_view name, std::string_view content) {
    clock_.advance(std::chrono::milliseconds(1));
    return put(alice_, name, content);
  }
};

TEST_F(CatalogueTest, FindsByIdAndName) {
  const auto asset = put(alice_, "Grüße", "hello");
  EXPECT_EQ(catalogue().find(alice_, asset.id)->name, "Grüße");
  EXPECT_EQ(catalogue().find_by_name(alice_, "Grüße")->id, asset.id);
  EXPECT_EQ(catalogue().open_by_name(alice_, "Grüße")->asset.digest, asset.digest);
  EXPECT_EQ(code_of(catalogue().find_by_name(alice_, "grüße")), ErrorCode::not_found);
  EXPECT_EQ(code_of(catalogue().find_by_name(alice_, "a/b")), ErrorCode::bad_request);
  EXPECT_EQ(code_of(catalogue().find(alice_, core::AssetId::make(clock_, random_))), ErrorCode::not_found);
}

TEST_F(CatalogueTest, OthersAssetsLookAbsent) {
  const auto asset = put(alice_, "x", "1");
  EXPECT_EQ(code_of(catalogue().find(carol_, asset.id)), ErrorCode::not_found);
  EXPECT_EQ(code_of(catalogue().find_by_name(carol_, "x")), ErrorCode::not_found);
  EXPECT_EQ(code_of(catalogue().open(carol_, asset.id)), ErrorCode::not_found);
  EXPECT_EQ(code_of(catalogue().rename(carol_, asset.id, "y")), ErrorCode::not_found);
  EXPECT_EQ(code_of(catalogue().remove(carol_, asset.id)), ErrorCode::not_found);
  EXPECT_EQ(code_of(catalogue().remove_by_name(carol_, "x")), ErrorCode::not_found);
  EXPECT_EQ(content_of(alice_, asset.id).value(), "1");
}

TEST_F(CatalogueTest, OpenContentOutlivesItsAsset) {
  const auto asset = put(alice_, "x", "old");
  const auto content = catalogue().open(alice_, asset.id);
  ASSERT_TRUE(content);
  ASSERT_TRUE(catalogue().remove(alice_, asset.id));
  clock_.advance(kDeletedKept);
  sweep_all();
  EXPECT_FALSE(blobs_.has(key_of(asset)));
  EXPECT_EQ(all_of(*content->reader), "old");
}

TEST_F(CatalogueTest, LostContentIsNotCalledAbsent) {
  const auto asset = put(alice_, "x", "1");
  blobs_.lose(key_of(asset));
  EXPECT_EQ(code_of(catalogue().open(alice_, asset.id)), ErrorCode::internal);
}

TEST_F(CatalogueTest, Renames) {
  const auto asset = put(alice_, "x", "1");
  put(alice_, "taken", "2");
  ASSERT_TRUE(assets_->shares().share(alice_, bob_, std::span(&asset.id, 1), {}));
  events_.take();
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(catalogue().rename(alice_, asset.id, "Ÿ")->name, "Ÿ");
  EXPECT_THAT(events_.take(), testing::ElementsAre("changed alice>bob 1"));
  EXPECT_EQ(catalogue().find_by_name(alice_, "Ÿ")->id, asset.id);
  EXPECT_EQ(catalogue().find(alice_, asset.id)->updated_at, clock_.now());
  EXPECT_EQ(code_of(catalogue().find_by_name(alice_, "x")), ErrorCode::not_found);
  EXPECT_THAT(names({{}, "ÿ"}), testing::ElementsAre("Ÿ"));
  EXPECT_EQ(code_of(catalogue().rename(alice_, asset.id, "taken")), ErrorCode::conflict);
  EXPECT_EQ(code_of(catalogue().rename(alice_, asset.id, "../x")), ErrorCode::bad_request);
  EXPECT_TRUE(catalogue().rename(alice_, asset.id, "Ÿ"));
  EXPECT_THAT(events_.take(), testing::IsEmpty());
}

TEST_F(CatalogueTest, TellsTheOwnerOfEachChangeOnce) {
  int changes = 0;
  const auto told = [&] { return events_.owned_changes(alice_) == ++changes; };
  const auto asset = put(alice_, "x", "1");
  EXPECT_TRUE(told()) << "new";
  put(alice_, "x", "2");
  EXPECT_TRUE(told()) << "new content";
  ASSERT_TRUE(catalogue().rename(alice_, asset.id, "y"));
  EXPECT_TRUE(told()) << "renamed";
  ASSERT_TRUE(catalogue().remove(alice_, asset.id));
  EXPECT_TRUE(told()) << "deleted";
  ASSERT_TRUE(catalogue().restore(alice_, asset.id));
  EXPECT_TRUE(told()) << "back";
  ASSERT_TRUE(catalogue().remove_by_name(alice_, "y"));
  EXPECT_TRUE(told()) << "deleted by name";
  EXPECT_EQ(events_.owned_changes(carol_), 0);
}

TEST_F(CatalogueTest, TellsTheOwnerNothingWhereNothingChanged) {
  const auto asset = put(alice_, "x", "1");
  put(alice_, "taken", "2");
  EXPECT_EQ(events_.owned_changes(alice_), 2);
  put(alice_, "x", "1");
  ASSERT_TRUE(catalogue().rename(alice_, asset.id, "x"));
  EXPECT_FALSE(catalogue().rename(alice_, asset.id, "taken"));
  EXPECT_FALSE(catalogue().remove(carol_, asset.id));
  EXPECT_FALSE(catalogue().restore(alice_, asset.id));
  EXPECT_EQ(events_.owned_changes(alice_), 2);
}

TEST_F(CatalogueTest, DeletedIsGoneAtOnceAndItsNameFree) {
  const auto asset = put(alice_, "x", "1");
  ASSERT_TRUE(catalogue().remove_by_name(alice_, "x"));
  EXPECT_EQ(code_of(catalogue().find(alice_, asset.id)), ErrorCode::not_found);
  EXPECT_EQ(code_of(catalogue().open_by_name(alice_, "x")), ErrorCode::not_found);
  EXPECT_EQ(code_of(catalogue().remove(alice_, asset.id)), ErrorCode::not_found);
  EXPECT_EQ(code_of(catalogue().rename(alice_, asset.id, "y")), ErrorCode::not_found);
  EXPECT_THAT(names(), testing::IsEmpty());
  EXPECT_NE(put(alice_, "x", "2").id, asset.id);
}

TEST_F(CatalogueTest, RestoresWithinTheTime) {
  const auto asset = put(alice_, "x", "1");
  ASSERT_TRUE(catalogue().remove(alice_, asset.id));
  clock_.advance(kDeletedKept - std::chrono::milliseconds(1));
  sweep_all();
  EXPECT_EQ(code_of(catalogue().restore(carol_, asset.id)), ErrorCode::not_found);
  ASSERT_TRUE(catalogue().restore(alice_, asset.id));
  EXPECT_EQ(content_of(alice_, asset.id).value(), "1");
  EXPECT_EQ(code_of(catalogue().restore(alice_, asset.id)), ErrorCode::not_found);
}

TEST_F(CatalogueTest, RestoresNotAfterIt) {
  const auto asset = put(alice_, "x", "1");
  ASSERT_TRUE(catalogue().remove(alice_, asset.id));
  clock_.advance(kDeletedKept);
  EXPECT_EQ(code_of(catalogue().restore(alice_, asset.id)), ErrorCode::not_found);
  sweep_all();
  EXPECT_EQ(count_rows("assets"), 0);
  EXPECT_EQ(blobs_.blob_count(), 0u);
}

TEST_F(CatalogueTest, ListsWhatCanBeRestored) {
  std::vector<core::AssetId> ids;
  for (const auto* name : {"a", "b", "c"}) ids.push_back(put_later(name, name).id);
  put(carol_, "carol's", "c");
  ASSERT_TRUE(catalogue().remove(alice_, ids[0]));
  const auto first_deleted = clock_.now();
  clock_.advance(std::chrono::hours(1));
  ASSERT_TRUE(catalogue().remove(alice_, ids[2]));

  const auto page = catalogue().list_deleted(alice_, {"", 1}).value();
  ASSERT_EQ(page.items.size(), 1u);
  EXPECT_EQ(page.items[0].asset.name, "c");
  const auto rest = catalogue().list_deleted(alice_, {page.next.value(), 10}).value();
  ASSERT_EQ(rest.items.size(), 1u);
  EXPECT_EQ(rest.items[0].asset.name, "a");
  EXPECT_EQ(rest.items[0].deleted_at, first_deleted);
  EXPECT_FALSE(rest.next);
  EXPECT_TRUE(catalogue().list_deleted(carol_, {"", 10}).value().items.empty());

  clock_.advance(kDeletedKept - std::chrono::hours(1));  // "a" is gone for good, "c" is not
  EXPECT_EQ(catalogue().list_deleted(alice_, {"", 10}).value().items.size(), 1u);
  ASSERT_TRUE(catalogue().restore(alice_, ids[2]));
  EXPECT_TRUE(catalogue().list_deleted(alice_, {"", 10}).value().items.empty());
}

TEST_F(CatalogueTest, RestoreYieldsToATakenName) {
  const auto asset = put(alice_, "x", "1");
  ASSERT_TRUE(catalogue().remove(alice_, asset.id));
  const auto other = put(alice_, "x", "2");
  EXPECT_EQ(code_of(catalogue().restore(alice_, asset.id)), ErrorCode::conflict);
  ASSERT_TRUE(catalogue().rename(alice_, other.id, "y"));
  EXPECT_TRUE(catalogue().restore(alice_, asset.id));
}

TEST_F(CatalogueTest, ListsNewestFirstWithFilters) {
  put_later("Sommer 1.JPG", "\xff\xd8\xff\xe0 1");
  put_later("sommer.txt", "text");
  put_later("Winter_%.jpg", "\xff\xd8\xff\xe0 2");
  put(carol_, "carol's", "c");
  EXPECT_THAT(names(), testing::ElementsAre("Winter_%.jpg", "sommer.txt", "Sommer 1.JPG"));
  EXPECT_THAT(names({AssetKind::photo, ""}), testing::ElementsAre("Winter_%.jpg", "Sommer 1.JPG"));
  EXPECT_THAT(names({{}, "SOMMER"}), testing::ElementsAre("sommer.txt", "Sommer 1.JPG"));
  EXPECT_THAT(names({AssetKind::photo, "sommer"}), testing::ElementsAre("Sommer 1.JPG"));
  EXPECT_THAT(names({{}, "_%"}), testing::ElementsAre("Winter_%.jpg"));
  EXPECT_THAT(names({{}, "' OR 1=1"}), testing::IsEmpty());
  EXPECT_THAT(names({AssetKind::audio, ""}), testing::IsEmpty());
  EXPECT_EQ(code_of(catalogue().list(alice_, {{}, "\xff"}, {})), ErrorCode::bad_request);
  EXPECT_EQ(code_of(catalogue().list(alice_, {}, {"nonsense"})), ErrorCode::bad_request);
}

TEST_F(CatalogueTest, PagesStayStableWhileFilesComeAndGo) {
  std::vector<std::string> expected;
  for (int i = 0; i < 25; ++i) expected.push_back(put_later("old " + std::to_string(i), std::to_string(i)).name);
  std::reverse(expected.begin(), expected.end());
  std::vector<std::string> seen;
  PageRequest request{"", 7};
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = catalogue().list(alice_, {}, request);
    ASSERT_TRUE(page);
    for (const auto& asset : page->items) seen.push_back(asset.name);
    if (!page->next) break;
    EXPECT_EQ(page->items.size(), 7u);
    request.cursor = *page->next;
    put_later("new " + std::to_string(pages), "n" + std::to_string(pages));
    // The item the cursor stands at may go.
    ASSERT_TRUE(catalogue().remove(alice_, page->items.back().id));
  }
  EXPECT_EQ(seen, expected);
}

TEST_F(CatalogueTest, LastFullPageHasNoNext) {
  for (int i = 0; i < 4; ++i) put_later(std::to_string(i), std::to_string(i));
  EXPECT_EQ(catalogue().list(alice_, {}, {"", 4})->next, std::nullopt);
  EXPECT_NE(catalogue().list(alice_, {}, {"", 3})->next, std::nullopt);
}

}  // namespace kith::assets
