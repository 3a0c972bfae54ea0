// The queue of photos: what is looked at, how often, who is told, and what is left behind.
#include "assets/photo_work.hpp"

#include <condition_variable>
#include <filesystem>

#include "assets/photos.hpp"
#include "storage/disk.hpp"
#include "tests/unit/assets/assets_fixture.hpp"

namespace kith::assets {
namespace {

using core::ErrorCode;
using core::Expected;

std::string webp(std::size_t size) {
  std::string out = "RIFF";
  for (const int shift : {0, 8, 16, 24}) out += static_cast<char>((size + 4) >> shift & 0xff);
  return out + "WEBP" + std::string(size, 'x');
}

// Reads photos of the form "\x89PNG\r\n\x1a\n<what to do>": crash, refuse, busy, or a time it was taken.
class FakeReader final : public PhotoReader {
 public:
  Expected<ExaminedPhoto> examine(storage::BlobReader& photo) override {
    core::Bytes bytes(photo.size());
    bytes.resize(photo.read(0, bytes).value_or(0));
    const auto what = core::as_text(bytes).substr(8);
    const std::lock_guard lock(mutex_);
    ++examined_;
    seen_.notify_all();
    if (stopped_ || busy_) return core::fail(ErrorCode::busy, "not now");
    if (what.starts_with("crash")) return core::fail(ErrorCode::internal, "it crashed");
    if (what.starts_with("refuse")) return core::fail(ErrorCode::unsupported_media_type, "no photo");
    ExaminedPhoto result;
    result.media_type = "image/png";
    result.facts.width = 40;
    result.facts.height = 30;
    if (what.starts_with("2")) result.facts.captured_at = what.substr(0, 19);
    result.facts.camera = "Camera";
    result.pictures = {{256, webp(10)}, {1024, webp(20)}};
    return result;
  }
  void stop() override {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  void set_busy(bool busy) {
    const std::lock_guard lock(mutex_);
    busy_ = busy;
  }
  int examined() {
    const std::lock_guard lock(mutex_);
    return examined_;
  }
  // Until so many examinations have begun.
  bool wait_for(int count) {
    std::unique_lock lock(mutex_);
    return seen_.wait_for(lock, std::chrono::seconds(30), [&] { return examined_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable seen_;
  int examined_ = 0;
  bool stopped_ = false, busy_ = false;
};

class PhotoWorkTest : public AssetsTest {
 protected:
  PhotoWorkTest() {
    thumbnails_ = std::move(storage::ThumbnailFiles::open(folder_ / "thumbnails", false, disk_).value());
    begin(0);
  }

  // As a start of the daemon does; without threads everything waits for work().
  void begin(int threads) {
    photos_.reset();
    work_.reset();
    reader_ = std::make_unique<FakeReader>();
    work_ = std::make_unique<PhotoWork>(
        PhotoWork::Parts{*database_, blobs_, *thumbnails_, *reader_, events_, clock_, core::Logger::none(), threads});
    photos_ = std::make_unique<Photos>(*database_, *thumbnails_, *work_, clock_);
  }

  Asset put_photo(const std::string& name, const std::string& what) {
    return put(alice_, name, "\x89PNG\r\n\x1a\n" + what);
  }
  // Works off all that waits.
  void work() {
    work_->start();
    work_->work_off();
    EXPECT_EQ(count_rows("photos WHERE state = 'waiting'"), 0);
  }
  Asset now(const Asset& asset) { return assets_->catalogue().find(asset.owner, asset.id).value(); }
  std::size_t count_files() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "thumbnails"))
      count += entry.is_regular_file();
    return count;
  }

  storage::Disk disk_;
  std::unique_ptr<storage::ThumbnailFiles> thumbnails_;
  std::unique_ptr<FakeReader> reader_;
  std::unique_ptr<PhotoWork> work_;
  std::unique_ptr<Photos> photos_;
};

TEST_F(PhotoWorkTest, LooksAtPhotosAndNothingElse) {
  const auto photo = put_photo("a.png", "2024-07-01T12:00:00");
  const auto text = put(alice_, "b.txt", "text");
  EXPECT_FALSE(photo.photo.has_thumbnail);
  work();
  EXPECT_EQ(reader_->examined(), 1);
  const auto seen = now(photo);
  EXPECT_TRUE(seen.photo.has_thumbnail);
  EXPECT_EQ(seen.photo.captured_at, "2024-07-01T12:00:00");
  EXPECT_EQ(seen.photo.width, 40);
  EXPECT_FALSE(now(text).photo.has_thumbnail);
  EXPECT_EQ(photos_->thumbnail(alice_, photo.digest, 256)->webp, webp(10));
  EXPECT_EQ(photos_->thumbnail(alice_, photo.digest, 257)->webp, webp(20));
  EXPECT_EQ(photos_->thumbnail(alice_, photo.digest, 2048)->webp, webp(20));
  EXPECT_EQ(code_of(photos_->thumbnail(carol_, photo.digest, 256)), ErrorCode::not_found);
}

TEST_F(PhotoWorkTest, TriesWhatCrashesThreeTimesAndNoMore) {
  const auto bad = put_photo("bad.png", "crash");
  const auto good = put_photo("good.png", "fine");
  work();
  EXPECT_EQ(reader_->examined(), 4);
  EXPECT_TRUE(now(good).photo.has_thumbnail);
  EXPECT_FALSE(now(bad).photo.has_thumbnail);
  EXPECT_EQ(count_rows("photos WHERE state = 'failed'"), 1);
}

TEST_F(PhotoWorkTest, TriesWhatIsNoPhotoOnce) {
  put_photo("drawing.png", "refuse");
  work();
  EXPECT_EQ(reader_->examined(), 1);
  EXPECT_EQ(count_rows("photos WHERE state = 'failed'"), 1);
}

// A photo that ends the daemon itself is given up as well.
TEST_F(PhotoWorkTest, GivesUpWhatItNeverCameBackFrom) {
  put_photo("a.png", "fine");
  ASSERT_TRUE(database_->write([](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("UPDATE photos SET attempts = 3"));
    return {};
  }));
  work();
  EXPECT_EQ(reader_->examined(), 0);
  EXPECT_EQ(count_rows("photos WHERE state = 'failed'"), 1);
}

TEST_F(PhotoWorkTest, CountsNoTryWhereNothingCanBeTried) {
  const auto photo = put_photo("a.png", "fine");
  reader_->set_busy(true);
  work_->work_off();
  EXPECT_EQ(reader_->examined(), 1);
  EXPECT_EQ(count_rows("photos WHERE attempts = 0"), 1);
  reader_->set_busy(false);
  work_->work_off();
  EXPECT_TRUE(now(photo).photo.has_thumbnail);
}

TEST_F(PhotoWorkTest, AThreadWakesForWhatComes) {
  begin(1);
  put_photo("early.png", "fine");
  work_->start();
  ASSERT_TRUE(reader_->wait_for(1));
  const auto late = put_photo("late.png", "fine too");
  work_->wake();
  ASSERT_TRUE(reader_->wait_for(2));
  work_->stop();
  EXPECT_TRUE(now(late).photo.has_thumbnail);
}

TEST_F(PhotoWorkTest, GoesOnAfterTheNextStart) {
  const auto photo = put_photo("a.png", "fine");
  work_->start();
  work_->stop();
  EXPECT_FALSE(now(photo).photo.has_thumbnail);
  begin(0);
  work();
  EXPECT_TRUE(now(photo).photo.has_thumbnail);
}

TEST_F(PhotoWorkTest, TellsOfManyPhotosAtOnce) {
  begin(2);
  for (int i = 0; i < 500; ++i) put_photo(std::to_string(i) + ".png", "fine " + std::to_string(i));
  const auto before = events_.owned_changes(alice_);
  work_->start();
  ASSERT_TRUE(reader_->wait_for(500));
  work_->stop();
  EXPECT_EQ(reader_->examined(), 500);
  EXPECT_EQ(count_rows("photos WHERE state = 'ready'"), 500);
  EXPECT_EQ(count_files(), 1000u);
  const auto told = events_.owned_changes(alice_) - before;
  EXPECT_GE(told, 1);
  EXPECT_LE(told, 5);
}

TEST_F(PhotoWorkTest, LeavesNoThumbnailsOfWhatIsGone) {
  const auto photo = put_photo("a.png", "fine");
  work();
  ASSERT_EQ(count_files(), 2u);
  ASSERT_TRUE(assets_->catalogue().remove(alice_, photo.id));
  clock_.advance(kDeletedKept + std::chrono::hours(1));
  sweep_all();
  EXPECT_EQ(count_rows("photos"), 0);
  begin(0);
  work();
  EXPECT_EQ(count_files(), 0u);
  EXPECT_EQ(count_rows("photos_gone"), 0);
}

TEST_F(PhotoWorkTest, MakesLostThumbnailsAgain) {
  const auto photo = put_photo("a.png", "fine");
  work();
  ASSERT_TRUE(thumbnails_->remove(key_of(photo)));
  EXPECT_EQ(code_of(photos_->thumbnail(alice_, photo.digest, 256)), ErrorCode::not_found);
  work();
  EXPECT_EQ(photos_->thumbnail(alice_, photo.digest, 256)->webp, webp(10));
}

TEST_F(PhotoWorkTest, SortsByTheTimePhotosWereTaken) {
  put_photo("undated.png", "fine");
  put_photo("new.png", "2024-07-03T00:00:00");
  put_photo("old.png", "2001-07-03T00:00:00");
  work();
  std::vector<std::string> names;
  PageRequest page{{}, 1};
  for (bool more = true; more;) {
    const auto found = photos_->list(alice_, {}, page).value();
    for (const auto& asset : found.items) names.push_back(asset.name);
    more = found.next.has_value();
    page.cursor = found.next.value_or("");
  }
  EXPECT_EQ(names, (std::vector<std::string>{"undated.png", "new.png", "old.png"}));
  EXPECT_EQ(code_of(photos_->list(alice_, {}, {"YQ", 1})), ErrorCode::bad_request);
  const auto summary = photos_->summary(alice_).value();
  ASSERT_EQ(summary.cameras.size(), 1u);
  EXPECT_EQ(summary.cameras[0].count, 3);
  EXPECT_EQ(summary.months.back().month, "2001-07");
}

}  // namespace
}  // namespace kith::assets
