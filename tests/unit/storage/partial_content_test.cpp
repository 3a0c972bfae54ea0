#include "storage/partial_content.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <fstream>

#include "core/encoding.hpp"
#include "storage/file_blob_store.hpp"
#include "storage/limits.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::storage {
namespace {

using core::ErrorCode;

// A disk with so much room, that fails on command.
class SmallDisk final : public Disk {
 public:
  ssize_t write(int file, core::ByteView bytes) override {
    const auto room = write_limit - std::min(write_limit, written);
    if (room == 0) return errno = ENOSPC, -1;
    const auto count =
        Disk::write(file, bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), room))));
    if (count > 0) written += static_cast<std::uint64_t>(count);
    return count;
  }
  int sync(int file) override {
    if (sync_error != 0) return errno = sync_error, -1;
    return Disk::sync(file);
  }
  std::uint64_t available(int) override { return space - std::min(space, written); }

  std::uint64_t space = 1ull << 40;
  std::uint64_t written = 0;
  std::uint64_t write_limit = UINT64_MAX;
  int sync_error = 0;
};

struct PartialContentTest : testing::Test {
  test::TempDir folder;
  test::FakeClock clock;
  test::SeededRandom random;
  SmallDisk disk;
  std::filesystem::path root = folder / "blobs";
  core::UserId alice = core::UserId::make(clock, random);
  core::UploadId id = core::UploadId::make(clock, random);
  std::unique_ptr<FileBlobStore> store = open_store();

  std::unique_ptr<FileBlobStore> open_store() {
    FileBlobStoreOptions options;
    options.keep_free_bytes = 0;
    auto opened = FileBlobStore::open(root, options, disk);
    EXPECT_TRUE(opened) << opened.error().detail;
    return std::move(*opened);
  }
  // A new run of the daemon, which knows of `id` only what the database does.
  void restart(std::uint64_t size, std::uint64_t offset) {
    store.reset();
    store = open_store();
    ASSERT_TRUE(store->clear_unfinished());
    const KnownPartial known{id, size, offset};
    ASSERT_TRUE(partials().restore(std::span(&known, 1)));
  }
  PartialContents& partials() { return store->partials(); }
  std::unique_ptr<PartialWriter> open_at(std::uint64_t offset) {
    auto writer = partials().open(alice, id, offset);
    EXPECT_TRUE(writer) << writer.error().detail;
    return writer ? std::move(*writer) : nullptr;
  }
  std::filesystem::path file() const { return root / "partial" / id.text(); }
  std::string get(const BlobKey& key) {
    auto reader = store->open(key);
    if (!reader) return "error: " + reader.error().detail;
    std::string out((*reader)->size(), '\0');
    auto count = (*reader)->read(0, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
    return count && *count == out.size() ? out : "short";
  }
  std::size_t files_in(const char* name) const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(root / name), {}));
  }
};

TEST_F(PartialContentTest, GoesOnAndBecomesABlob) {
  ASSERT_TRUE(partials().make(id, 10));
  for (const auto* part : {"hello", "", " you", "!"}) {
    const auto size = std::filesystem::file_size(file());
    auto writer = open_at(size);
    EXPECT_EQ(writer->size(), size);
    ASSERT_TRUE(writer->write(core::as_bytes(std::string_view(part))));
    ASSERT_TRUE(writer->checkpoint());
  }
  auto writer = open_at(10);
  EXPECT_EQ(core::as_text(*writer->head(5)), "hello");
  const auto key = writer->commit();
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_EQ(key->digest, core::sha256(core::as_bytes("hello you!")));
  EXPECT_EQ(get(*key), "hello you!");
  EXPECT_EQ(*writer->commit(), *key);
  // A crash now must find it again; only remove() ends it.
  EXPECT_TRUE(std::filesystem::exists(file()));
  writer.reset();
  ASSERT_TRUE(partials().remove(id));
  EXPECT_FALSE(std::filesystem::exists(file()));
  EXPECT_EQ(get(*key), "hello you!");
  EXPECT_EQ(files_in("unfinished"), 0u);
}

TEST_F(PartialContentTest, IsCutToWhatTheDatabaseKnows) {
  ASSERT_TRUE(partials().make(id, 100));
  ASSERT_TRUE(open_at(0)->write(core::as_bytes("durable, and not so")));
  restart(100, 7);
  auto writer = open_at(7);
  EXPECT_EQ(std::filesystem::file_size(file()), 7u);
  ASSERT_TRUE(writer->write(core::as_bytes("!")));
  EXPECT_EQ(writer->commit()->digest, core::sha256(core::as_bytes("durable!")));
}

