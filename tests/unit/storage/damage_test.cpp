// Content that changed on the disk is never given out as good.
#include <gtest/gtest.h>

#include <fstream>

#include "core/encoding.hpp"
#include "storage/block_sums.hpp"
#include "storage/file_blob_store.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::storage {
namespace {

using core::ErrorCode;

struct DamageTest : testing::Test {
  test::TempDir folder;
  test::FakeClock clock;
  test::SeededRandom random;
  Disk disk;
  std::filesystem::path root = folder / "blobs";
  core::UserId alice = core::UserId::make(clock, random);
  int alarms = 0;
  std::unique_ptr<FileBlobStore> store = *FileBlobStore::open(root, options(), disk);

  FileBlobStoreOptions options() {
    FileBlobStoreOptions out;
    out.keep_free_bytes = 0;
    out.synchronous = false;
    out.on_damage = [this](const BlobKey&) { ++alarms; };
    return out;
  }
  core::Bytes content_of(std::size_t size) {
    core::Bytes content(size);
    random.fill(content);
    return content;
  }
  BlobKey put(const core::Bytes& content) {
    auto writer = *store->begin(alice, content.size());
    EXPECT_TRUE(writer->write(content));
    return *writer->commit();
  }
  std::filesystem::path path_of(const BlobKey& key) const {
    return root / key.owner.text() / core::to_hex(key.digest.view());
  }
  std::filesystem::path sums_of(const BlobKey& key) const { return path_of(key).string() + ".sums"; }
  static void flip(const std::filesystem::path& path, std::uint64_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const auto byte = static_cast<char>(file.get() ^ 1);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
  }
  static Expected<std::size_t> read(BlobReader& reader, std::uint64_t offset, std::size_t size) {
    core::Bytes out(size);
    return reader.read(offset, out);
  }
};

TEST_F(DamageTest, ShortContentIsProvenWhenOpened) {
  const auto key = put(content_of(1000));
  EXPECT_FALSE(std::filesystem::exists(sums_of(key)));
  EXPECT_TRUE(store->open(key));
  flip(path_of(key), 999);
  EXPECT_EQ(store->open(key).error().code, ErrorCode::content_damaged);
  EXPECT_EQ(alarms, 1);
}

TEST_F(DamageTest, LongContentIsProvenBlockByBlock) {
  const auto key = put(content_of(5 * kSumBlock + 77));
  ASSERT_TRUE(std::filesystem::exists(sums_of(key)));
  flip(path_of(key), 3 * kSumBlock + 5);
  auto reader = *store->open(key);
  EXPECT_EQ(read(*reader, 0, 2 * kSumBlock).value(), 2 * kSumBlock);
  EXPECT_EQ(read(*reader, 2 * kSumBlock, kSumBlock + 1).error().code, ErrorCode::content_damaged);
  EXPECT_EQ(read(*reader, 3 * kSumBlock + 100, 1).error().code, ErrorCode::content_damaged);
  EXPECT_EQ(read(*reader, 4 * kSumBlock, 1000).value(), 1000u) << "what is sound can still be had";
  EXPECT_EQ(read(*reader, 5 * kSumBlock, 1000).value(), 77u);
  EXPECT_EQ(reader->prove(3 * kSumBlock, kSumBlock).error().code, ErrorCode::content_damaged);
  EXPECT_EQ(alarms, 1) << "once a reader";
}

TEST_F(DamageTest, EveryPlaceOfDamageIsFound) {
  const std::size_t size = 2 * kSumBlock + 3;
  const auto key = put(content_of(size));
  for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{kSumBlock - 1}, std::uint64_t{kSumBlock},
                                 std::uint64_t{2 * kSumBlock - 1}, std::uint64_t{size - 1}}) {
    flip(path_of(key), at);
    EXPECT_EQ(read(**store->open(key), 0, size).error().code, ErrorCode::content_damaged) << at;
    flip(path_of(key), at);
    EXPECT_EQ(read(**store->open(key), 0, size).value(), size);
  }
}

