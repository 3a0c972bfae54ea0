#include "storage/file_blob_store.hpp"

#include <sys/stat.h>

#include <fstream>
#include <set>
#include <thread>

#include "core/encoding.hpp"
#include "storage/limits.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::storage {
namespace {

using core::ErrorCode;

// A disk that fails on command, and notes what was synced.
class FailingDisk final : public Disk {
 public:
  ssize_t write(int file, core::ByteView bytes) override {
    if (write_error != 0 && written + bytes.size() > write_limit) return errno = write_error, -1;
    const auto part = short_writes ? bytes.first((bytes.size() + 1) / 2) : bytes;
    const auto count = Disk::write(file, part);
    if (count > 0) written += static_cast<std::uint64_t>(count);
    return count;
  }
  int sync(int file) override {
    struct stat status {};
    ::fstat(file, &status);
    synced += S_ISDIR(status.st_mode) ? 'd' : 'f';
    if (sync_error != 0) return errno = sync_error, -1;
    return Disk::sync(file);
  }
  std::uint64_t available(int) override { return space - std::min<std::uint64_t>(space, written); }

  std::uint64_t space = 1ull << 40;
  std::uint64_t written = 0;
  std::uint64_t write_limit = 0;
  int write_error = 0;
  int sync_error = 0;
  bool short_writes = false;
  std::string synced;
};

struct FileBlobStoreTest : testing::Test {
  test::TempDir folder;
  test::FakeClock clock;
  test::SeededRandom random;
  FailingDisk disk;
  std::filesystem::path root = folder / "blobs";
  core::UserId alice = core::UserId::make(clock, random);
  core::UserId bob = core::UserId::make(clock, random);
  std::unique_ptr<FileBlobStore> store = open({.keep_free_bytes = 0});

  std::unique_ptr<FileBlobStore> open(const FileBlobStoreOptions& options) {
    auto opened = FileBlobStore::open(root, options, disk);
    EXPECT_TRUE(opened) << opened.error().detail;
    return std::move(*opened);
  }
  Expected<BlobKey> put(const core::UserId& owner, std::string_view content, std::uint64_t expected = 0) {
    KITH_TRY_ASSIGN(writer, store->begin(owner, expected));
    KITH_TRY(writer->write(core::as_bytes(content)));
    return writer->commit();
  }
  std::string get(const BlobKey& key) {
    auto reader = store->open(key);
    if (!reader) return "error: " + reader.error().detail;
    std::string out((*reader)->size(), '\0');
    auto count = (*reader)->read(0, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
    return count && *count == out.size() ? out : "short";
  }
  std::size_t files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) count += entry.is_regular_file();
    return count;
  }
  std::filesystem::path path_of(const BlobKey& key) const {
    return root / key.owner.text() / core::to_hex(key.digest.view());
  }
};