TEST_F(PartialContentTest, HashesTheBeginningAgainAfterARestart) {
  core::Bytes content(static_cast<std::size_t>(2 * kHashTurn + 3 * kBlobBuffer + 5));
  random.fill(content);
  const auto half = content.size() / 2;
  ASSERT_TRUE(partials().make(id, content.size()));
  {
    auto writer = open_at(0);
    ASSERT_TRUE(writer->write(core::ByteView(content).first(half)));
    ASSERT_TRUE(writer->checkpoint());
  }
  restart(content.size(), half);
  auto writer = open_at(half);
  ASSERT_TRUE(writer->write(core::ByteView(content).subspan(half)));
  EXPECT_EQ(writer->commit()->digest, core::sha256(content));
}

TEST_F(PartialContentTest, BytesTheDatabaseWasNeverToldOfAreNotHashed) {
  ASSERT_TRUE(partials().make(id, 100));
  {
    auto writer = open_at(0);
    ASSERT_TRUE(writer->write(core::as_bytes("one two")));
    ASSERT_TRUE(writer->checkpoint());  // and then the database failed
  }
  auto writer = open_at(4);
  ASSERT_TRUE(writer->write(core::as_bytes("six")));
  EXPECT_EQ(writer->commit()->digest, core::sha256(core::as_bytes("one six")));
}

TEST_F(PartialContentTest, RewindsToTheLastCheckpoint) {
  ASSERT_TRUE(partials().make(id, 100));
  auto writer = open_at(0);
  ASSERT_TRUE(writer->write(core::as_bytes("keep")));
  ASSERT_TRUE(writer->checkpoint());
  ASSERT_TRUE(writer->write(core::as_bytes(" drop")));
  ASSERT_TRUE(writer->rewind());
  EXPECT_EQ(writer->size(), 4u);
  EXPECT_EQ(std::filesystem::file_size(file()), 4u);
  ASSERT_TRUE(writer->write(core::as_bytes("er")));
  EXPECT_EQ(writer->commit()->digest, core::sha256(core::as_bytes("keeper")));
}

TEST_F(PartialContentTest, KeepsItsRoomAsLongAsItLives) {
  disk.space = 1000;
  ASSERT_TRUE(partials().make(id, 600));
  EXPECT_EQ(store->free_bytes(), 400u);
  {
    auto writer = open_at(0);
    ASSERT_TRUE(writer->write(core::Bytes(100)));
    ASSERT_TRUE(writer->checkpoint());
    EXPECT_EQ(store->free_bytes(), 400u);
    ASSERT_TRUE(writer->write(core::Bytes(50)));
    ASSERT_TRUE(writer->rewind());
    disk.written -= 50;  // cut off
  }
  EXPECT_EQ(store->free_bytes(), 400u);
  const auto other = core::UploadId::make(clock, random);
  const auto refused = partials().make(other, 401);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::storage_full);
  EXPECT_EQ(files_in("partial"), 1u);
  EXPECT_EQ(store->begin(alice, 401).error().code, ErrorCode::storage_full);
  ASSERT_TRUE(open_at(100)->write(core::Bytes(30)));  // and then a crash
  restart(600, 100);
  EXPECT_EQ(store->free_bytes(), 370u);
  (void)open_at(100);
  disk.written -= 30;  // cut off
  EXPECT_EQ(store->free_bytes(), 400u);
  ASSERT_TRUE(partials().remove(id));
  EXPECT_EQ(store->free_bytes(), 900u);
}

TEST_F(PartialContentTest, AFullDiskKeepsWhatFitted) {
  ASSERT_TRUE(partials().make(id, 100));
  disk.write_limit = 7;
  {
    auto writer = open_at(0);
    const auto written = writer->write(core::as_bytes("more than fits"));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::storage_full);
    EXPECT_EQ(writer->size(), 7u);
    EXPECT_FALSE(writer->write(core::as_bytes("x"))) << "it has a hole now";
    ASSERT_TRUE(writer->checkpoint());
  }
  disk.write_limit = UINT64_MAX;
  auto writer = open_at(7);
  ASSERT_TRUE(writer->write(core::as_bytes("an fits")));
  EXPECT_EQ(writer->commit()->digest, core::sha256(core::as_bytes("more than fits")));
}

