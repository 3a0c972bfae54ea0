#include "assets/albums.hpp"

#include "assets/limits.hpp"
#include "tests/unit/assets/assets_fixture.hpp"

namespace kith::assets {

using core::AlbumId;
using core::AssetId;
using core::ErrorCode;
using testing::ElementsAre;
using testing::IsEmpty;

class AlbumsTest : public AssetsTest {
 protected:
  Albums& albums() { return assets_->albums(); }
  AlbumId make(const std::string& name = "Summer") {
    clock_.advance(std::chrono::milliseconds(1));
    return albums().create(alice_, name).value().id;
  }
  AssetId file(const std::string& name) { return put(alice_, name, name).id; }
  core::Expected<Album> add(const AlbumId& album, const std::vector<AssetId>& assets,
                            const std::optional<AssetId>& before = {}) {
    return albums().add(alice_, album, assets, before);
  }
  // All that is in it, read in pages of `limit`.
  std::string names(const AlbumId& album, int limit = 500) {
    std::string all;
    PageRequest request{"", limit};
    for (bool more = true; more;) {
      const auto page = albums().assets(alice_, album, request).value();
      for (const auto& asset : page.items) all += asset.name + " ";
      more = page.next.has_value();
      request.cursor = page.next.value_or("");
    }
    return all;
  }
  void execute(const std::string& sql, std::initializer_list<storage::Value> values) {
    ASSERT_TRUE(database_->write([&](storage::Transaction& transaction) -> core::Expected<void> {
      KITH_TRY(transaction.execute(sql, values));
      return {};
    }));
  }
};

TEST_F(AlbumsTest, IsMadeFoundListedAndDeleted) {
  const auto first = make("First");
  const auto second = make("Second");
  EXPECT_EQ(albums().find(alice_, first)->name, "First");
  const auto page = albums().list(alice_, {"", 1});
  ASSERT_EQ(page->items.size(), 1u);
  EXPECT_EQ(page->items.front().id, second);
  const auto rest = albums().list(alice_, {page->next.value(), 1});
  EXPECT_EQ(rest->items.front().id, first);
  EXPECT_FALSE(rest->next);
  EXPECT_EQ(code_of(albums().list(alice_, {make_cursor(CursorList::assets, first.text())})), ErrorCode::bad_request);
  const auto kept = file("kept");
  ASSERT_TRUE(add(first, {kept}));
  ASSERT_TRUE(albums().remove(alice_, first));
  EXPECT_EQ(code_of(albums().find(alice_, first)), ErrorCode::not_found);
  EXPECT_EQ(code_of(albums().remove(alice_, first)), ErrorCode::not_found);
  EXPECT_EQ(count_rows("album_assets"), 0);
  EXPECT_TRUE(assets_->catalogue().find(alice_, kept));
}

TEST_F(AlbumsTest, SomebodyElsesIsLikeAnAbsentOne) {
  const auto album = make();
  const auto own = put(carol_, "own", "1").id;
  const std::span<const AssetId> assets(&own, 1);
  EXPECT_EQ(code_of(albums().find(carol_, album)), ErrorCode::not_found);
  EXPECT_EQ(code_of(albums().change(carol_, album, {"x", {}})), ErrorCode::not_found);
  EXPECT_EQ(code_of(albums().remove(carol_, album)), ErrorCode::not_found);
  EXPECT_EQ(code_of(albums().assets(carol_, album, {})), ErrorCode::not_found);
  EXPECT_EQ(code_of(albums().add(carol_, album, assets)), ErrorCode::not_found);
  EXPECT_EQ(code_of(albums().take_out(carol_, album, assets)), ErrorCode::not_found);
  EXPECT_EQ(code_of(albums().shares().share(carol_, album, bob_, {})), ErrorCode::not_found);
  EXPECT_EQ(code_of(albums().shares().list(carol_, album)), ErrorCode::not_found);
  EXPECT_THAT(albums().list(carol_, {})->items, IsEmpty());
  EXPECT_EQ(names(album), "");
}

TEST_F(AlbumsTest, RefusesNamesThatAreNone) {
  for (const auto& name :
       {std::string(), std::string("   "), std::string("a\nb"), std::string("a\0b", 3), std::string("a\r\nX-Header: b"),
        std::string("\x7f"), std::string("\xc2\x85"), std::string("\xff"), std::string(256, 'a')})
    EXPECT_EQ(code_of(albums().create(alice_, name)), ErrorCode::bad_request) << name;
  const auto album = make("2023/24 \xe2\x9b\xb7 <b>");
  EXPECT_EQ(albums().find(alice_, album)->name, "2023/24 \xe2\x9b\xb7 <b>");
  EXPECT_EQ(code_of(albums().change(alice_, album, {"\n", {}})), ErrorCode::bad_request);
  EXPECT_TRUE(albums().create(alice_, std::string(255, 'a')));
}

TEST_F(AlbumsTest, KeepsTheOrderItIsGiven) {
  const auto album = make();
  const auto a = file("a"), b = file("b"), c = file("c"), d = file("d");
  EXPECT_EQ(add(album, {b, d, b})->count, 2);
  ASSERT_TRUE(add(album, {a}, b));
  ASSERT_TRUE(add(album, {c}, d));
  EXPECT_EQ(names(album), "a b c d ");
  ASSERT_TRUE(add(album, {d, c}, a));
  EXPECT_EQ(names(album), "d c a b ");
  ASSERT_TRUE(add(album, {d}));
  EXPECT_EQ(names(album), "c a b d ");
  EXPECT_EQ(albums().take_out(alice_, album, std::vector{a, file("elsewhere")})->count, 3);
  EXPECT_EQ(names(album), "c b d ");
  EXPECT_EQ(names(album, 1), "c b d ");
}

TEST_F(AlbumsTest, AddsAllOrNothing) {
  const auto album = make();
  const auto own = file("own"), gone = file("gone");
  ASSERT_TRUE(assets_->catalogue().remove(alice_, gone));
  const auto others = put(carol_, "others", "2").id;
  for (const auto& bad : {gone, others, AssetId::make(clock_, random_)}) {
    EXPECT_EQ(code_of(add(album, {own, bad})), ErrorCode::not_found);
    EXPECT_EQ(code_of(add(album, {own}, bad)), ErrorCode::not_found);
  }
  EXPECT_EQ(code_of(add(album, {own}, own)), ErrorCode::bad_request);
  EXPECT_EQ(code_of(add(album, {})), ErrorCode::bad_request);
  EXPECT_EQ(code_of(add(album, std::vector<AssetId>(501, own))), ErrorCode::bad_request);
  EXPECT_EQ(names(album), "");
}

TEST_F(AlbumsTest, OrderHoldsWhenTheRoomBetweenTwoIsUsedUp) {
  const auto album = make();
  const auto last = file("last");
  ASSERT_TRUE(add(album, {file("first"), last}));
  std::string expected = "first ";
  for (int i = 0; i < 100; ++i) {  // each one halves the room that is left
    const auto name = "n" + std::to_string(i);
    ASSERT_TRUE(add(album, {file(name)}, last));
    expected += name + " ";
  }
  EXPECT_EQ(names(album), expected + "last ");
  EXPECT_EQ(names(album, 7), expected + "last ");
  ASSERT_TRUE(add(album, {last}, assets_->catalogue().find_by_name(alice_, "first")->id));
  EXPECT_EQ(names(album), "last " + expected);
}

TEST_F(AlbumsTest, PagesGoOnWhereTheyStopped) {
  const auto album = make();
  std::vector<AssetId> assets;
  for (const auto* name : {"a", "b", "c", "d"}) assets.push_back(file(name));
  ASSERT_TRUE(add(album, assets));
  const auto next = *albums().assets(alice_, album, {"", 2})->next;
  const auto second_page = [&] {
    std::string found;
    const auto page = albums().assets(alice_, album, {next, 2});
    for (const auto& asset : page.value().items) found += asset.name;
    return found;
  };
  EXPECT_EQ(second_page(), "cd");
  ASSERT_TRUE(add(album, {file("x")}, assets[0]));
  EXPECT_EQ(second_page(), "cd");
  ASSERT_TRUE(albums().take_out(alice_, album, std::vector{assets[1]}));
  EXPECT_EQ(second_page(), "cd");
  for (const auto& cursor : {std::string("x"), std::string("AAAA"), next.substr(1), std::string(300, 'a')})
    EXPECT_EQ(code_of(albums().assets(alice_, album, {cursor, 2})), ErrorCode::bad_request) << cursor;
  EXPECT_EQ(code_of(albums().assets(alice_, album, {"", 501})), ErrorCode::bad_request);
  EXPECT_EQ(code_of(albums().assets(alice_, album, {"", 0})), ErrorCode::bad_request);
}

TEST_F(AlbumsTest, ADeletedAssetIsOutAndBackAtItsPlaceWhenRestored) {
  const auto album = make();
  const auto a = file("a"), b = file("b"), c = file("c");
  ASSERT_TRUE(add(album, {a, b, c}));
  ASSERT_TRUE(assets_->catalogue().remove(alice_, b));
  EXPECT_EQ(names(album), "a c ");
  EXPECT_EQ(albums().find(alice_, album)->count, 2);
  ASSERT_TRUE(assets_->catalogue().restore(alice_, b));
  EXPECT_EQ(names(album), "a b c ");
  ASSERT_TRUE(assets_->catalogue().remove(alice_, b));
  clock_.advance(kDeletedKept);
  sweep_all();
  EXPECT_EQ(count_rows("album_assets"), 2);
}

TEST_F(AlbumsTest, CoverIsTheChosenOneWhileItIsThere) {
  const auto album = make();
  const auto text = file("text");
  const auto first = put(alice_, "1.jpg", "\xff\xd8\xff\xe0 1").id,
             second = put(alice_, "2.jpg", "\xff\xd8\xff\xe0 2").id;
  const auto cover = [&] { return albums().find(alice_, album)->cover; };
  EXPECT_EQ(cover(), std::nullopt);
  ASSERT_TRUE(add(album, {text, first, second}));
  EXPECT_EQ(cover(), first);
  EXPECT_EQ(albums().change(alice_, album, {{}, second})->cover, second);
  EXPECT_EQ(code_of(albums().change(alice_, album, {{}, put(alice_, "out.jpg", "\xff\xd8\xff\xe0 3").id})),
            ErrorCode::not_found);
  EXPECT_EQ(cover(), second);
  ASSERT_TRUE(assets_->catalogue().remove(alice_, second));
  EXPECT_EQ(cover(), first);
  ASSERT_TRUE(assets_->catalogue().restore(alice_, second));
  EXPECT_EQ(cover(), second);
  EXPECT_EQ(albums().change(alice_, album, {{}, std::optional<AssetId>()})->cover, first);
  ASSERT_TRUE(albums().change(alice_, album, {{}, second}));
  ASSERT_TRUE(albums().take_out(alice_, album, std::vector{second}));
  EXPECT_EQ(cover(), first);
}

TEST_F(AlbumsTest, ChangesAreDatedAndTold) {
  const auto album = make();
  const auto made = albums().find(alice_, album).value();
  const auto a = file("a");
  int told = events_.albums_changes();
  const auto expect_change = [&](const core::Expected<Album>& changed) {
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->created_at, made.created_at);
    EXPECT_EQ(changed->updated_at, clock_.now());
    EXPECT_EQ(events_.albums_changes(), ++told);
    clock_.advance(std::chrono::seconds(1));
  };
  clock_.advance(std::chrono::seconds(1));
  expect_change(add(album, {a}));
  expect_change(albums().change(alice_, album, {"Winter", {}}));
  expect_change(albums().take_out(alice_, album, std::vector{a}));
  EXPECT_EQ(albums().find(alice_, album)->name, "Winter");
}

