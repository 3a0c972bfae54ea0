// What a photo says beside its picture, left out of every kind of file.
#include "assets/photo_strip.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>

#include "assets/limits.hpp"
#include "assets/media_type.hpp"
#include "core/encoding.hpp"
#include "tests/unit/assets/photo_samples.hpp"

namespace kith::assets {
namespace {

using core::ErrorCode;
using test::PhotoSample;
using namespace std::string_literals;

class TextReader final : public storage::BlobReader {
 public:
  explicit TextReader(std::string text) : text_(std::move(text)) {}
  std::uint64_t size() const override { return text_.size(); }
  core::Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) override {
    return offset < text_.size() ? text_.copy(reinterpret_cast<char*>(out.data()), out.size(), offset) : 0;
  }
  int file_descriptor() const override { return -1; }

 private:
  const std::string text_;
};

core::Expected<std::string> strip(const std::string& bytes, std::string_view media_type, StripMode mode) {
  const auto original = std::make_shared<TextReader>(bytes);
  KITH_TRY_ASSIGN(plan, plan_strip(*original, media_type, mode));
  const auto reader = read_stripped(original, std::make_shared<const StripPlan>(plan));
  std::string out(reader->size(), '?');
  KITH_TRY_ASSIGN(count, reader->read(0, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()}));
  EXPECT_EQ(count, out.size());
  EXPECT_TRUE(!plan.unchanged || out == bytes);
  return out;
}

std::string stripped(const std::string& bytes, std::string_view media_type, StripMode mode) {
  auto out = strip(bytes, media_type, mode);
  EXPECT_TRUE(out) << media_type << ": " << (out ? "" : out.error().detail);
  return out.value_or("");
}

ErrorCode refusal(const std::string& bytes, std::string_view media_type, StripMode mode = StripMode::location) {
  const auto out = strip(bytes, media_type, mode);
  return out ? ErrorCode::count_ : out.error().code;
}

int count_of(std::string_view text, std::string_view wanted) {
  int count = 0;
  for (auto at = text.find(wanted); at != text.npos; at = text.find(wanted, at + wanted.size())) ++count;
  return count;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return at == text.npos ? text : text.replace(at, from.size(), to);
}

constexpr StripMode kModes[] = {StripMode::location, StripMode::all};

TEST(PhotoStrip, LeavesNothingSecretInAnyKindOfFile) {
  for (const auto& sample : test::photo_samples()) {
    ASSERT_GT(count_of(sample.bytes, "SECRET"), 0) << sample.media_type;
    EXPECT_EQ(media_type_of(core::as_bytes(sample.bytes), "a"), sample.media_type);
    for (const auto mode : kModes) {
      const auto left = stripped(sample.bytes, sample.media_type, mode);
      EXPECT_EQ(count_of(left, "SECRET"), 0) << sample.media_type << ' ' << strip_mode_name(mode);
      EXPECT_EQ(count_of(left, std::string_view("0\0\0\0\1\0\0\0\x08", 9)), 0) << "degrees in " << sample.media_type;
    }
  }
}

TEST(PhotoStrip, KeepsEveryByteOfThePicture) {
  const std::map<std::string, int> of_picture{{"image/jpeg", 8}, {"image/png", 4}, {"image/webp", 2},
                                              {"image/gif", 2},  {"image/bmp", 1}, {"image/tiff", 2},
                                              {"image/heic", 1}, {"image/avif", 1}};
  const std::map<std::string, int> of_exif{{"image/jpeg", 3}, {"image/png", 3},  {"image/webp", 3}, {"image/gif", 0},
                                           {"image/bmp", 0},  {"image/tiff", 3}, {"image/heic", 3}, {"image/avif", 3}};
  for (const auto& sample : test::photo_samples()) {
    const auto& type = sample.media_type;
    EXPECT_EQ(count_of(stripped(sample.bytes, type, StripMode::all), "KEEP"), of_picture.at(type)) << type;
    EXPECT_EQ(count_of(stripped(sample.bytes, type, StripMode::location), "KEEP"),
              of_picture.at(type) + of_exif.at(type))
        << type;
  }
}

