#include "accounts/mail/encoded_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "core/encoding.hpp"

namespace kith::accounts {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines.push_back(line);
  }
  return lines;
}

// What a reader makes of encoded words.
std::string decode_words(const std::string& words) {
  std::string text;
  for (auto line : lines_of(words)) {
    if (line.starts_with(' ')) line.erase(0, 1);
    EXPECT_TRUE(line.starts_with("=?UTF-8?B?") && line.ends_with("?=")) << line;
    const auto bytes = core::from_base64(line.substr(10, line.size() - 12));
    if (!bytes || !core::is_valid_utf8(core::as_text(*bytes))) {
      ADD_FAILURE() << line << " is cut within a character";
      return {};
    }
    text += core::as_text(*bytes);
  }
  return text;
}

TEST(EncodedWords, ComeBackAsTheyWere) {
  for (const std::string text : {"Grüße", "日本語の名前", "=?UTF-8?B?eA==?=", "a"}) {
    EXPECT_EQ(decode_words(to_encoded_words(text, 9)), text);
  }
}

TEST(EncodedWords, AreShortAndCutBetweenCharactersOnly) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += i % 3 == 0 ? "ü" : i % 3 == 1 ? "日" : "😀";
  const auto words = to_encoded_words(text, 9);
  EXPECT_EQ(decode_words(words), text);
  const auto lines = lines_of(words);
  ASSERT_GT(lines.size(), 3u);
  EXPECT_LE(lines.front().size() + 9, 76u);
  for (const auto& line : lines) EXPECT_LE(line.size(), 76u) << line;
}

TEST(QuotedPrintable, LeavesPlainTextAlone) {
  EXPECT_EQ(to_quoted_printable("Hello,\n\nworld.\n"), "Hello,\r\n\r\nworld.\r\n");
}

TEST(QuotedPrintable, EncodesWhatIsNotPlain) {
  EXPECT_EQ(to_quoted_printable("a=b\tü\n"), "a=3Db=09=C3=BC\r\n");
}

TEST(QuotedPrintable, KeepsABlankAtTheEndOfALine) {
  EXPECT_EQ(to_quoted_printable("-- \n"), "--=20\r\n");
}

TEST(QuotedPrintable, HasShortLinesThatMendAgain) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "ä=x ";
  const auto quoted = to_quoted_printable(text + "\n");
  std::string mended;
  for (const auto& line : lines_of(quoted)) {
    EXPECT_LE(line.size(), 76u);
    mended += line.ends_with('=') ? line.substr(0, line.size() - 1) : line;
  }
  EXPECT_THAT(mended, ::testing::StartsWith("=C3=A4=3Dx =C3=A4=3Dx "));
  EXPECT_THAT(mended, ::testing::EndsWith("=3Dx=20"));
  EXPECT_EQ(mended.size(), 100 * 10 + 99 + 3u);
}

TEST(OnOneLine, TakesOutWhatIsNoPartOfALine) {
  EXPECT_EQ(on_one_line("a\r\nBcc: x\tb\x7f", 100), "a  Bcc: x b ");
  EXPECT_EQ(on_one_line("a\xc2\x85z\xe2\x80\xa8y", 100), "a z y");  // next line, line separator
  EXPECT_EQ(on_one_line("\xe2\x80\xaetxt.exe", 100), " txt.exe");   // right-to-left override
}

TEST(OnOneLine, CutsBetweenCharacters) {
  EXPECT_EQ(on_one_line("üüü", 2), "üü");
  EXPECT_EQ(on_one_line("", 2), "");
}

}  // namespace
}  // namespace kith::accounts
