#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "core/encoding.hpp"
#include "storage/key_vault.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::storage {
namespace {

struct MasterKeyTest : testing::Test {
  test::TempDir folder;
  test::SeededRandom random;
  std::filesystem::path data_dir = folder / "data";
  std::filesystem::path key_file = data_dir / "master.key";
  std::filesystem::path database = data_dir / "kith.db";

  MasterKeyTest() { ::unsetenv("CREDENTIALS_DIRECTORY"); }
  ~MasterKeyTest() override { ::unsetenv("CREDENTIALS_DIRECTORY"); }
  Expected<MasterKey> load() { return load_or_create_master_key(data_dir, database, random); }
  void expect_refused(const std::string& because) {
    auto loaded = load();
    ASSERT_FALSE(loaded) << because;
    EXPECT_THAT(loaded.error().detail, testing::HasSubstr(because));
  }
};

TEST_F(MasterKeyTest, IsMadeOnceForTheOwnerOnly) {
  auto first = load();
  ASSERT_TRUE(first) << first.error().detail;
  auto second = load();
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_TRUE(*first == *second);
  EXPECT_FALSE(*first == MasterKey());
  struct stat status {};
  ASSERT_EQ(::stat(key_file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(data_dir.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(data_dir), {}), 1) << "nothing else is left";
}

TEST_F(MasterKeyTest, ProcessesStartingAtOnceAgree) {
  std::filesystem::create_directory(data_dir);
  std::vector<pid_t> children;
  for (std::uint64_t seed = 2; seed < 10; ++seed) {
    children.push_back(::fork());
    if (children.back() != 0) continue;
    test::SeededRandom own(seed);
    auto key = load_or_create_master_key(data_dir, database, own);
    if (key) std::ofstream(folder / ("seen" + std::to_string(seed))) << core::to_hex(key->view());
    ::_exit(key ? 0 : 1);
  }
  for (const auto child : children) {
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  const auto kept = core::to_hex(load()->view());
  for (std::uint64_t seed = 2; seed < 10; ++seed) {
    std::string seen;
    std::ifstream(folder / ("seen" + std::to_string(seed))) >> seen;
    EXPECT_EQ(seen, kept);
  }
}

TEST_F(MasterKeyTest, IsNeverMadeAnewBesideADatabase) {
  ASSERT_TRUE(load());
  std::ofstream(database) << "";
  std::filesystem::remove(key_file);
  expect_refused("Restore this file");
  EXPECT_FALSE(std::filesystem::exists(key_file));
}

TEST_F(MasterKeyTest, ReadableByOthersIsRefusedWithTheCommandThatMendsIt) {
  ASSERT_TRUE(load());
  for (const mode_t mode : {0640u, 0604u, 0620u, 0601u}) {
    ASSERT_EQ(::chmod(key_file.c_str(), mode), 0);
    expect_refused("chmod 600 " + key_file.string());
  }
  ASSERT_EQ(::chmod(key_file.c_str(), 0400), 0);
  EXPECT_TRUE(load());
}

TEST_F(MasterKeyTest, OfAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  ASSERT_TRUE(load());
  ASSERT_EQ(::chown(key_file.c_str(), 12345, 12345), 0);
  expect_refused("belongs to user 12345");
  // Root acting for the service user: folder and key are both theirs.
  ASSERT_EQ(::chown(data_dir.c_str(), 12345, 12345), 0);
  EXPECT_TRUE(load());
}

TEST_F(MasterKeyTest, MadeByRootBelongsToTheOwnerOfTheFolder) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  std::filesystem::create_directory(data_dir);
  ASSERT_EQ(::chown(data_dir.c_str(), 12345, 12345), 0);
  ASSERT_TRUE(load());
  auto opened = Database::open(database);
  ASSERT_TRUE(opened) << opened.error().detail;
  for (const auto* name : {"master.key", "kith.db", "kith.db-wal", "kith.db-shm"}) {
    struct stat status {};
    ASSERT_EQ(::stat((data_dir / name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_uid, 12345u) << name;
  }
}

TEST_F(MasterKeyTest, DamagedIsRefusedAndKept) {
  ASSERT_TRUE(load());
  for (const std::string& content : {std::string(), std::string(63, 'a'), std::string(66, 'a'), std::string(64, 'A'),
                                     std::string(31, 'x'), std::string(4096, 'a')}) {
    std::ofstream(key_file) << content;
    expect_refused("not a master key");
    EXPECT_EQ(std::filesystem::file_size(key_file), content.size());
  }
}

TEST_F(MasterKeyTest, ALinkInItsPlaceIsRefused) {
  ASSERT_TRUE(load());
  std::filesystem::rename(key_file, folder / "elsewhere");
  std::filesystem::create_symlink(folder / "elsewhere", key_file);
  EXPECT_FALSE(load());
}

TEST_F(MasterKeyTest, TheSystemdCredentialComesFirst) {
  std::filesystem::create_directory(folder / "credentials");
  ::setenv("CREDENTIALS_DIRECTORY", (folder / "credentials").c_str(), 1);
  const std::string hex(64, '7');
  std::ofstream(folder / "credentials/kith-master-key") << hex << "\n";
  auto key = load();
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_EQ(core::to_hex(key->view()), hex);
  EXPECT_FALSE(std::filesystem::exists(key_file));

  std::ofstream(folder / "credentials/kith-master-key") << std::string(32, 'r');
  EXPECT_EQ(core::as_text(load()->view()), std::string(32, 'r')) << "32 raw bytes will do too";
  std::ofstream(folder / "credentials/kith-master-key") << "short";
  expect_refused("not a master key");
}

TEST_F(MasterKeyTest, AServiceWithOtherCredentialsUsesTheFile) {
  ::setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1);
  EXPECT_TRUE(load());
  EXPECT_TRUE(std::filesystem::exists(key_file));
}

}  // namespace
}  // namespace kith::storage
