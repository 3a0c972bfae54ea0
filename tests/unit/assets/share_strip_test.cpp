#include "assets/shares.hpp"
#include "core/crypto/sha256.hpp"
#include "tests/unit/assets/assets_fixture.hpp"
#include "tests/unit/assets/photo_samples.hpp"

namespace kith::assets {

using core::AssetId;
using core::ErrorCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr Strip kLocation = StripMode::location;
constexpr Strip kAll = StripMode::all;
constexpr Strip kNone = std::nullopt;

// Begins like a JPEG and is none: nothing can be left out of it.
constexpr std::string_view kBroken = "\xff\xd8\xff\xe0 no photo";

class ShareStripTest : public AssetsTest {
 protected:
  Shares& shares() { return assets_->shares(); }
  core::Expected<std::vector<Share>> share(const AssetId& asset, Strip strip) {
    clock_.advance(std::chrono::milliseconds(1));
    return shares().share(alice_, bob_, std::span(&asset, 1), {std::nullopt, strip});
  }
  // What bob gets; whatever way he asks, it must be told alike, and be what he reads.
  std::string bytes_for_bob(const AssetId& asset) {
    const auto opened = shares().open(alice_, bob_, asset);
    if (!opened) return opened.error().detail;
    const auto bytes = all_of(*opened->reader);
    const auto& told = opened->shared.asset;
    EXPECT_EQ(told.size, bytes.size());
    EXPECT_EQ(told.digest, core::sha256(core::as_bytes(bytes)));
    for (const auto& page : {shares().list_between(alice_, bob_, {}, {}), shares().list_with(bob_, {})}) {
      EXPECT_EQ(page->items.size(), 1u);
      for (const auto& item : page->items) {
        EXPECT_EQ(item.asset.digest, told.digest);
        EXPECT_EQ(item.asset.size, told.size);
      }
    }
    return bytes;
  }
  bool bob_sees(const AssetId& asset) {
    const bool viewed = shares().view(alice_, bob_, asset).has_value();
    EXPECT_EQ(shares().open(alice_, bob_, asset).has_value(), viewed);
    EXPECT_EQ(shares().list_between(alice_, bob_, {}, {})->items.size(), viewed ? 1u : 0u);
    EXPECT_EQ(shares().list_with(bob_, {})->items.size(), viewed ? 1u : 0u);
    return viewed;
  }
  void execute(const std::string& sql) {
    ASSERT_TRUE(database_->write([&](storage::Transaction& transaction) -> core::Expected<void> {
      KITH_TRY(transaction.execute(sql));
      return {};
    }));
  }
};

TEST_F(ShareStripTest, ViewerGetsWhatIsLeftOfAPhoto) {
  const auto photo = put(alice_, "beach.jpg", test::sample_jpeg());
  ASSERT_TRUE(share(photo.id, kLocation));
  const auto bytes = bytes_for_bob(photo.id);
  EXPECT_THAT(bytes, HasSubstr("KEEP"));
  EXPECT_NE(bytes, test::sample_jpeg());
  const auto own = shares().list_by(alice_, {})->items;
  ASSERT_EQ(own.size(), 1u);
  EXPECT_EQ(own.front().asset.digest, photo.digest);
  EXPECT_EQ(own.front().share.terms.strip, kLocation);
  EXPECT_EQ(content_of(alice_, photo.id).value(), test::sample_jpeg());
}

TEST_F(ShareStripTest, NothingOfASecretIsLeftOnceAllGoes) {
  const auto photo = put(alice_, "beach.jpg", test::sample_jpeg());
  ASSERT_TRUE(share(photo.id, kAll));
  EXPECT_THAT(bytes_for_bob(photo.id), Not(HasSubstr("SECRET")));
}

TEST_F(ShareStripTest, LocationIsWhatIsLeftOutWhenNothingIsSaid) {
  const auto photo = put(alice_, "beach.jpg", test::sample_jpeg());
  ASSERT_TRUE(shares().share(alice_, bob_, std::span(&photo.id, 1), {}));
  EXPECT_EQ(shares().view(alice_, bob_, photo.id)->share.terms.strip, kLocation);
  EXPECT_NE(shares().view(alice_, bob_, photo.id)->asset.digest, photo.digest);
}

TEST_F(ShareStripTest, AsItIsWhenTheOwnerSaysSo) {
  const auto photo = put(alice_, "beach.jpg", test::sample_jpeg());
  ASSERT_TRUE(share(photo.id, kNone));
  EXPECT_EQ(bytes_for_bob(photo.id), test::sample_jpeg());
}

TEST_F(ShareStripTest, WhatIsNoPhotoIsSharedAsItIs) {
  const auto text = put(alice_, "notes.txt", "SECRET words");
  ASSERT_TRUE(share(text.id, kAll));
  EXPECT_EQ(bytes_for_bob(text.id), "SECRET words");
}

TEST_F(ShareStripTest, OfAPhotoWithAllLeftOutNeitherTimeNorCameraIsTold) {
  const auto photo = put(alice_, "beach.jpg", test::sample_jpeg());
  execute(
      "UPDATE photos SET state = 'ready', width = 4, height = 3, camera = 'Box', captured_at = '2024-07-01T12:00:00'");
  ASSERT_TRUE(share(photo.id, kLocation));
  EXPECT_EQ(shares().view(alice_, bob_, photo.id)->asset.photo.camera, "Box");
  EXPECT_EQ(shares().view(alice_, bob_, photo.id)->asset.photo.captured_at, "2024-07-01T12:00:00");
  ASSERT_TRUE(share(photo.id, kAll));
  const auto told = shares().list_between(alice_, bob_, {}, {})->items.front().asset.photo;
  EXPECT_EQ(told.camera, "");
  EXPECT_EQ(told.captured_at, "");
  EXPECT_EQ(told.width, 4);
}

TEST_F(ShareStripTest, RefusesAPhotoItCannotBeLeftOutOf) {
  const auto good = put(alice_, "beach.jpg", test::sample_jpeg()).id;
  const auto broken = put(alice_, "broken.jpg", kBroken).id;
  const std::vector<AssetId> both{good, broken};
  const auto refused = shares().share(alice_, bob_, both, {std::nullopt, kLocation});
  ASSERT_EQ(code_of(refused), ErrorCode::conflict);
  EXPECT_THAT(refused.error().detail, HasSubstr("broken.jpg"));
  EXPECT_EQ(count_rows("shares"), 0);
  EXPECT_TRUE(share(broken, kNone));
  EXPECT_EQ(bytes_for_bob(broken), kBroken);
}

TEST_F(ShareStripTest, SharingAgainChangesWhatIsLeftOut) {
  const auto photo = put(alice_, "beach.jpg", test::sample_jpeg()).id;
  const auto first = share(photo, kAll)->front();
  const auto before = shares().view(alice_, bob_, photo)->asset.digest;
  events_.take();
  const auto again = share(photo, kNone)->front();
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(again.terms.strip, kNone);
  EXPECT_NE(shares().view(alice_, bob_, photo)->asset.digest, before);
  EXPECT_THAT(events_.take(), ElementsAre("changed alice>bob 1"));
}

TEST_F(ShareStripTest, ANewVersionIsReadyBeforeViewersAreTold) {
  const auto photo = put(alice_, "photo", test::sample_jpeg()).id;
  ASSERT_TRUE(share(photo, kAll));
  events_.take();
  put(alice_, "photo", test::sample_png());
  EXPECT_THAT(events_.take(), ElementsAre("changed alice>bob 1"));
  EXPECT_THAT(bytes_for_bob(photo), Not(HasSubstr("SECRET")));
  EXPECT_EQ(shares().view(alice_, bob_, photo)->asset.media_type, "image/png");
}

TEST_F(ShareStripTest, ANewVersionItCannotBeLeftOutOfIsHidden) {
  const auto photo = put(alice_, "photo", test::sample_jpeg()).id;
  ASSERT_TRUE(share(photo, kLocation));
  put(alice_, "photo", kBroken);
  EXPECT_FALSE(bob_sees(photo));
  EXPECT_EQ(shares().list_by(alice_, {})->items.size(), 1u);
  put(alice_, "photo", test::sample_jpeg());
  EXPECT_TRUE(bob_sees(photo));
}

TEST_F(ShareStripTest, WhatACrashLeftUnknownIsHiddenUntilTheSweep) {
  const auto photo = put(alice_, "photo", test::sample_jpeg()).id;
  ASSERT_TRUE(share(photo, kLocation));
  execute("DELETE FROM stripped_photos");
  EXPECT_FALSE(bob_sees(photo));
  events_.take();
  ASSERT_TRUE(assets_->sweep());
  EXPECT_THAT(events_.take(), ElementsAre("shared alice>bob 1"));
  EXPECT_TRUE(bob_sees(photo));
  ASSERT_TRUE(assets_->sweep());
  EXPECT_THAT(events_.take(), IsEmpty());
}

TEST_F(ShareStripTest, NeverShowsTheOriginalInThePlaceOfALostPart) {
  const auto photo = put(alice_, "photo", test::sample_jpeg());
  ASSERT_TRUE(share(photo.id, kLocation));
  ASSERT_TRUE(blobs_.remove(key_of(photo)));
  EXPECT_FALSE(shares().open(alice_, bob_, photo.id));
  EXPECT_EQ(code_of(share(photo.id, kNone)), ErrorCode::count_);
  EXPECT_EQ(code_of(shares().open(alice_, bob_, photo.id)), ErrorCode::internal);
}

TEST(ShareTerms, TogetherTheyEndLastAndLeaveOutMost) {
  const auto soon = core::from_unix_ms(1), late = core::from_unix_ms(2);
  EXPECT_EQ(together({soon, kNone}, {late, kLocation}), (ShareTerms{late, kLocation}));
  EXPECT_EQ(together({late, kAll}, {std::nullopt, kLocation}), (ShareTerms{std::nullopt, kAll}));
  EXPECT_EQ(together({soon, kNone}, {soon, kNone}), (ShareTerms{soon, kNone}));
}

TEST(ShareTerms, NamesLeadBack) {
  for (const auto strip : {kNone, kLocation, kAll}) EXPECT_EQ(strip_from_name(strip_name(strip)).value(), strip);
  EXPECT_FALSE(strip_from_name(""));
  EXPECT_FALSE(strip_from_name("LOCATION"));
}

}  // namespace kith::assets