TEST_F(DamageTest, DamageAfterTheOpeningIsFoundToo) {
  const auto key = put(content_of(3 * kSumBlock));
  auto reader = *store->open(key);
  ASSERT_TRUE(read(*reader, 0, 10));
  flip(path_of(key), 2 * kSumBlock);
  EXPECT_EQ(read(*reader, 2 * kSumBlock, 10).error().code, ErrorCode::content_damaged);
}

TEST_F(DamageTest, ContentThatBecameShorterOrLongerIsDamaged) {
  const auto key = put(content_of(2 * kSumBlock));
  std::filesystem::resize_file(path_of(key), 2 * kSumBlock - 1);
  EXPECT_EQ(store->open(key).error().code, ErrorCode::content_damaged);
  std::filesystem::resize_file(path_of(key), 2 * kSumBlock + 1);
  EXPECT_EQ(store->open(key).error().code, ErrorCode::content_damaged);
}

TEST_F(DamageTest, SumsThatAreGoneOrDamagedAreMadeAgain) {
  const auto content = content_of(4 * kSumBlock);
  const auto key = put(content);
  const auto size = std::filesystem::file_size(sums_of(key));
  for (std::uint64_t at = 0; at < size; ++at) {
    flip(sums_of(key), at);
    ASSERT_EQ(read(**store->open(key), 0, content.size()).value(), content.size()) << at;
  }
  std::filesystem::remove(sums_of(key));
  ASSERT_TRUE(store->open(key));
  EXPECT_EQ(std::filesystem::file_size(sums_of(key)), size);
  EXPECT_EQ(alarms, 0);
}

TEST_F(DamageTest, WithoutSumsDamageIsFoundByTheDigest) {
  const auto key = put(content_of(3 * kSumBlock));
  std::filesystem::remove(sums_of(key));
  flip(path_of(key), kSumBlock + 1);
  EXPECT_EQ(store->open(key).error().code, ErrorCode::content_damaged);
  EXPECT_FALSE(std::filesystem::exists(sums_of(key))) << "no sums of damaged content";
}

TEST_F(DamageTest, PlantedSumsAreNoProof) {
  const auto key = put(content_of(2 * kSumBlock));
  const auto other = put(content_of(2 * kSumBlock));
  flip(path_of(key), 1);
  std::filesystem::remove(sums_of(key));
  std::filesystem::create_symlink(sums_of(other), sums_of(key));
  EXPECT_EQ(store->open(key).error().code, ErrorCode::content_damaged) << "links are not followed";
}

TEST_F(DamageTest, TheSameContentUploadedAgainMendsIt) {
  for (const std::size_t size : {std::size_t{100}, 3 * kSumBlock}) {
    const auto content = content_of(size);
    const auto key = put(content);
    flip(path_of(key), size / 2);
    EXPECT_EQ(put(content), key);
    EXPECT_EQ(read(**store->open(key), 0, size).value(), size);
  }
}

TEST_F(DamageTest, LookingWhetherItIsThereReadsNothing) {
  const auto key = put(content_of(1000));
  flip(path_of(key), 1);
  EXPECT_EQ(store->contains(key), true);
  EXPECT_EQ(alarms, 0);
  ASSERT_TRUE(store->remove(key));
  EXPECT_EQ(store->contains(key), false);
  EXPECT_EQ(store->contains({core::UserId::make(clock, random), key.digest}), false);
}

TEST_F(DamageTest, SumsGoWithTheirContent) {
  const auto key = put(content_of(2 * kSumBlock));
  ASSERT_TRUE(store->remove(key));
  EXPECT_FALSE(std::filesystem::exists(sums_of(key)));
  std::size_t seen = 0;
  put(content_of(2 * kSumBlock));
  ASSERT_TRUE(store->for_each([&](const BlobKey&) { ++seen; }));
  EXPECT_EQ(seen, 1u) << "sums are no content";
  EXPECT_TRUE(std::filesystem::is_empty(root / "unfinished"));
}

}  // namespace
}  // namespace kith::storage