TEST(PhotoStrip, FindsNothingMoreInWhatItMade) {
  for (const auto& sample : test::photo_samples()) {
    for (const auto mode : kModes) {
      const auto once = stripped(sample.bytes, sample.media_type, mode);
      EXPECT_EQ(stripped(once, sample.media_type, mode), once) << sample.media_type << ' ' << strip_mode_name(mode);
      EXPECT_EQ(media_type_of(core::as_bytes(once), "a"), sample.media_type);
    }
  }
}

TEST(PhotoStrip, LeavesContentAloneThatSaysNothing) {
  const std::string bare = "\xff\xd8\xff\xdb\0\6KEEP\xff\xda\0\3spixels\xff\xd9"s;
  for (const auto mode : kModes) EXPECT_EQ(stripped(bare, "image/jpeg", mode), bare);
  TextReader reader(bare);
  EXPECT_TRUE(plan_strip(reader, "image/jpeg", StripMode::all)->unchanged);
}

TEST(PhotoStrip, ReadsTheSameFromEveryPlace) {
  for (const auto& sample : test::photo_samples()) {
    const auto original = std::make_shared<TextReader>(sample.bytes);
    const auto plan = plan_strip(*original, sample.media_type, StripMode::location);
    ASSERT_TRUE(plan);
    const auto reader = read_stripped(original, std::make_shared<const StripPlan>(*plan));
    const auto whole = stripped(sample.bytes, sample.media_type, StripMode::location);
    ASSERT_EQ(reader->size(), whole.size());
    for (std::size_t at = 0; at <= whole.size() + 1; ++at) {
      std::array<std::uint8_t, 100> part{};
      const auto count = reader->read(at, part);
      const auto expected = at < whole.size() ? whole.substr(at, 100) : std::string();
      ASSERT_TRUE(count);
      ASSERT_EQ(core::as_text(core::ByteView(part).first(*count)), expected) << sample.media_type << " at " << at;
    }
  }
}

// A file that ends anywhere is refused or comes out without secrets; never anything else.
TEST(PhotoStrip, RefusesOrCleansFilesThatAreCutOff) {
  for (const auto& sample : test::photo_samples()) {
    for (std::size_t size = 0; size < sample.bytes.size(); ++size) {
      const auto left = strip(sample.bytes.substr(0, size), sample.media_type, StripMode::location);
      if (left)
        ASSERT_EQ(count_of(*left, "SECRET"), 0) << sample.media_type << " of " << size;
      else
        ASSERT_EQ(left.error().code, ErrorCode::unsupported_media_type);
    }
  }
}

// One flipped bit may cost the picture or a field, but shows nothing: what is not understood is refused.
TEST(PhotoStrip, ShowsNothingForAFlippedBit) {
  for (const auto& sample : test::photo_samples()) {
    for (std::size_t bit = 0; bit < sample.bytes.size() * 8; bit += 3) {
      auto bytes = sample.bytes;
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
      for (const auto mode : kModes) {
        const auto once = strip(bytes, sample.media_type, mode);
        if (!once) continue;
        const auto twice = strip(*once, sample.media_type, mode);
        ASSERT_TRUE(twice) << sample.media_type << " bit " << bit;
        ASSERT_EQ(*twice, *once) << sample.media_type << " bit " << bit;
      }
    }
  }
}

TEST(PhotoStrip, TurnsThePictureAsBefore) {
  // Exif with the orientation alone, little-endian as it was.
  const auto left = stripped(test::sample_jpeg(), "image/jpeg", StripMode::all);
  const auto expected =
      "\xff\xe1\0\x22"
      "Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0"s;
  EXPECT_NE(left.find(expected), left.npos) << core::to_hex(core::as_bytes(left));
}

