#include "assets/media_type.hpp"

#include "assets/asset.hpp"
#include "tests/unit/assets/assets_fixture.hpp"

namespace kith::assets {

namespace {

using namespace std::string_literals;

std::string_view type_of(const std::string& content, std::string_view name = "x") {
  return media_type_of(core::as_bytes(content), name);
}

}  // namespace

TEST(MediaType, KnowsContentByItsFirstBytes) {
  const std::pair<std::string, std::string_view> cases[] = {
      {"\xff\xd8\xff\xe0\0\x10JFIF"s, "image/jpeg"},
      {"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s, "image/png"},
      {"GIF89a\1\0\1\0"s, "image/gif"},
      {"RIFF\x24\0\0\0WEBPVP8 "s, "image/webp"},
      {"RIFF\x24\0\0\0WAVEfmt "s, "audio/wav"},
      {"\0\0\0\x18"
       "ftypheic\0\0\0\0mif1"s,
       "image/heic"},
      {"\0\0\0\x18"
       "ftypavif\0\0\0\0"s,
       "image/avif"},
      {"\0\0\0\x18"
       "ftypisom\0\0\2\0"s,
       "video/mp4"},
      {"\0\0\0\x14"
       "ftypqt  \0\0\2\0"s,
       "video/quicktime"},
      {"\0\0\0\x18"
       "ftypM4A \0\0\2\0"s,
       "audio/mp4"},
      {"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm"s, "video/webm"},
      {"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska"s, "video/x-matroska"},
      {"ID3\4\0\0"s, "audio/mpeg"},
      {"\xff\xfb\x90\x64"s, "audio/mpeg"},
      {"\xff\xf1\x50\x80"s, "audio/aac"},
      {"fLaC\0\0\0\x22"s, "audio/flac"},
      {"OggS\0\2\0\0OpusHead"s, "audio/ogg"},
      {"OggS\0\2\0\0\x80theora"s, "video/ogg"},
      {"%PDF-1.7\n"s, "application/pdf"},
      {"PK\3\4\x14\0"s, "application/zip"},
      {"\x1f\x8b\x08\0"s, "application/gzip"},
  };
  for (const auto& [content, type] : cases) EXPECT_EQ(type_of(content), type);
  EXPECT_EQ(type_of(std::string(257, '\0') + "ustar"), "application/x-tar");
}

TEST(MediaType, ContentBeatsTheName) {
  EXPECT_EQ(type_of("\x89PNG\r\n\x1a\n\0\0"s, "letter.txt"), "image/png");
  EXPECT_EQ(type_of("just words", "photo.jpg"), "text/plain");
  EXPECT_EQ(type_of("\0\1\2\3"s, "photo.jpg"), "application/octet-stream");
}

TEST(MediaType, AsksTheNameAboutTextAndOfficeFiles) {
  EXPECT_EQ(type_of("# Title", "a.MD"), "text/markdown");
  EXPECT_EQ(type_of("a,b", "a.csv"), "text/csv");
  EXPECT_EQ(type_of("{}", "a.json"), "application/json");
  EXPECT_EQ(type_of("PK\3\4"s, "a.odt"), "application/vnd.oasis.opendocument.text");
  EXPECT_EQ(type_of("PK\3\4"s, "a.jpg"), "application/zip");
}

TEST(MediaType, NeverCallsMarkupWhatABrowserWouldRun) {
  for (const auto* name : {"a.html", "a.svg", "a.xhtml", "a.xml", "a.js", "a"})
    for (const auto* content : {"<!DOCTYPE html><script>alert(1)</script>", "<svg xmlns='http://www.w3.org/2000/svg'/>",
                                "<?xml version='1.0'?><x/>", "alert(1)"})
      EXPECT_EQ(type_of(content, name), "text/plain");
}

TEST(MediaType, TextMayBeCutInsideACharacter) {
  const std::string cut = std::string(511, 'a') + "ü";
  EXPECT_EQ(type_of(cut), "text/plain");
  EXPECT_EQ(type_of("a\xc3"s), "application/octet-stream");
  EXPECT_EQ(type_of("\xff\xfe"
                    "a\0b\0"s),
            "application/octet-stream");
  EXPECT_EQ(type_of(""), "text/plain");
}

TEST(MediaType, KindsComeFromTheType) {
  EXPECT_EQ(kind_of("image/jpeg"), AssetKind::photo);
  EXPECT_EQ(kind_of("video/mp4"), AssetKind::video);
  EXPECT_EQ(kind_of("audio/flac"), AssetKind::audio);
  EXPECT_EQ(kind_of("application/pdf"), AssetKind::document);
  EXPECT_EQ(kind_of("text/plain"), AssetKind::document);
  EXPECT_EQ(kind_of("application/zip"), AssetKind::other);
  EXPECT_EQ(kind_of("application/octet-stream"), AssetKind::other);
  for (auto kind : {AssetKind::photo, AssetKind::video, AssetKind::audio, AssetKind::document, AssetKind::other})
    EXPECT_EQ(kind_from_name(kind_name(kind)), kind);
  EXPECT_EQ(kind_from_name("Photo"), std::nullopt);
}

TEST(DigestForms, AreThoseOfTheRfcs) {
  // RFC 9530, appendix B.1: the representation `{"hello": "world"}` with its line feed.
  const auto digest = core::sha256(core::as_bytes("{\"hello\": \"world\"}\n"));
  EXPECT_EQ(repr_digest(digest), "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:");
  EXPECT_EQ(entity_tag(digest), "\"RK_0qy18MlBSVnWgjwz6lZEWjP_lF5HF9bvEF8FabDg\"");
}

}  // namespace kith::assets
