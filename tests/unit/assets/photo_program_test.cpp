// kith-photo from the outside: the real one, and programs that behave as badly as one that a photo took over.
#include "assets/photo_program.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/assets/assets_fixture.hpp"

namespace kith::assets {
namespace {

using core::ErrorCode;

class OpenFile final : public storage::BlobReader {
 public:
  explicit OpenFile(const std::string& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  std::uint64_t size() const override { return 0; }
  core::Expected<std::size_t> read(std::uint64_t, std::span<std::uint8_t>) override { return std::size_t{0}; }
  int file_descriptor() const override { return file_.get(); }

 private:
  const storage::Descriptor file_;
};

class PhotoProgramTest : public testing::Test {
 protected:
  // A program that runs this line of shell in the place of kith-photo.
  PhotoProgram fake(const std::string& line, std::chrono::milliseconds patience = std::chrono::seconds(20)) {
    const auto path = folder_ / "fake";
    std::ofstream(path) << "#!/bin/sh\n" << line << "\n";
    EXPECT_EQ(::chmod(path.c_str(), 0700), 0);
    return PhotoProgram(path, core::Logger::none(), patience);
  }
  static ErrorCode code(PhotoProgram&& program) {
    OpenFile photo(KITH_SOURCE_DIR "/tests/photos/plain.jpg");
    return code_of(program.examine(photo));
  }
  test::TempDir folder_;
};

TEST_F(PhotoProgramTest, ReadsPhotos) {
  PhotoProgram program(KITH_BINARY_DIR "/bin/kith-photo", core::Logger::none());
  OpenFile photo(KITH_SOURCE_DIR "/tests/photos/plain.heic");
  const auto examined = program.examine(photo);
  ASSERT_TRUE(examined) << examined.error().detail;
  EXPECT_EQ(examined->media_type, "image/heic");
  EXPECT_EQ(examined->facts.width, 640);
  const auto again = program.examine(photo);
  EXPECT_TRUE(again) << "from its beginning again";
}

TEST_F(PhotoProgramTest, TellsWhatIsNoPhotoFromWhatWentWrong) {
  PhotoProgram program(KITH_BINARY_DIR "/bin/kith-photo", core::Logger::none());
  OpenFile text(KITH_SOURCE_DIR "/LICENSE");
  EXPECT_EQ(code_of(program.examine(text)), ErrorCode::unsupported_media_type);
  EXPECT_EQ(code(fake("exit 3")), ErrorCode::unsupported_media_type);
  EXPECT_EQ(code(fake("exit 1")), ErrorCode::internal);
  EXPECT_EQ(code(fake("kill -SEGV $$")), ErrorCode::internal);
  EXPECT_EQ(code(fake("echo nonsense")), ErrorCode::internal);
}

TEST_F(PhotoProgramTest, TriesNothingWhereItCannotBeKeptIn) {
  EXPECT_EQ(code(fake("exit 4")), ErrorCode::busy);
  EXPECT_EQ(code(PhotoProgram({}, core::Logger::none())), ErrorCode::busy);
  EXPECT_EQ(code(PhotoProgram(folder_ / "absent", core::Logger::none())), ErrorCode::busy);
}

TEST_F(PhotoProgramTest, KillsWhatTakesTooLongOrSaysTooMuch) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(code(fake("exec sleep 1000", std::chrono::milliseconds(100))), ErrorCode::internal);
  EXPECT_EQ(code(fake("exec >&-; exec sleep 1000", std::chrono::milliseconds(100))), ErrorCode::internal);
  EXPECT_EQ(code(fake("exec yes")), ErrorCode::internal);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(15));
}

TEST_F(PhotoProgramTest, GivesNothingButThePhotoAndAPipe) {
  const int secret = ::open("/dev/null", O_RDONLY);  // without close-on-exec
  auto program =
      fake("test -e /proc/self/fd/" + std::to_string(secret) + " && exit 3; test -n \"$HOME\" && exit 3; exit 1");
  OpenFile photo(KITH_SOURCE_DIR "/tests/photos/plain.jpg");
  EXPECT_EQ(code_of(program.examine(photo)), ErrorCode::internal) << "3 would say it saw something";
  ::close(secret);
}

TEST_F(PhotoProgramTest, StopsWhileAPhotoIsLookedAt) {
  auto program = fake("exec sleep 1000");
  ErrorCode code = ErrorCode::count_;
  std::thread running([&] {
    OpenFile photo(KITH_SOURCE_DIR "/tests/photos/plain.jpg");
    code = code_of(program.examine(photo));
  });
  program.stop();
  running.join();
  EXPECT_EQ(code, ErrorCode::busy);
}

}  // namespace
}  // namespace kith::assets
