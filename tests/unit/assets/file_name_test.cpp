#include "assets/file_name.hpp"

#include "tests/unit/assets/assets_fixture.hpp"

namespace kith::assets {

TEST(FileName, TakesAnyUnicode) {
  for (const auto* name :
       {"a", "photo.jpg", "Grüße aus Köln.txt", "写真.png", "صورة.jpg", "👩‍👩‍👧 family.heic", " a ", "...",
        "con", "-rf", "<img src=x onerror=alert(1)>.png", "100%.txt", "a\u202egpj.exe"})
    EXPECT_TRUE(check_file_name(name)) << name;
}

TEST(FileName, RefusesWhatCouldBeAPath) {
  for (const auto* name : {".", "..", "/", "../x", "/etc/passwd", "a/b", "..\\x", "C:\\x", "a\\"})
    EXPECT_EQ(code_of(check_file_name(name)), core::ErrorCode::bad_request) << name;
}

TEST(FileName, RefusesControlCharacters) {
  using namespace std::string_literals;
  const std::vector<std::string> refused{"a\0b"s,  "\0"s,      "a\r\nb"s,   "a\x1b[0m"s,
                                         "a\x7f"s, "a\u0085"s, "a\u2028b"s, "a\u2029"s};
  for (const auto& name : refused) EXPECT_EQ(code_of(check_file_name(name)), core::ErrorCode::bad_request);
}

TEST(FileName, RefusesWhatIsNotUtf8) {
  for (const auto* name : {"\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"})
    EXPECT_EQ(code_of(check_file_name(name)), core::ErrorCode::bad_request);
}

TEST(FileName, CountsBytesNotCharacters) {
  EXPECT_TRUE(check_file_name(std::string(255, 'a')));
  EXPECT_FALSE(check_file_name(std::string(256, 'a')));
  EXPECT_FALSE(check_file_name(""));
  std::string umlauts;
  for (int i = 0; i < 128; ++i) umlauts += "ü";
  EXPECT_FALSE(check_file_name(umlauts));
  EXPECT_TRUE(check_file_name(umlauts.substr(0, 254)));
}

TEST(FileName, SaysWhatIsWrong) {
  EXPECT_THAT(check_file_name("a/b").error().detail, testing::HasSubstr("slash"));
  EXPECT_THAT(check_file_name("a\nb").error().detail, testing::HasSubstr("control character"));
  EXPECT_THAT(check_file_name("\xff").error().detail, testing::HasSubstr("UTF-8"));
}

TEST(FileName, FoldsCaseBeyondAscii) {
  EXPECT_EQ(fold_case("Ärger ÉTÉ ΑΒΓ ЖУК İ"), fold_case("ärger été αβγ жук İ"));
  EXPECT_EQ(fold_case("写真-👩.PNG"), "写真-👩.png");
  EXPECT_EQ(fold_case(""), "");
}

TEST(FileName, FindsTheExtension) {
  EXPECT_EQ(extension_of("a.tar.GZ"), "gz");
  EXPECT_EQ(extension_of(".profile"), "");
  EXPECT_EQ(extension_of("README"), "");
  EXPECT_EQ(extension_of("a."), "");
}

}  // namespace kith::assets
