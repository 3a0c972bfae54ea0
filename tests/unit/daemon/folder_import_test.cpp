#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "assets/file_name.hpp"
#include "daemon/cli/content_names.hpp"
#include "daemon/cli/folder_albums.hpp"
#include "daemon/cli/folder_walk.hpp"
#include "daemon/cli/progress.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::daemon {
namespace {

TEST(FitName, WhatIsAFileNameStays) {
  for (const char* name : {"beach.jpg", "-rf", "Übung (2)", "a b", "gpj.\u202e"}) EXPECT_EQ(fit_name(name), name);
}

TEST(FitName, WhatIsNoneBecomesOne) {
  const std::pair<std::string, std::string> cases[] = {
      {"line\nbreak", "line_break"}, {"back\\slash", "back_slash"},     {"a/b", "a_b"}, {"latin \xe9", "latin _"},
      {"\x1b[31m", "_[31m"},         {"sep\u2028arated", "sep_arated"}, {"", "_"}};
  for (const auto& [name, fit] : cases) {
    EXPECT_EQ(fit_name(name), fit);
    EXPECT_TRUE(assets::check_file_name(fit_name(name))) << fit;
  }
  std::string longest;
  for (int i = 0; i < 200; ++i) longest += "ü";
  EXPECT_TRUE(assets::check_file_name(fit_name(longest)));
  EXPECT_EQ(fit_name(longest).size(), 254u) << "not in the middle of a character";
}

TEST(Printable, KeepsTheTerminalAsItIs) {
  EXPECT_EQ(printable("Übung"), "Übung");
  EXPECT_EQ(printable("a\x1b[2Jb\u202ec\u0085"), "a?[2Jb?c?");
  EXPECT_EQ(printable("bad \xff\x1b"), "bad ??");
}

TEST(Readable, SizesAndRates) {
  EXPECT_EQ(readable_bytes(0), "0 B");
  EXPECT_EQ(readable_bytes(1023), "1023 B");
  EXPECT_EQ(readable_bytes(1536), "1.5 KiB");
  EXPECT_EQ(readable_bytes(UINT64_MAX), "16.0 EiB");
  EXPECT_EQ(readable_rate(3 << 20, std::chrono::seconds(2)), "1.5 MiB/s");
}

TEST(ProgressLine, IsOnlyForTerminals) {
  std::ostringstream out;
  {
    Progress hidden(out, false, "Reading", 10);
    hidden.add(10);
    EXPECT_EQ(hidden.bytes(), 10u);
  }
  EXPECT_EQ(out.str(), "");
  { Progress shown(out, true, "Reading", 10); }
  EXPECT_EQ(out.str(), "\r\x1b[K") << "nothing is left of it";
}

// Writes down what it meets, a line each.
class Notes final : public FolderVisitor {
 public:
  core::Expected<void> file(const FoundFile& found) override { return note("file " + found.path); }
  core::Expected<void> enter(const std::string& path) override { return note("enter " + path); }
  core::Expected<void> leave() override { return note("leave"); }
  core::Expected<void> passed_over(const std::string& path, const std::string& why) override {
    return note("passed " + path + " " + why);
  }
  core::Expected<void> unreadable(const std::string& path, const std::string&) override {
    ++unreadable_folders;
    return note("unreadable " + path);
  }
  std::vector<std::string> lines;
  int unreadable_folders = 0;

 private:
  core::Expected<void> note(std::string line) {
    lines.push_back(std::move(line));
    return {};
  }
};

TEST(FolderWalk, TellsOfAFoldersFilesBeforeItsFolders) {
  const test::TempDir temp;
  std::filesystem::create_directory(temp / "a");
  for (const char* name : {"a/x", "b", ".hidden"}) std::ofstream(temp / name) << "x";
  std::filesystem::create_symlink(temp.path(), temp / "loop");
  Notes notes;
  ASSERT_TRUE(walk_folder(temp.path(), notes));
  const std::vector<std::string> expected{
      "enter ", "passed .hidden hidden", "file b", "passed loop a link", "leave", "enter a", "file a/x", "leave"};
  EXPECT_EQ(notes.lines, expected);
}

TEST(FolderWalk, EndsHoweverDeepItGets) {
  const test::TempDir temp;
  std::filesystem::path deep = temp.path();
  for (int i = 0; i < 110; ++i) deep /= "d";
  std::filesystem::create_directories(deep);
  Notes notes;
  ASSERT_TRUE(walk_folder(temp.path(), notes));
  EXPECT_EQ(notes.unreadable_folders, 1);
  EXPECT_EQ(notes.lines.back().substr(0, 13), "unreadable d/");
}

TEST(FolderWalk, FailsForNoFolder) {
  const test::TempDir temp;
  Notes notes;
  EXPECT_FALSE(walk_folder(temp / "nowhere", notes));
}

}  // namespace
}  // namespace kith::daemon
