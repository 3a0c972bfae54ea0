#include "federation/session/asset_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/json.hpp"

namespace kith::federation {
namespace {

SharedAsset some_asset() {
  SharedAsset asset;
  asset.id = core::AssetId::parse("01j9z3v7k2m4n6p8q0r2s4t6v8").value();
  asset.name = "beach.jpg";
  asset.size = 7;
  asset.media_type = "image/jpeg";
  asset.kind = "photo";
  asset.etag = "\"tag\"";
  asset.album = "Summer 🌅";
  return asset;
}

// The asset with its album as `value`.
std::string with_album(const core::Json& value) {
  auto json = core::Json::parse(render_asset(some_asset()));
  json["album"] = value;
  return core::to_json_text(json);
}

TEST(AssetJson, TheAlbumGoesAlong) {
  const auto asset = some_asset();
  const auto parsed = parse_asset(render_asset(asset));
  ASSERT_TRUE(parsed) << parsed.error().detail;
  EXPECT_EQ(*parsed, asset);
}

TEST(AssetJson, WithoutAnAlbumThereIsNoField) {
  auto asset = some_asset();
  asset.album.clear();
  EXPECT_THAT(render_asset(asset), testing::Not(testing::HasSubstr("album")));
  EXPECT_EQ(parse_asset(render_asset(asset)).value(), asset);
}

TEST(AssetJson, AnAlbumIsBoundedTextForPeople) {
  EXPECT_TRUE(parse_asset(with_album(std::string(255, 'a'))));
  for (const core::Json& bad :
       {core::Json(std::string(256, 'a')), core::Json(""), core::Json("a\nb"), core::Json(std::string("a\0b", 3)),
        core::Json("\xc2\x85"), core::Json("\x7f"), core::Json(7), core::Json(nullptr), core::Json::array()}) {
    const auto refused = parse_asset(with_album(bad));
    ASSERT_FALSE(refused) << bad.dump();
    EXPECT_EQ(refused.error().code, core::ErrorCode::bad_request);
    EXPECT_THAT(refused.error().detail, testing::HasSubstr("album"));
  }
}

TEST(AssetJson, UnknownFieldsAreIgnored) {
  auto json = core::Json::parse(render_asset(some_asset()));
  json["album_colour"] = "red";
  EXPECT_EQ(parse_asset(core::to_json_text(json)).value(), some_asset());
}

}  // namespace
}  // namespace kith::federation
