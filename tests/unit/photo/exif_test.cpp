// What photos say about themselves.
#include "photo/exif.hpp"

#include "tests/unit/photo/program_run.hpp"

namespace kith::photo {
namespace {

TEST(Exif, TellsTimeCameraAndWhetherThereIsAPlace) {
  const auto facts = read_exif(core::as_bytes(phone_exif(1).build()));
  EXPECT_EQ(facts.captured_at, "2024-07-01T12:30:45+02:00");
  EXPECT_EQ(facts.camera, "Apple iPhone 12");
  EXPECT_TRUE(facts.has_location);
}

TEST(Exif, TakesTheNextTimeWhereTheFirstIsNone) {
  ExifBuilder exif;
  exif.main = {ExifBuilder::text(0x0132, "2020:02:29 08:00:00")};
  exif.exif = {ExifBuilder::text(0x9003, "0000:00:00 00:00:00"), ExifBuilder::text(0x9011, "+99:00")};
  const auto facts = read_exif(core::as_bytes(exif.build()));
  EXPECT_EQ(facts.captured_at, "2020-02-29T08:00:00");
  EXPECT_EQ(facts.camera, "");
  EXPECT_FALSE(facts.has_location);
}

TEST(Exif, RefusesDaysThatDoNotExistAndOffsetsThatAreNone) {
  ExifBuilder exif;
  exif.exif = {ExifBuilder::text(0x9003, "2023:02:29 08:00:00")};
  EXPECT_EQ(read_exif(core::as_bytes(exif.build())).captured_at, "");
  exif.exif = {ExifBuilder::text(0x9003, "2023:02:28 08:00:00"), ExifBuilder::text(0x9011, "nonsense")};
  EXPECT_EQ(read_exif(core::as_bytes(exif.build())).captured_at, "2023-02-28T08:00:00");
}

TEST(Exif, NamesCamerasAsPeopleDo) {
  EXPECT_EQ(camera_name("Canon", "Canon EOS 5D"), "Canon EOS 5D");
  EXPECT_EQ(camera_name("NIKON CORPORATION", "NIKON D70"), "NIKON D70");
  EXPECT_EQ(camera_name(" FUJIFILM ", "X-T3 \n"), "FUJIFILM X-T3");
  EXPECT_EQ(camera_name("", "DSC-W1"), "DSC-W1");
  EXPECT_EQ(camera_name("Leica", ""), "Leica");
  EXPECT_EQ(camera_name("\xff\xfe", "\xc3"), "");
  EXPECT_EQ(camera_name("a\x01"
                        "b\x7f",
                        "c\r\nd"),
            "a b c d");
  EXPECT_LE(camera_name("x", std::string(1000, 'y')).size(), 100u);
}

TEST(Exif, SurvivesEveryCutAndEveryFlippedByte) {
  const auto exif = phone_exif(6).build();
  for (std::size_t length = 0; length < exif.size(); ++length) (void)read_exif(core::as_bytes(exif.substr(0, length)));
  int different = 0;
  for (std::size_t i = 0; i < exif.size(); ++i) {
    auto flipped = exif;
    flipped[i] = static_cast<char>(~flipped[i]);
    different += read_exif(core::as_bytes(flipped)).captured_at != "2024-07-01T12:30:45+02:00";
  }
  EXPECT_GT(different, 0);
}

}  // namespace
}  // namespace kith::photo