TEST_F(PartialContentTest, ADiskThatDoesNotSyncPromisesNothing) {
  ASSERT_TRUE(partials().make(id, 100));
  auto writer = open_at(0);
  ASSERT_TRUE(writer->write(core::as_bytes("hello")));
  disk.sync_error = EIO;
  EXPECT_FALSE(writer->checkpoint());
  disk.sync_error = 0;  // what failed once is never told to be durable: the pages may be gone
  EXPECT_FALSE(writer->checkpoint());
  EXPECT_FALSE(writer->commit());
  writer.reset();
  writer = open_at(0);
  EXPECT_EQ(std::filesystem::file_size(file()), 0u);
  ASSERT_TRUE(writer->write(core::as_bytes("hello")));
  EXPECT_TRUE(writer->checkpoint());
}

TEST_F(PartialContentTest, FailedCreationLeavesNothing) {
  disk.sync_error = EIO;
  EXPECT_FALSE(partials().make(id, 100));
  EXPECT_EQ(files_in("partial"), 0u);
  disk.sync_error = 0;
  disk.space = 1000;
  EXPECT_EQ(store->free_bytes(), 1000u);
}

TEST_F(PartialContentTest, WhatIsLostOrShorterIsNotFound) {
  EXPECT_EQ(partials().open(alice, id, 0).error().code, ErrorCode::not_found);
  ASSERT_TRUE(partials().make(id, 100));
  EXPECT_EQ(partials().open(alice, id, 1).error().code, ErrorCode::not_found);
  EXPECT_TRUE(partials().remove(core::UploadId::make(clock, random)));
}

TEST_F(PartialContentTest, PlantedThingsAreNotFollowed) {
  std::ofstream(folder / "elsewhere") << "not ours";
  ASSERT_TRUE(partials().make(id, 100));
  for (const bool fifo : {false, true}) {
    std::filesystem::remove(file());
    if (fifo) {
      ASSERT_EQ(::mkfifo(file().c_str(), 0600), 0);
    } else {
      std::filesystem::create_symlink(folder / "elsewhere", file());
    }
    const auto opened = partials().open(alice, id, 0);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().code, ErrorCode::not_found);
  }
  EXPECT_EQ(std::filesystem::file_size(folder / "elsewhere"), 8u);
  // Nor where a new one is to be made.
  const auto other = core::UploadId::make(clock, random);
  std::filesystem::create_symlink(folder / "elsewhere", root / "partial" / other.text());
  EXPECT_FALSE(partials().make(other, 100));
}

TEST_F(PartialContentTest, TheStartRemovesWhatNobodyKnows) {
  ASSERT_TRUE(partials().make(id, 100));
  const auto other = core::UploadId::make(clock, random);
  ASSERT_TRUE(partials().make(other, 100));
  restart(100, 0);
  EXPECT_EQ(files_in("partial"), 1u);
  EXPECT_TRUE(std::filesystem::exists(file()));
}

TEST_F(PartialContentTest, CanBeCommittedAgain) {
  ASSERT_TRUE(partials().make(id, 5));
  for (int time = 0; time < 2; ++time) {
    auto writer = open_at(time == 0 ? 0 : 5);
    if (time == 0) {
      ASSERT_TRUE(writer->write(core::as_bytes("hello")));
    }
    const auto key = writer->commit();
    ASSERT_TRUE(key) << key.error().detail;
    EXPECT_EQ(get(*key), "hello");
    writer.reset();  // the naming failed
    if (time == 0) {
      ASSERT_TRUE(store->remove(*key));
    }
  }
  EXPECT_EQ(files_in("unfinished"), 0u);
}

TEST_F(PartialContentTest, CommittedAgainTheSumsStay) {
  core::Bytes content(3 * kSumBlock);
  random.fill(content);
  ASSERT_TRUE(partials().make(id, content.size()));
  auto writer = open_at(0);
  ASSERT_TRUE(writer->write(content));
  const auto key = writer->commit();
  ASSERT_TRUE(key) << key.error().detail;
  const auto sums = root / alice.text() / (core::to_hex(key->digest.view()) + ".sums");
  const auto size = std::filesystem::file_size(sums);
  writer.reset();  // the naming failed, and something else has this content
  ASSERT_TRUE(open_at(content.size())->commit());
  EXPECT_EQ(std::filesystem::file_size(sums), size);
  EXPECT_EQ(files_in("unfinished"), 0u);
}

TEST_F(PartialContentTest, ACommittedBlobStaysWhileItsWriterLives) {
  ASSERT_TRUE(partials().make(id, 5));
  auto writer = open_at(0);
  ASSERT_TRUE(writer->write(core::as_bytes("hello")));
  const auto key = writer->commit();
  ASSERT_TRUE(key);
  ASSERT_TRUE(store->remove(*key));
  EXPECT_EQ(get(*key), "hello");
  writer.reset();
  ASSERT_TRUE(store->remove(*key));
  EXPECT_NE(get(*key), "hello");
}

}  // namespace
}  // namespace kith::storage
