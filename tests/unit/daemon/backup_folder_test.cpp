#include "daemon/cli/backup_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>

#include "tests/support/temp_dir.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;

struct BackupFolders : testing::Test {
  test::TempDir temp;
  const std::filesystem::path path = temp / "backups";

  static Manifest manifest_of(std::int64_t at) {
    Manifest manifest;
    manifest.made_at = core::from_unix_ms(at);
    manifest.version = "0.1";
    manifest.domain = "kith.example";
    manifest.master_key = core::sha256(core::as_bytes("key"));
    manifest.files = 7;
    manifest.bytes = 1ull << 40;
    return manifest;
  }
};

TEST_F(BackupFolders, ASnapshotHasItsNameWhenItIsWhole) {
  auto folder = *BackupFolder::open_or_make(path);
  ASSERT_TRUE(folder.begin_snapshot());
  std::ofstream(folder.unfinished() / "kith.db") << "records";
  EXPECT_TRUE(folder.snapshots()->empty());
  const auto name = folder.finish_snapshot(manifest_of(1'700'000'000'123));
  ASSERT_TRUE(name) << name.error().detail;
  EXPECT_EQ(*name, "20231114T221320123Z");
  EXPECT_EQ(*folder.snapshots(), std::vector<std::string>{*name});
  const auto manifest = folder.manifest(*name);
  ASSERT_TRUE(manifest) << manifest.error().detail;
  EXPECT_EQ(manifest->bytes, 1ull << 40);
  EXPECT_EQ(manifest->master_key, core::sha256(core::as_bytes("key")));
}

TEST_F(BackupFolders, SnapshotsComeInOrderAndGo) {
  auto folder = *BackupFolder::open_or_make(path);
  for (const std::int64_t at : {3'000'000'000'000, 1'000'000'000'000, 2'000'000'000'000}) {
    ASSERT_TRUE(folder.begin_snapshot());
    ASSERT_TRUE(folder.finish_snapshot(manifest_of(at)));
  }
  const auto names = *folder.snapshots();
  ASSERT_EQ(names.size(), 3u);
  EXPECT_TRUE(std::ranges::is_sorted(names));
  ASSERT_TRUE(folder.remove_snapshot(names[0]));
  EXPECT_EQ(folder.snapshots()->size(), 2u);
  EXPECT_FALSE(std::filesystem::exists(folder.unfinished()));
}

TEST_F(BackupFolders, OneWritesAtATime) {
  const auto folder = *BackupFolder::open_or_make(path);
  EXPECT_EQ(BackupFolder::open_or_make(path).error().code, ErrorCode::conflict);
  EXPECT_EQ(BackupFolder::open(path).error().code, ErrorCode::conflict);
}

TEST_F(BackupFolders, ManyRead) {
  (void)BackupFolder::open_or_make(path);
  const auto one = BackupFolder::open(path);
  EXPECT_TRUE(one);
  EXPECT_TRUE(BackupFolder::open(path));
  EXPECT_EQ(BackupFolder::open_or_make(path).error().code, ErrorCode::conflict);
}

TEST_F(BackupFolders, FoldersOfOthersAreLeftAlone) {
  std::filesystem::create_directory(path);
  std::ofstream(path / "holiday.txt") << "mine";
  EXPECT_FALSE(BackupFolder::open_or_make(path));
  EXPECT_FALSE(BackupFolder::open(path));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path), {}), 1);
}

TEST_F(BackupFolders, ManifestsOfANewerKithdAndBrokenOnesAreRefused) {
  auto folder = *BackupFolder::open_or_make(path);
  ASSERT_TRUE(folder.begin_snapshot());
  const auto name = *folder.finish_snapshot(manifest_of(1));
  const auto file = folder.snapshot(name) / "manifest.json";
  std::string text;
  std::getline(std::ifstream(file), text, '\0');
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    std::ofstream(file) << changed;
    return folder.manifest(name);
  };
  EXPECT_TRUE(with("0.1", "0.2"));
  EXPECT_NE(with("\"format\": 1", "\"format\": 2").error().detail.find("newer kithd"), std::string::npos);
  EXPECT_FALSE(with("sha-256:", "sha-257:"));
  EXPECT_FALSE(with("\"files\": 7", "\"files\": -7"));
  EXPECT_FALSE(with("}", ""));
}

TEST_F(BackupFolders, CopiesOfKeysArePrivateAndNothingIsOverwritten) {
  std::ofstream(temp / "key") << "secret";
  const auto digest = copy_private_file(temp / "key", temp / "copy");
  ASSERT_TRUE(digest);
  EXPECT_EQ(*digest, core::sha256(core::as_bytes("secret")));
  struct stat status {};
  ASSERT_EQ(::stat((temp / "copy").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_FALSE(copy_private_file(temp / "key", temp / "copy"));
}

}  // namespace
}  // namespace kith::daemon