TEST(PhotoStrip, NeedsNoExifForAnUprightPicture) {
  const auto upright = replaced(test::sample_jpeg(), "\x12\1\3\0\1\0\0\0\6"s, "\x12\1\3\0\1\0\0\0\1"s);
  EXPECT_EQ(count_of(stripped(upright, "image/jpeg", StripMode::all), "Exif"), 0);
  EXPECT_EQ(count_of(stripped(upright, "image/jpeg", StripMode::location), "Exif"), 1);
}

TEST(PhotoStrip, DropsExifThatMakesNoSense) {
  const auto broken = replaced(test::sample_jpeg(), "II*\0"s, "II+\0"s);
  const auto left = stripped(broken, "image/jpeg", StripMode::location);
  EXPECT_EQ(count_of(left, "Exif"), 0);
  EXPECT_EQ(count_of(left, "SECRET"), 0);
  EXPECT_EQ(count_of(left, "KEEP"), 8);
}

TEST(PhotoStrip, WritesAnExifBlockNotLongerThanItWas) {
  // A thousand fields whose values all are the same 60,000 bytes.
  std::string exif = "II*\0\x08\0\0\0\xe8\3"s;
  for (int i = 0; i < 1000; ++i) exif += "\x0e\1\2\0\x60\xea\0\0\0\0\0\0"s;
  exif += "\0\0\0\0"s + std::string(50000, 'x');
  const auto jpeg = "\xff\xd8\xff\xe1"s + static_cast<char>((exif.size() + 8) >> 8) +
                    static_cast<char>(exif.size() + 8) + "Exif\0\0"s + exif + "\xff\xda\0\3spixels\xff\xd9"s;
  EXPECT_LE(stripped(jpeg, "image/jpeg", StripMode::location).size(), jpeg.size());
}

TEST(PhotoStrip, GivesNewExifOfPngItsChecksum) {
  const auto left = stripped(test::sample_png(), "image/png", StripMode::all);
  // zlib's crc32 of "eXIf" and the block.
  const auto expected =
      "\0\0\0\x1a"s
      "eXIfMM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0\xd6\x67\x4b\x69"s;
  EXPECT_NE(left.find(expected), left.npos) << core::to_hex(core::as_bytes(left));
  EXPECT_EQ(count_of(left, "tIME"), 0);
  EXPECT_EQ(count_of(stripped(test::sample_png(), "image/png", StripMode::location), "tIME"), 1);
}

TEST(PhotoStrip, StatesSizeAndFlagsOfWebpAnew) {
  const auto left = stripped(test::sample_webp(), "image/webp", StripMode::location);
  const auto byte = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(left.at(at))); };
  EXPECT_EQ(byte(4) | byte(5) << 8, left.size() - 8);
  EXPECT_EQ(byte(20), 0x08u) << "Exif, no XMP";
  auto upright = replaced(test::sample_webp(), "\x12\1\3\0\1\0\0\0\6"s, "\x12\1\3\0\1\0\0\0\1"s);
  EXPECT_EQ(stripped(upright, "image/webp", StripMode::all).at(20), '\0') << "no Exif either";
}

TEST(PhotoStrip, LeavesOffsetsOfHeicAndTiffAsTheyWere) {
  for (const auto& [type, bytes] :
       {PhotoSample{"image/heic", test::sample_heif("heic")}, PhotoSample{"image/tiff", test::sample_tiff(true)}}) {
    const auto left = stripped(bytes, type, StripMode::all);
    EXPECT_EQ(left.find("KEEP pixels"), bytes.find("KEEP pixels")) << type;
  }
}