TEST_F(FileBlobStoreTest, GivesBackWhatWasWritten) {
  auto key = put(alice, "hello");
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_EQ(key->owner, alice);
  EXPECT_EQ(key->digest, core::sha256(core::as_bytes("hello")));
  EXPECT_EQ(get(*key), "hello");
  struct stat status {};
  ASSERT_EQ(::stat(path_of(*key).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(FileBlobStoreTest, TakesEmptyContent) {
  auto key = put(alice, "");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->digest, core::sha256({}));
  EXPECT_EQ(get(*key), "");
}

TEST_F(FileBlobStoreTest, HashesPiecesOfAnySizeInOrder) {
  core::Bytes content(5 * kBlobBuffer + 12345);
  random.fill(content);
  for (const std::size_t piece : {std::size_t{1000}, kBlobBuffer - 1, kBlobBuffer, kBlobBuffer + 1, content.size()}) {
    for (const bool short_writes : {false, true}) {
      disk.short_writes = short_writes;
      auto writer = *store->begin(alice, content.size());
      for (std::size_t at = 0; at < content.size(); at += piece)
        ASSERT_TRUE(writer->write(core::ByteView(content).subspan(at, std::min(piece, content.size() - at))));
      EXPECT_EQ(writer->size(), content.size());
      auto key = writer->commit();
      ASSERT_TRUE(key);
      EXPECT_EQ(key->digest, core::sha256(content)) << piece;
      EXPECT_EQ(get(*key), core::as_text(content));
      writer.reset();
      ASSERT_TRUE(store->remove(*key));
    }
  }
}

TEST_F(FileBlobStoreTest, ReadsAnyRange) {
  auto reader = *store->open(*put(alice, "0123456789"));
  core::Bytes out(4);
  EXPECT_EQ(reader->read(3, out).value(), 4u);
  EXPECT_EQ(core::as_text(out), "3456");
  EXPECT_EQ(reader->read(8, out).value(), 2u);
  EXPECT_EQ(reader->read(10, out).value(), 0u);
  EXPECT_EQ(reader->read(1ull << 62, out).value(), 0u);
  EXPECT_GE(reader->file_descriptor(), 0);
}

TEST_F(FileBlobStoreTest, TellsContentThatBecameShorter) {
  auto key = *put(alice, "0123456789");
  auto reader = *store->open(key);
  std::filesystem::resize_file(path_of(key), 5);
  core::Bytes out(10);
  auto count = reader->read(0, out);
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().code, ErrorCode::content_damaged);
}

TEST_F(FileBlobStoreTest, StoresEqualContentOfOneOwnerOnce) {
  auto first = *put(alice, "same");
  EXPECT_EQ(*put(alice, "same"), first);
  EXPECT_EQ(files(), 1u);
}

TEST_F(FileBlobStoreTest, KeepsOwnersApart) {
  auto hers = *put(alice, "same");
  EXPECT_EQ(store->open({bob, hers.digest}).error().code, ErrorCode::not_found);
  auto his = *put(bob, "same");
  EXPECT_EQ(files(), 2u);
  ASSERT_TRUE(store->remove(hers));
  EXPECT_EQ(get(his), "same");
  EXPECT_EQ(store->open(hers).error().code, ErrorCode::not_found);
}

TEST_F(FileBlobStoreTest, ReplacesATruncatedCopyOfTheContent) {
  auto key = *put(alice, "whole");
  std::filesystem::resize_file(path_of(key), 2);
  EXPECT_EQ(*put(alice, "whole"), key);
  EXPECT_EQ(get(key), "whole");
}

TEST_F(FileBlobStoreTest, ADroppedWriterLeavesNothing) {
  auto writer = *store->begin(alice, 0);
  ASSERT_TRUE(writer->write(core::Bytes(3 * kBlobBuffer)));
  EXPECT_EQ(files(), 1u);
  writer.reset();
  EXPECT_EQ(files(), 0u);
}

TEST_F(FileBlobStoreTest, AnOpenReaderOutlivesRemoval) {
  auto key = *put(alice, "still here");
  auto reader = *store->open(key);
  ASSERT_TRUE(store->remove(key));
  core::Bytes out(10);
  ASSERT_EQ(reader->read(0, out).value(), 10u);
  EXPECT_EQ(core::as_text(out), "still here");
}

TEST_F(FileBlobStoreTest, RemovingWhatIsNotThereIsFine) {
  EXPECT_TRUE(store->remove({alice, core::sha256({})}));
  ASSERT_TRUE(put(alice, "x"));
  EXPECT_TRUE(store->remove({alice, core::sha256({})}));
}

TEST_F(FileBlobStoreTest, LeavesAloneWhatALivingWriterCommitted) {
  auto old = *put(alice, "shared content");
  auto writer = *store->begin(alice, 0);
  ASSERT_TRUE(writer->write(core::as_bytes("shared content")));
  ASSERT_EQ(writer->commit().value(), old);
  ASSERT_TRUE(store->remove(old));
  EXPECT_EQ(get(old), "shared content") << "the database may be about to name it";
  writer.reset();
  ASSERT_TRUE(store->remove(old));
  EXPECT_EQ(files(), 0u);
}

TEST_F(FileBlobStoreTest, SyncsTheFileBeforeItsFolder) {
  ASSERT_TRUE(put(alice, "x"));
  EXPECT_EQ(disk.synced, "fd");
  disk.synced.clear();
  ASSERT_TRUE(put(alice, "x"));
  EXPECT_EQ(disk.synced, "fd") << "also where equal content was there";
}

TEST_F(FileBlobStoreTest, SyncsNothingWhenToldSo) {
  store = open({.keep_free_bytes = 0, .synchronous = false});
  ASSERT_TRUE(put(alice, "x"));
  EXPECT_EQ(disk.synced, "");
}

TEST_F(FileBlobStoreTest, AFailedWriteLeavesNothingAndStaysFailed) {
  for (const auto& [error, code] : {std::pair{ENOSPC, ErrorCode::storage_full},
                                    {EDQUOT, ErrorCode::storage_full},
                                    {EIO, ErrorCode::storage_failed}}) {
    disk.write_error = error;
    disk.write_limit = disk.written + kBlobBuffer;
    auto writer = *store->begin(alice, 0);
    const core::Bytes content(4 * kBlobBuffer);
    auto written = writer->write(content);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, code);
    disk.write_error = 0;
    EXPECT_EQ(writer->write(content).error().code, code) << "the gap cannot be mended";
    EXPECT_EQ(writer->commit().error().code, code);
    writer.reset();
    EXPECT_EQ(files(), 0u);
  }
}

