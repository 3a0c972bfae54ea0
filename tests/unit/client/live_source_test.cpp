// Files that must stay as they are, and streams that can be read once.
#include "client/live_source.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "client/limits.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/client/live_vectors.hpp"

namespace kith::client {
namespace {

using live_vectors::rule;

class LiveFileSourceTest : public testing::Test {
 protected:
  std::string file(const core::Bytes& content) {
    const auto path = folder_ / "file";
    write(path, content, std::ios::trunc);
    return path.string();
  }
  static void write(const std::filesystem::path& path, const core::Bytes& content, std::ios::openmode mode) {
    std::ofstream(path, std::ios::binary | mode) << core::as_text(content);
  }
  static core::ErrorCode refusal(LiveSource& source, std::uint64_t number) {
    core::Bytes out(kLivePiece);
    const auto read = source.read(number, out);
    return read ? core::ErrorCode::internal : read.error().code;
  }

  test::TempDir folder_;
};

TEST_F(LiveFileSourceTest, ReadsPieces) {
  const auto source = LiveFileSource::open(file(rule(0, kLivePiece + 5))).value();
  core::Bytes out(kLivePiece);
  EXPECT_EQ(source->read(0, out).value(), kLivePiece);
  EXPECT_EQ(out, rule(0, kLivePiece));
  EXPECT_EQ(source->read(1, out).value(), 5U);
  EXPECT_EQ(source->read(2, out).value(), 0U);
  EXPECT_EQ(source->read(std::uint64_t{1} << 40, out).value(), 0U);
}

TEST_F(LiveFileSourceTest, AFileThatGrewOrShrankOrWasWrittenToIsNotSent) {
  const auto path = file(rule(0, 2 * kLivePiece));
  for (const auto& change : std::vector<std::function<void()>>{
           [&] { write(path, {1}, std::ios::app); },
           [&] { std::filesystem::resize_file(path, kLivePiece); },
           [&] {
             std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) + std::chrono::hours(1));
           },
       }) {
    const auto source = LiveFileSource::open(path).value();
    core::Bytes out(kLivePiece);
    ASSERT_TRUE(source->read(0, out).has_value());
    change();
    EXPECT_EQ(refusal(*source, 0), core::ErrorCode::file_changed);
  }
}

TEST_F(LiveFileSourceTest, SaysWhatToDoWithWhatIsNoFile) {
  const auto folder = LiveFileSource::open(folder_.path().string());
  ASSERT_FALSE(folder.has_value());
  EXPECT_EQ(folder.error().code, core::ErrorCode::bad_request);
  EXPECT_NE(folder.error().detail.find("tar"), std::string::npos);
  EXPECT_EQ(LiveFileSource::open((folder_ / "absent").string()).error().code, core::ErrorCode::not_found);
  EXPECT_EQ(LiveFileSource::open("/dev/null").error().code, core::ErrorCode::bad_request);
}

class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe(ends_), 0); }
  ~Pipe() {
    ::close(ends_[0]);
    close();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int end() const { return ends_[0]; }
  void write(const core::Bytes& content) {
    for (std::size_t done = 0; done < content.size();) {
      const auto count = ::write(ends_[1], content.data() + done, content.size() - done);
      ASSERT_GT(count, 0);
      done += static_cast<std::size_t>(count);
    }
  }
  void close() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  int ends_[2] = {-1, -1};
};

TEST(LiveStreamSource, KeepsTheNewestPiecesOnly) {
  constexpr std::uint64_t kPieces = kLiveKept + 2;
  Pipe pipe;
  const StopSignal stop;
  LiveStreamSource source(pipe.end(), stop);
  std::thread writer([&] {
    pipe.write(rule(0, kPieces * kLivePiece + 7));
    pipe.close();
  });
  core::Bytes out(kLivePiece);
  for (std::uint64_t n = 0; n < kPieces; ++n) ASSERT_EQ(source.read(n, out).value(), kLivePiece);
  EXPECT_EQ(source.read(kPieces, out).value(), 7U);
  EXPECT_EQ(source.read(kPieces + 1, out).value(), 0U);
  writer.join();
  EXPECT_EQ(source.read(3, out).value(), kLivePiece);
  EXPECT_EQ(out, rule(3 * kLivePiece, kLivePiece));
  const auto gone = source.read(2, out);
  ASSERT_FALSE(gone.has_value());
  EXPECT_EQ(gone.error().code, core::ErrorCode::file_changed);
}

TEST(LiveStreamSource, EndsWhereAPieceDoes) {
  Pipe pipe;
  const StopSignal stop;
  LiveStreamSource source(pipe.end(), stop);
  std::thread writer([&] {
    pipe.write(rule(0, kLivePiece));
    pipe.close();
  });
  core::Bytes out(kLivePiece);
  EXPECT_EQ(source.read(0, out).value(), kLivePiece);
  EXPECT_EQ(source.read(1, out).value(), 0U);
  EXPECT_EQ(source.read(0, out).value(), kLivePiece);
  writer.join();
}

TEST(LiveStreamSource, AWaitForMoreCanBeEnded) {
  Pipe pipe;
  StopSignal stop;
  LiveStreamSource source(pipe.end(), stop);
  pipe.write({1, 2, 3});
  std::thread other([&] { stop.raise(); });
  core::Bytes out(kLivePiece);
  EXPECT_FALSE(source.read(0, out).has_value());
  other.join();
}

TEST(StopSignal, IsSeenByAllThatLookAtIt) {
  StopSignal stop;
  Interruption one(stop), other(stop);
  EXPECT_FALSE(one.came());
  stop.raise();
  for (auto* each : {&one, &other, &one}) {
    EXPECT_TRUE(each->came());
    EXPECT_TRUE(each->came_within(std::chrono::hours(1)));
  }
}

}  // namespace
}  // namespace kith::client