TEST(PhotoStrip, RefusesWhatItDoesNotUnderstand) {
  const auto heic = test::sample_heif("heic");
  const auto tiff = test::sample_tiff(false);
  const std::pair<std::string, std::string> cases[] = {
      {"image/heic", replaced(heic, "hvc1", "abcd")},                                    // an item of an unknown kind
      {"image/heic", replaced(heic, "pict", "vide")},                                    // not a still picture
      {"image/heic", replaced(heic, "mpvd", "moov")},                                    // a sequence
      {"image/heic", replaced(heic, "uuid", "iloc")},                                    // two lists of places
      {"image/heic", replaced(heic, "\0\2\0\0Exif"s, "\0\2\0\1Exif"s)},                  // protected
      {"image/tiff", replaced(tiff, "\3\1\3\0\1\0\0\0\1\0"s, "\3\1\3\0\1\0\0\0\6\0"s)},  // old JPEG in TIFF
      {"image/tiff", replaced(tiff, "\6\1\3\0\1\0\0\0\2\0"s, "\6\1\3\0\1\0\0\0\x23\x80"s)},  // a colour filter array
      {"image/tiff", replaced(tiff, "\x0e\x83"s, "\x12\xc6"s)},                              // DNG
      {"image/png", replaced(test::sample_png(), "caNv", "CaNv")},      // an unknown part that is needed
      {"image/gif", replaced(test::sample_gif(), "!\xf9\4", "!\1\4")},  // text as a picture
      {"image/jpeg", replaced(test::sample_jpeg(), "\xff\xdb", "\xff\x01")},
      {"image/jpeg", replaced(test::sample_jpeg(), "\xff\xdb", "xx")},
      {"image/jxl", "\xff\x0a"},
      {"image/x-canon-cr3", std::string(100, '\0')},
      {"application/pdf", "%PDF-"},
      {"image/jpeg", ""},
  };
  for (const auto& [type, bytes] : cases) EXPECT_EQ(refusal(bytes, type), ErrorCode::unsupported_media_type) << type;
}

TEST(PhotoStrip, RefusesTiffThatLoopsOrOverlaps) {
  const auto tiff = test::sample_tiff(false);
  const auto second = tiff.find("\6\0\0\1\3\0"s);  // the second directory and its six fields
  ASSERT_NE(second, tiff.npos);
  auto loops = tiff;
  loops.replace(second + 2 + 6 * 12, 4, std::string{static_cast<char>(second), static_cast<char>(second >> 8), 0, 0});
  EXPECT_EQ(refusal(loops, "image/tiff"), ErrorCode::unsupported_media_type);
  auto overlaps = tiff;  // its pixels lie in the directory itself
  overlaps.replace(second + 2 + 3 * 12 + 8, 4,
                   std::string{static_cast<char>(second), static_cast<char>(second >> 8), 0, 0});
  EXPECT_EQ(refusal(overlaps, "image/tiff"), ErrorCode::unsupported_media_type);
}

TEST(PhotoStrip, RefusesPhotosBeyondTheLimit) {
  class Huge final : public storage::BlobReader {
    std::uint64_t size() const override { return kMaxStrippedPhoto + 1; }
    core::Expected<std::size_t> read(std::uint64_t, std::span<std::uint8_t> out) override { return out.size(); }
    int file_descriptor() const override { return -1; }
  } huge;
  EXPECT_EQ(plan_strip(huge, "image/gif", StripMode::all).error().code, ErrorCode::unsupported_media_type);
}

TEST(PhotoStrip, HandsOnThatReadingFailed) {
  class Broken final : public storage::BlobReader {
    std::uint64_t size() const override { return 1000; }
    core::Expected<std::size_t> read(std::uint64_t, std::span<std::uint8_t>) override {
      return core::fail(ErrorCode::internal, "the disk fails");
    }
    int file_descriptor() const override { return -1; }
  } broken;
  for (const auto& sample : test::photo_samples())
    EXPECT_EQ(plan_strip(broken, sample.media_type, StripMode::all).error().code, ErrorCode::internal);
}

TEST(PhotoStrip, NamesOfModesComeBack) {
  for (const auto mode : kModes) EXPECT_EQ(strip_mode_from_name(strip_mode_name(mode)), mode);
  EXPECT_FALSE(strip_mode_from_name("none"));
}

}  // namespace
}  // namespace kith::assets