TEST_F(FileBlobStoreTest, AFailedSyncIsAFailedCommit) {
  disk.sync_error = EIO;
  auto key = put(alice, "x");
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, ErrorCode::storage_failed);
  EXPECT_EQ(files(), 0u);
}

TEST_F(FileBlobStoreTest, ReservesForWritersTogether) {
  disk.space = 1000;
  auto first = store->begin(alice, 600);
  ASSERT_TRUE(first);
  EXPECT_EQ(store->free_bytes(), 400u);
  auto second = store->begin(bob, 600);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::storage_full);
  EXPECT_EQ(files(), 1u) << "the refused one left nothing";
  first->reset();
  EXPECT_TRUE(store->begin(bob, 600));
}

TEST_F(FileBlobStoreTest, CountsWrittenBytesOnce) {
  disk.space = 4 * kBlobBuffer;
  auto writer = *store->begin(alice, 3 * kBlobBuffer);
  ASSERT_TRUE(writer->write(core::Bytes(2 * kBlobBuffer)));
  EXPECT_EQ(store->free_bytes(), kBlobBuffer);
  ASSERT_TRUE(writer->write(core::Bytes(kBlobBuffer)));
  ASSERT_TRUE(writer->commit());
  writer.reset();
  EXPECT_EQ(store->free_bytes(), kBlobBuffer);
}

TEST_F(FileBlobStoreTest, KeepsTheSafetyMarginFree) {
  store = open({.keep_free_bytes = 300});
  disk.space = 1000;
  EXPECT_EQ(store->free_bytes(), 700u);
  EXPECT_TRUE(store->begin(alice, 700));
  EXPECT_FALSE(store->begin(alice, 701));
  disk.space = 200;
  EXPECT_EQ(store->free_bytes(), 0u);
  EXPECT_FALSE(store->begin(alice, 0));
}