TEST_F(AlbumsTest, HasLimits) {
  const auto album = make();
  execute(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2) "
      "INSERT INTO assets (id, owner, name, name_folded, kind, version, created_at, updated_at) "
      "SELECT printf('%026d', i), ?1, 'file ' || i, 'file ' || i, 'other', 1, 0, 0 FROM n",
      {alice_.text(), kMaxAssetsPerAlbum});
  execute("INSERT INTO album_assets (album, asset, position) SELECT ?, id, rowid FROM assets", {album.text()});
  const auto one_more = file("one more");
  EXPECT_EQ(code_of(add(album, {one_more})), ErrorCode::conflict);
  const auto inside = AssetId::parse("00000000000000000000000042").value();
  EXPECT_TRUE(add(album, {inside}));
  EXPECT_EQ(albums().take_out(alice_, album, std::vector{inside})->count, kMaxAssetsPerAlbum - 1);
  EXPECT_TRUE(add(album, {one_more}));
  execute(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2) "
      "INSERT INTO albums (id, owner, name, created_at, updated_at) SELECT printf('%026d', i), ?1, 'x', 0, 0 FROM n",
      {alice_.text(), kMaxAlbumsPerUser - 1});
  EXPECT_EQ(code_of(albums().create(alice_, "one too many")), ErrorCode::conflict);
  EXPECT_TRUE(albums().create(carol_, "hers"));
}

}  // namespace kith::assets
