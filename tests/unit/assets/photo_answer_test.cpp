// What kith-photo says is believed only where it makes sense: the process may have been taken over by a photo.
#include "assets/photo_answer.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace kith::assets {
namespace {

using Json = nlohmann::json;

std::string webp(std::size_t payload = 10) {
  std::string out = "RIFF";
  const auto length = payload + 4;
  for (const int shift : {0, 8, 16, 24}) out += static_cast<char>(length >> shift & 0xff);
  return out + "WEBP" + std::string(payload, 'x');
}

Json good_head() {
  return {{"media_type", "image/jpeg"},
          {"width", 4000},
          {"height", 3000},
          {"has_location", true},
          {"captured_at", "2024-07-01T12:00:00+02:00"},
          {"camera", "Canon EOS 5D"},
          {"thumbnails",
           Json::array({{{"edge", 256}, {"size", webp().size()}}, {{"edge", 1024}, {"size", webp(20).size()}}})}};
}

std::string answer(const Json& head, const std::string& rest = webp() + webp(20)) {
  const auto text = head.dump();
  std::string out;
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(text.size() >> shift & 0xff);
  return out + text + rest;
}

TEST(PhotoAnswer, IsReadWhole) {
  const auto photo = parse_photo_answer(answer(good_head()));
  ASSERT_TRUE(photo) << photo.error().detail;
  EXPECT_EQ(photo->media_type, "image/jpeg");
  EXPECT_EQ(photo->facts.width, 4000);
  EXPECT_EQ(photo->facts.height, 3000);
  EXPECT_EQ(photo->facts.captured_at, "2024-07-01T12:00:00+02:00");
  EXPECT_EQ(photo->facts.camera, "Canon EOS 5D");
  EXPECT_TRUE(photo->has_location);
  ASSERT_EQ(photo->pictures.size(), 2u);
  EXPECT_EQ(photo->pictures[0].webp, webp());
  EXPECT_EQ(photo->pictures[1].webp, webp(20));
}

TEST(PhotoAnswer, MayLeaveOutWhatIsNotKnown) {
  auto head = good_head();
  head.erase("captured_at");
  head.erase("camera");
  const auto photo = parse_photo_answer(answer(head));
  ASSERT_TRUE(photo);
  EXPECT_EQ(photo->facts.captured_at, "");
  EXPECT_EQ(photo->facts.camera, "");
}

TEST(PhotoAnswer, IsRefusedWhereItMakesNoSense) {
  const std::pair<const char*, Json> wrong[] = {{"media_type", "text/html"},
                                                {"media_type", "image/svg+xml"},
                                                {"media_type", nullptr},
                                                {"width", 0},
                                                {"width", -1},
                                                {"width", 64'000'001},
                                                {"width", 30'000},
                                                {"height", "3000"},
                                                {"captured_at", "yesterday"},
                                                {"captured_at", "2024-02-30T00:00:00"},
                                                {"captured_at", ""},
                                                {"camera", std::string(101, 'x')},
                                                {"camera", "a\nb"},
                                                {"has_location", 1},
                                                {"thumbnails", Json::array()},
                                                {"thumbnails", "none"},
                                                {"thumbnails", Json::array({1, 2})}};
  for (const auto& [field, value] : wrong) {
    auto head = good_head();
    head[field] = value;
    EXPECT_FALSE(parse_photo_answer(answer(head))) << field << " " << value;
  }
}

TEST(PhotoAnswer, IsRefusedWherePicturesAreNotWhatIsTold) {
  EXPECT_FALSE(parse_photo_answer(answer(good_head(), webp() + webp(20) + "x")));
  EXPECT_FALSE(parse_photo_answer(answer(good_head(), webp() + webp(19))));
  EXPECT_FALSE(parse_photo_answer(answer(good_head(), std::string(webp().size(), '<') + webp(20))));
  auto head = good_head();
  head["thumbnails"][0]["edge"] = 255;
  EXPECT_FALSE(parse_photo_answer(answer(head)));
  head = good_head();
  head["thumbnails"][1]["size"] = (1 << 20) + 1;
  EXPECT_FALSE(parse_photo_answer(answer(head, webp() + webp((1 << 20) - 11))));
}

TEST(PhotoAnswer, IsRefusedWhereverItIsCut) {
  const auto whole = answer(good_head());
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(parse_photo_answer(whole.substr(0, length))) << length;
}

}  // namespace
}  // namespace kith::assets