TEST_F(FileBlobStoreTest, ContentOfUnknownSizeGrowsUntilTheDiskIsFull) {
  disk.space = kReservationStep + 2 * kBlobBuffer;
  auto unknown = *store->begin(alice, 0);
  EXPECT_EQ(store->free_bytes(), 2 * kBlobBuffer) << "a step is taken at once";
  auto other = store->begin(bob, 2 * kBlobBuffer);
  ASSERT_TRUE(other);
  const core::Bytes piece(kBlobBuffer);
  Expected<void> written;
  std::uint64_t count = 0;
  while ((written = unknown->write(piece))) ++count;
  EXPECT_EQ(count * kBlobBuffer, kReservationStep) << "what the other was promised stays free";
  EXPECT_EQ(written.error().code, ErrorCode::storage_full);
}

TEST_F(FileBlobStoreTest, MoreThanExpectedIsReservedToo) {
  disk.space = 3 * kBlobBuffer;
  auto writer = *store->begin(alice, kBlobBuffer);
  ASSERT_TRUE(writer->write(core::Bytes(3 * kBlobBuffer)));
  EXPECT_FALSE(writer->write(core::Bytes(kBlobBuffer)));
}

TEST_F(FileBlobStoreTest, PlantedLinksLeadNowhere) {
  auto key = *put(alice, "inside");
  std::filesystem::create_directory(folder / "outside");
  std::ofstream(folder / "outside/secret") << "outside";

  std::filesystem::remove(path_of(key));
  std::filesystem::create_symlink(folder / "outside/secret", path_of(key));
  EXPECT_FALSE(store->open(key));
  EXPECT_EQ(*put(alice, "inside"), key);
  EXPECT_EQ(get(key), "inside") << "the link was replaced, not followed";
  EXPECT_EQ(std::filesystem::file_size(folder / "outside/secret"), 7u);

  std::filesystem::create_directory_symlink(folder / "outside", root / bob.text());
  EXPECT_FALSE(put(bob, "x"));
  EXPECT_FALSE(store->open({bob, key.digest}));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder / "outside"), {}), 1);
}

TEST_F(FileBlobStoreTest, RefusesARootThatIsALink) {
  std::filesystem::create_directory_symlink(root, folder / "link");
  EXPECT_FALSE(FileBlobStore::open(folder / "link", {}, disk));
}

TEST_F(FileBlobStoreTest, ClearsWhatAnEarlierRunLeft) {
  auto kept = *put(alice, "kept");
  std::ofstream(root / "unfinished/4711.0") << "cut off";
  ASSERT_TRUE(store->clear_unfinished());
  EXPECT_EQ(files(), 1u);
  EXPECT_EQ(get(kept), "kept");
}

TEST_F(FileBlobStoreTest, ListsEveryBlobOfEveryOwner) {
  std::set<BlobKey> expected = {*put(alice, "a"), *put(alice, "b"), *put(bob, "a")};
  auto unfinished = *store->begin(alice, 0);
  std::ofstream(root / alice.text() / "not a digest") << "x";
  std::filesystem::create_directory(root / "not an owner");
  std::set<BlobKey> seen;
  ASSERT_TRUE(store->for_each([&](const BlobKey& key) { seen.insert(key); }));
  EXPECT_EQ(seen, expected);
}

TEST_F(FileBlobStoreTest, ManyWritersAtOnce) {
  disk.space = ~0ull >> 1;
  std::atomic<int> wrong = 0;
  {
    // The test's disk counts without a lock, so these threads use the real one.
    Disk real;
    auto shared = *FileBlobStore::open(root, {.keep_free_bytes = 0}, real);
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 6; ++thread) {
      threads.emplace_back([&, thread] {
        const core::Bytes content(2 * kBlobBuffer + 7, static_cast<std::uint8_t>(thread % 3));
        for (int round = 0; round < 8; ++round) {
          auto writer = *shared->begin(alice, content.size());
          if (!writer->write(content)) ++wrong;
          auto key = writer->commit();
          if (!key || key->digest != core::sha256(content) || !shared->open(*key)) ++wrong;
          if (round % 2 == 0 && key && !shared->remove(*key)) ++wrong;
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(files(), 6u) << "three contents and their sums";
}

}  // namespace
}  // namespace kith::storage
