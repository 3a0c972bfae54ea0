// What viewers get of a photo: computed once, kept, and never the original in its place.
#include "assets/stripped_photos.hpp"

#include "assets/media_type.hpp"
#include "tests/unit/assets/assets_fixture.hpp"
#include "tests/unit/assets/photo_samples.hpp"

namespace kith::assets {
namespace {

class PhotoVariantsTest : public AssetsTest {
 protected:
  std::int64_t rows() { return count_rows("stripped_photos"); }

  std::optional<PhotoVariant> ensure(const Asset& asset, StripMode mode) {
    auto variant = variants_.ensure(asset.owner, asset.digest, asset.media_type, mode);
    EXPECT_TRUE(variant) << (variant ? "" : variant.error().detail);
    return variant.value_or(std::nullopt);
  }

  std::string read(const Asset& asset, StripMode mode) {
    const auto reader = variants_.open(asset.owner, asset.digest, asset.media_type, mode);
    if (!reader) return std::string(core::error_info(reader.error().code).name);
    return all_of(**reader);
  }

  PhotoVariants variants_{*database_, blobs_};
};

TEST_F(PhotoVariantsTest, SizeAndDigestAreThoseOfWhatIsRead) {
  for (const auto& sample : test::photo_samples()) {
    const auto asset = put(alice_, "a" + std::to_string(rows()), sample.bytes);
    for (const auto mode : {StripMode::location, StripMode::all}) {
      const auto variant = ensure(asset, mode);
      ASSERT_TRUE(variant);
      const auto content = read(asset, mode);
      EXPECT_EQ(variant->size, content.size());
      EXPECT_EQ(variant->digest, core::sha256(core::as_bytes(content)));
      EXPECT_NE(variant->digest, asset.digest);
      EXPECT_EQ(content.find("SECRET"), content.npos);
    }
  }
}

TEST_F(PhotoVariantsTest, AreComputedOnce) {
  const auto asset = put(alice_, "a.jpg", test::sample_jpeg());
  const auto first = ensure(asset, StripMode::location);
  EXPECT_EQ(rows(), 1);
  blobs_.lose({alice_, asset.digest});  // so that it can't be read again
  PhotoVariants others(*database_, blobs_);
  const auto again = others.ensure(alice_, asset.digest, asset.media_type, StripMode::location);
  ASSERT_TRUE(again);
  EXPECT_TRUE(*again == first);
  EXPECT_EQ(others.ensure(alice_, asset.digest, asset.media_type, StripMode::all).error().code,
            core::ErrorCode::not_found);
  EXPECT_EQ(rows(), 1);
}

TEST_F(PhotoVariantsTest, WithNothingToLeaveOutAreTheOriginal) {
  const auto bare = std::string("\xff\xd8\xff\xda\0\3spixels\xff\xd9", 15);
  const auto photo = put(alice_, "a.jpg", bare);
  EXPECT_EQ(ensure(photo, StripMode::all), (PhotoVariant{photo.digest, bare.size()}));
  const auto text = put(alice_, "a.txt", "at home, 48° 8′");
  EXPECT_EQ(ensure(text, StripMode::all), (PhotoVariant{text.digest, text.size}));
  EXPECT_EQ(read(text, StripMode::all), "at home, 48° 8′");
}

TEST_F(PhotoVariantsTest, AreRefusedWhereTheyCantBeMade) {
  const auto broken = put(alice_, "a.jpg", "\xff\xd8\xff\xe1 SECRET");
  const auto unknown = put(alice_, "a.jxl", "\xff\x0aSECRET");
  for (const auto& asset : {broken, unknown}) {
    EXPECT_EQ(ensure(asset, StripMode::location), std::nullopt);
    EXPECT_EQ(ensure(asset, StripMode::location), std::nullopt);
    EXPECT_EQ(read(asset, StripMode::location), "conflict");
  }
}

TEST_F(PhotoVariantsTest, OfManyPhotosStayApart) {
  std::vector<Asset> photos;
  for (int i = 0; i < 100; ++i)
    photos.push_back(put(alice_, std::to_string(i), test::sample_gif() + std::to_string(i)));
  photos.push_back(put(alice_, "b", test::sample_png()));
  for (int round = 0; round < 2; ++round)
    for (const auto& photo : photos)
      EXPECT_EQ(read(photo, StripMode::location).starts_with("GIF"), photo.name != "b") << photo.name;
}

TEST_F(PhotoVariantsTest, GoWithTheirOriginal) {
  const auto asset = put(alice_, "a.jpg", test::sample_jpeg());
  ensure(asset, StripMode::location);
  ASSERT_EQ(rows(), 1);
  ASSERT_TRUE(assets_->catalogue().remove(alice_, asset.id));
  clock_.advance(std::chrono::hours(24 * 40));
  sweep_all();
  EXPECT_EQ(rows(), 0);
}

}  // namespace
}  // namespace kith::assets
