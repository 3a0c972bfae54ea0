#include "client/safe_name.hpp"

#include <gtest/gtest.h>

#include "client/limits.hpp"
#include "core/encoding.hpp"

namespace kith::client {
namespace {

using namespace std::string_literals;

TEST(SafeName, KeepsNamesAsPeopleGiveThem) {
  for (const auto* name : {"a.jpg", "Größe & Gewicht (2).tar.gz", "写真.png", "no ending", "a-b_c.d"})
    EXPECT_EQ(safe_name(name), name);
}

TEST(SafeName, IsOneNameInAFolder) {
  EXPECT_EQ(safe_name("../../etc/passwd"), "_.._etc_passwd");
  EXPECT_EQ(safe_name("/etc/passwd"), "_etc_passwd");
  EXPECT_EQ(safe_name("..\\..\\a.exe"), "_.._a.exe");
  EXPECT_EQ(safe_name("C:\\a"), "C__a");
  EXPECT_EQ(safe_name("a\0b"s), "a_b");
}

TEST(SafeName, IsNeitherHiddenNorAnOption) {
  EXPECT_EQ(safe_name(".bashrc"), "bashrc");
  EXPECT_EQ(safe_name("-rf"), "rf");
  EXPECT_EQ(safe_name(" - .x"), "x");
}

TEST(SafeName, IsThereWhateverCame) {
  for (const auto& name : {""s, "."s, ".."s, "..."s, "- -"s, " "s}) EXPECT_EQ(safe_name(name), "file") << name;
}

TEST(SafeName, ShowsWhatItIs) {
  EXPECT_EQ(safe_name("photo\u202egpj.exe"), "photo_gpj.exe");
  EXPECT_EQ(safe_name("a\nb\x1b[2J\u2028c"), "a_b_[2J_c");
  EXPECT_EQ(safe_name("a\xff\xfe.jpg"), "a__.jpg") << "not UTF-8";
}

TEST(SafeName, FitsTheDisk) {
  std::string umlauts;
  for (int i = 0; i < 300; ++i) umlauts += "ü";
  for (const auto& name : {umlauts + ".jpg", std::string(5000, 'a'), "." + std::string(5000, 'a'), "a." + umlauts}) {
    const auto safe = safe_name(name);
    EXPECT_TRUE(core::is_valid_utf8(safe));
    EXPECT_LE(numbered_name(safe, 9999).size(), kMaxNameBytes);
  }
  EXPECT_TRUE(safe_name(umlauts + ".jpg").ends_with("ü.jpg"));
}

TEST(SafeName, IsNumberedBeforeItsEnding) {
  EXPECT_EQ(numbered_name("a.jpg", 1), "a.jpg");
  EXPECT_EQ(numbered_name("a.jpg", 2), "a (2).jpg");
  EXPECT_EQ(numbered_name("README", 3), "README (3)");
}

TEST(Printable, HasNothingThatMovesATerminal) {
  EXPECT_EQ(printable("a\x1b[31mb\r\nc\x07 ü\u202e"), "a [31mb  c  ü ");
}

}  // namespace
}  // namespace kith::client
