#include "assets/zip_names.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core/encoding.hpp"

namespace kith::assets {
namespace {

TEST(ZipNames, OrdinaryNamesStayAsTheyAre) {
  for (const char* name : {"photo.jpg", "Übung – 1.pdf", "家族.png", ".profile", "a b.txt", "README", "common.txt",
                           "archive.tar.gz", "(1).txt", "com.txt", "com10.txt", "-rf", "💚.gif"})
    EXPECT_EQ(safe_zip_name(name), name);
}

TEST(ZipNames, NothingIsAPath) {
  EXPECT_EQ(safe_zip_name("../../etc/passwd"), ".._.._etc_passwd");
  EXPECT_EQ(safe_zip_name("/etc/passwd"), "_etc_passwd");
  EXPECT_EQ(safe_zip_name("..\\..\\autoexec.bat"), ".._.._autoexec.bat");
  EXPECT_EQ(safe_zip_name("C:\\a.txt"), "C__a.txt");
  EXPECT_EQ(safe_zip_name("a.txt:hidden"), "a.txt_hidden");
  for (const char* name : {"", ".", "..", "...", ". .", "   "}) EXPECT_EQ(safe_zip_name(name), "_") << name;
}

TEST(ZipNames, ControlAndDirectionCharactersAreSeen) {
  EXPECT_EQ(safe_zip_name(std::string_view("a\0b.txt", 7)), "a_b.txt");
  EXPECT_EQ(safe_zip_name("a\r\nb\x7f.txt"), "a__b_.txt");
  EXPECT_EQ(safe_zip_name("a\u0085\u2028b"), "a__b");
  EXPECT_EQ(safe_zip_name("photo\u202egpj.exe"), "photo_gpj.exe");
  EXPECT_EQ(safe_zip_name("\u2066x\u2069"), "_x_");
}

TEST(ZipNames, WhatWindowsCantStoreIsReplaced) {
  EXPECT_EQ(safe_zip_name("a*b?\"<c>|.txt"), "a_b___c__.txt");
  EXPECT_EQ(safe_zip_name("name. . "), "name");
  for (const char* name : {"con", "CON", "nul.txt", "Com1.tar.gz", "lpt9", "aux .txt", "COM\u00b2", "CONOUT$"})
    EXPECT_EQ(safe_zip_name(name), std::string("_") + name);
}

TEST(ZipNames, WhatIsNoUtf8BecomesPlain) {
  const auto safe = safe_zip_name("caf\xe9 \xff.jpg");
  EXPECT_EQ(safe, "caf_ _.jpg");
}

TEST(ZipNames, LongNamesAreCutBetweenCharactersAndKeepTheirExtension) {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "\u5bb6";  // 3 bytes each
  const auto safe = safe_zip_name(name + ".jpg");
  EXPECT_LE(safe.size(), 255u);
  EXPECT_GE(safe.size(), 252u);
  EXPECT_TRUE(safe.ends_with(".jpg"));
  EXPECT_TRUE(core::is_valid_utf8(safe));
}

TEST(ZipNames, TheCutLeavesNoDotAtTheEnd) {
  const auto stem = std::string(254, 'x');
  EXPECT_EQ(safe_zip_name(stem + ". a sentence goes on here"), stem);
}

TEST(ZipNames, EqualNamesAreToldApart) {
  ZipNames names;
  EXPECT_EQ(names.next("a.jpg"), "a.jpg");
  EXPECT_EQ(names.next("a.jpg"), "a (2).jpg");
  EXPECT_EQ(names.next("A.JPG"), "A (3).JPG");  // the same file on Windows and macOS
  EXPECT_EQ(names.next("a/b"), "a_b");
  EXPECT_EQ(names.next("a_b"), "a_b (2)");
  EXPECT_EQ(names.next("..\\"), ".._");
}

TEST(ZipNames, NumbersSkipNamesThatArePresentAlready) {
  ZipNames names;
  EXPECT_EQ(names.next("a (2).jpg"), "a (2).jpg");
  EXPECT_EQ(names.next("a.jpg"), "a.jpg");
  EXPECT_EQ(names.next("a.jpg"), "a (3).jpg");
  EXPECT_EQ(names.next("a (2).jpg"), "a (2) (2).jpg");
}

TEST(ZipNames, ManyEqualLongNamesStayShortAndDifferent) {
  ZipNames names;
  std::set<std::string> seen;
  const std::string name(255, 'x');
  for (int i = 0; i < 20'000; ++i) {
    const auto given = names.next(name);
    EXPECT_LE(given.size(), 255u);
    EXPECT_TRUE(seen.insert(given).second) << given;
  }
}

}  // namespace
}  // namespace kith::assets
