// The real program on photos, good and hostile.
#include "tests/unit/photo/program_run.hpp"

namespace kith::photo {
namespace {

constexpr int kRefused = 3;

struct Size {
  unsigned width = 0, height = 0;
  bool operator==(const Size&) const = default;
};

// Of a picture as bare_webp leaves it: VP8X comes first and says its size.
Size size_of(const std::string& webp) {
  if (webp.substr(12, 4) != "VP8X") return {};
  const auto at = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(webp[i])); };
  return {1 + at(24) + (at(25) << 8) + (at(26) << 16), 1 + at(27) + (at(28) << 8) + (at(29) << 16)};
}

class KindsOfPhotos : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(KindsOfPhotos, AreReadAndMadeSmall) {
  const auto run = run_program(sample(GetParam().first));
  ASSERT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.head.at("media_type"), GetParam().second);
  EXPECT_EQ(run.head.at("width"), 640);
  EXPECT_EQ(run.head.at("height"), 480);
  EXPECT_FALSE(run.head.contains("camera"));
  ASSERT_EQ(run.thumbnails.size(), 2u);
  EXPECT_EQ(size_of(run.thumbnails[0]), (Size{256, 192}));
  EXPECT_EQ(size_of(run.thumbnails[1]), (Size{640, 480})) << "nothing is made larger";
}

INSTANTIATE_TEST_SUITE_P(All, KindsOfPhotos,
                         testing::Values(std::pair{"plain.jpg", "image/jpeg"}, std::pair{"plain.webp", "image/webp"},
                                         std::pair{"plain.heic", "image/heic"}, std::pair{"plain.avif", "image/avif"},
                                         std::pair{"plain.tif", "image/tiff"}, std::pair{"plain.gif", "image/gif"}));

TEST(PhotoProgram, TurnsPhotosUprightAndLeavesEverythingElseOut) {
  const auto run = run_program(with_exif(sample("plain.jpg"), phone_exif(6).build()));
  ASSERT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.head.at("width"), 480);
  EXPECT_EQ(run.head.at("height"), 640);
  EXPECT_EQ(run.head.at("captured_at"), "2024-07-01T12:30:45+02:00");
  EXPECT_EQ(run.head.at("camera"), "Apple iPhone 12");
  EXPECT_EQ(run.head.at("has_location"), true);
  EXPECT_EQ(size_of(run.thumbnails.at(0)), (Size{192, 256}));
  for (const auto& thumbnail : run.thumbnails)
    for (const auto* chunk : {"EXIF", "XMP ", "ICCP", "Apple"}) EXPECT_EQ(thumbnail.find(chunk), std::string::npos);
}

std::string png_chunk(const std::string& name, const std::string& data) {
  const auto number = [](std::size_t value) {
    std::string out;
    for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(value >> shift & 0xff);
    return out;
  };
  std::uint32_t sum = 0xffffffff;
  for (const char c : name + data) {
    sum ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ (sum & 1 ? 0xedb88320u : 0u);
  }
  return number(data.size()) + name + data + number(~sum & 0xffffffffu);
}

// 60,000 x 60,000 pixels in less than a hundred bytes.
TEST(PhotoProgram, DoesNotUnpackPixelBombs) {
  const std::string size("\0\0\xea\x60\0\0\xea\x60", 8);
  const auto bomb = "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", size + std::string("\x08\x02\0\0\0", 5)) +
                    png_chunk("IDAT", std::string("\x78\x9c\x03\0\0\0\0\x01", 8)) + png_chunk("IEND", "");
  EXPECT_EQ(run_program(bomb).exit_code, kRefused);
}

TEST(PhotoProgram, RefusesWhatIsNoPhoto) {
  for (const std::string& content :
       {std::string(), std::string("hello"), std::string("<svg xmlns='http://www.w3.org/2000/svg'/>"),
        std::string("<!doctype html><script>alert(1)</script>"), std::string("%PDF-1.4\n"), std::string(100'000, '\0'),
        std::string("P6 1 1 255 abc"), std::string("\xff\xd8\xff")})
    EXPECT_EQ(run_program(content).exit_code, kRefused) << content.substr(0, 20);
}

// Cut anywhere, it is refused or shown as far as it goes; the program ends by itself.
TEST(PhotoProgram, EndsWithEveryKindOfTornPhoto) {
  for (const auto* name : {"plain.jpg", "plain.webp", "plain.heic", "plain.avif", "plain.tif", "plain.gif"}) {
    const auto whole = sample(name);
    for (const std::size_t part : {4u, 2u}) {
      const auto run = run_program(whole.substr(0, whole.size() / part));
      EXPECT_TRUE(run.exit_code == 0 || run.exit_code == kRefused) << name << " / " << part << ": " << run.exit_code;
    }
  }
}

}  // namespace
}  // namespace kith::photo
