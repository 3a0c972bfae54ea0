#include "client/local_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_dir.hpp"

namespace kith::test {
namespace {

namespace fs = std::filesystem;
using client::choose_local_files;
using core::ErrorCode;
using testing::ElementsAre;

class LocalFiles : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ / "album/sub");
    for (const auto* name : {"a", "album/b", "album/sub/c"}) std::ofstream(folder_ / name) << name;
    fs::create_symlink("/etc", folder_ / "album/link");
  }
  std::string at(const char* name) const { return folder_ / name; }
  static std::vector<std::string> names(const core::Expected<std::vector<client::LocalFile>>& files) {
    std::vector<std::string> out;
    for (const auto& file : files.value()) out.push_back(file.name);
    return out;
  }
  TempDir temporary_;
  const fs::path folder_ = temporary_.path();
};

}  // namespace

TEST_F(LocalFiles, AreNamedWithoutTheirFolders) {
  EXPECT_THAT(names(choose_local_files({at("a"), at("album/sub/c")}, false)), ElementsAre("a", "c"));
}

TEST_F(LocalFiles, OfFoldersAreThoseBelowWithoutLinks) {
  EXPECT_THAT(names(choose_local_files({at("album")}, true)), ElementsAre("b", "c"));
  EXPECT_EQ(choose_local_files({at("album")}, false).error().code, ErrorCode::bad_request);
}

TEST_F(LocalFiles, OfOneNameAreToldBeforeAnythingIsSent) {
  std::ofstream(folder_ / "album/a") << "another";
  EXPECT_EQ(choose_local_files({at("a"), at("album")}, true).error().code, ErrorCode::conflict);
  EXPECT_EQ(choose_local_files({at("nothing")}, false).error().code, ErrorCode::not_found);
}

}  // namespace kith::test
