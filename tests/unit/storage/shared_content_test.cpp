// What several processes do with one store, and several stores with one file.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "core/encoding.hpp"
#include "storage/file_blob_store.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::storage {
namespace {

using core::ErrorCode;

struct SharedContent : testing::Test {
  test::TempDir folder;
  test::FakeClock clock;
  test::SeededRandom random;
  Disk disk;
  core::UserId alice = core::UserId::make(clock, random);
  std::unique_ptr<FileBlobStore> live = open("live");
  std::unique_ptr<FileBlobStore> kept = open("kept");

  std::unique_ptr<FileBlobStore> open(const char* name) {
    FileBlobStoreOptions options;
    options.keep_free_bytes = 0;
    options.synchronous = false;
    auto opened = FileBlobStore::open(folder / name, options, disk);
    EXPECT_TRUE(opened) << opened.error().detail;
    return std::move(*opened);
  }
  BlobKey put(std::string_view text) {
    auto writer = *live->begin(alice, text.size());
    EXPECT_TRUE(writer->write(core::as_bytes(text)));
    return *writer->commit();
  }
  std::filesystem::path file_of(const char* store, const BlobKey& key) {
    return folder / store / key.owner.text() / core::to_hex(key.digest.view());
  }
  static ino_t inode(const std::filesystem::path& file) {
    struct stat status {};
    EXPECT_EQ(::stat(file.c_str(), &status), 0);
    return status.st_ino;
  }
  static void ignore(std::size_t) {}
};

TEST_F(SharedContent, NobodyRemovesWhatAnotherStoreHolds) {
  const auto other = open("live");
  {
    const auto held = other->hold();
    ASSERT_TRUE(held);
    EXPECT_EQ(live->begin_removal().value(), nullptr);
    EXPECT_TRUE(open("live")->hold()) << "many may hold it";
  }
  const auto leave = live->begin_removal();
  ASSERT_TRUE(leave);
  EXPECT_NE(*leave, nullptr);
  EXPECT_EQ(other->begin_removal().value(), nullptr) << "one at a time";
}

TEST_F(SharedContent, UnfinishedContentOfAnotherProcessStaysWhileItHoldsTheStore) {
  const auto writer = *live->begin(alice, 10);
  const auto unfinished = [&] {
    return std::distance(std::filesystem::directory_iterator(folder / "live" / "unfinished"), {});
  };
  {
    const auto held = live->hold();
    ASSERT_TRUE(open("live")->clear_unfinished());
    EXPECT_EQ(unfinished(), 1);
  }
  ASSERT_TRUE(open("live")->clear_unfinished());
  EXPECT_EQ(unfinished(), 0);
}

TEST_F(SharedContent, ALinkIsTheSameFile) {
  const auto key = put("the sea");
  ASSERT_TRUE(kept->link(*live, key).value());
  EXPECT_EQ(inode(file_of("live", key)), inode(file_of("kept", key)));
  ASSERT_TRUE(kept->link(*live, key).value()) << "a second time changes nothing";
  ASSERT_TRUE(live->remove(key));
  EXPECT_TRUE(kept->open(key)) << "it outlives the first name";
}

TEST_F(SharedContent, ALinkInThePlaceOfContentIsNotLinked) {
  const auto key = put("the sea");
  std::filesystem::remove(file_of("live", key));
  std::filesystem::create_symlink("/etc/passwd", file_of("live", key));
  EXPECT_FALSE(kept->link(*live, key).value());
  EXPECT_EQ(kept->copy(*live, key, ignore).error().code, ErrorCode::content_damaged);
  EXPECT_FALSE(kept->contains(key).value());
}

TEST_F(SharedContent, ACopyIsProvenByItsDigest) {
  const auto key = put(std::string(3'000'000, 'x'));
  std::size_t read = 0;
  ASSERT_TRUE(kept->copy(*live, key, [&](std::size_t bytes) { read += bytes; }));
  EXPECT_EQ(read, 3'000'000u);
  EXPECT_EQ(kept->size_of(key).value(), 3'000'000u);
  EXPECT_NE(inode(file_of("live", key)), inode(file_of("kept", key)));
}

TEST_F(SharedContent, DamagedContentIsNotCopied) {
  const auto key = put("the sea");
  std::ofstream(file_of("live", key)) << "the see";
  EXPECT_EQ(kept->copy(*live, key, ignore).error().code, ErrorCode::content_damaged);
  EXPECT_FALSE(kept->contains(key).value());
  std::filesystem::remove(file_of("live", key));
  EXPECT_EQ(kept->copy(*live, key, ignore).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace kith::storage
