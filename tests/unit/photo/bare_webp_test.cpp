#include "photo/bare_webp.hpp"

#include "tests/unit/photo/program_run.hpp"

namespace kith::photo {
namespace {

TEST(BareWebp, KeepsOnlyThePicture) {
  const auto plain = sample("plain.webp");
  const auto bare = bare_webp(plain);
  EXPECT_NE(bare.find("VP8 "), std::string::npos);
  EXPECT_EQ(bare.find("EXIF"), std::string::npos);
  EXPECT_EQ(bare_webp(bare), bare);
}

TEST(BareWebp, TakesWholeFilesOnly) {
  const auto plain = sample("plain.webp");
  for (std::size_t length = 0; length < plain.size(); length += 7) EXPECT_EQ(bare_webp(plain.substr(0, length)), "");
  EXPECT_EQ(bare_webp(plain + "x"), "");
  EXPECT_EQ(bare_webp(std::string("RIFF\x04\0\0\0WEBP", 12)), "") << "no picture";
}

}  // namespace
}  // namespace kith::photo
