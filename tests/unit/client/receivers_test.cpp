// Files on their way in: what is kept, what is thrown away, and where a later run goes on.
#include "client/receivers.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "core/encoding.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::client {
namespace {

namespace fs = std::filesystem;

class Receiving : public testing::Test {
 protected:
  Receiving() {
    content_.resize(200'000);
    for (std::size_t i = 0; i < content_.size(); ++i) content_[i] = static_cast<std::uint8_t>(i * 31 + (i >> 9));
    core::ContentEncoder encoder(key_.view(), salt_);
    encoder.write(content_, sealed_);
    encoder.finish(sealed_);
  }

  std::unique_ptr<PartialFile> open(const core::Bytes& content) {
    auto file = PartialFile::open(path_.string(), core::sha256(content));
    EXPECT_TRUE(file) << (file ? "" : file.error().detail);
    return file ? std::move(*file) : nullptr;
  }
  std::unique_ptr<Receiver> receiver(PartialFile& file, bool sealed) {
    return sealed ? receive_sealed(file, sealed_.size(), key_, salt_).value()
                  : receive_plain(file, content_.size(), core::sha256(content_)).value();
  }
  // From its position on, so many bytes.
  static core::Expected<void> feed(Receiver& to, core::ByteView content, std::size_t count) {
    KITH_TRY(to.begin(to.position()));
    return to.write(content.subspan(static_cast<std::size_t>(to.position()), count));
  }
  std::string saved(const std::string& name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::size_t files() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), {})); }

  test::TempDir folder_;
  const fs::path path_ = folder_ / "in";
  const bool made_ = fs::create_directory(path_);
  core::Bytes content_, sealed_;
  const ContentKey key_;
  const core::CodingSalt salt_;
};

TEST_F(Receiving, GoesOnInALaterRun) {
  for (const bool sealed : {false, true}) {
    const auto& source = sealed ? sealed_ : content_;
    {
      const auto file = open(source);
      ASSERT_TRUE(feed(*receiver(*file, sealed), source, 150'000));
    }
    EXPECT_EQ(files(), 1u);
    const auto file = open(source);
    const auto to = receiver(*file, sealed);
    EXPECT_GT(to->position(), 100'000u) << "whole records at least";
    ASSERT_TRUE(feed(*to, source, source.size() - to->position()));
    ASSERT_TRUE(to->finish());
    EXPECT_EQ(file->keep_as("a").value(), "a");
    EXPECT_EQ(saved("a"), core::as_text(content_));
    fs::remove(path_ / "a");
    EXPECT_EQ(files(), 0u);
  }
}

TEST_F(Receiving, BeginsAgainWhereTheServerKnowsNoRanges) {
  for (const bool sealed : {false, true}) {
    const auto& source = sealed ? sealed_ : content_;
    const auto file = open(source);
    const auto to = receiver(*file, sealed);
    ASSERT_TRUE(feed(*to, source, 150'000));
    EXPECT_FALSE(to->begin(149'999)) << "another part than was asked for";
    ASSERT_TRUE(to->begin(0));
    EXPECT_EQ(to->position(), 0u);
    ASSERT_TRUE(to->write(source));
    ASSERT_TRUE(to->finish());
    EXPECT_EQ(file->size(), content_.size());
  }
}

TEST_F(Receiving, ThrowsAwayWhatIsNotWhatItShouldBe) {
  for (const bool sealed : {false, true}) {
    auto source = sealed ? sealed_ : content_;
    source[source.size() - 1] ^= 1;
    {
      const auto file = open(source);
      const auto to = receiver(*file, sealed);
      EXPECT_FALSE(feed(*to, source, source.size()) && to->finish());
    }
    EXPECT_EQ(files(), 0u);
  }
}

TEST_F(Receiving, RefusesMoreThanWasSaid) {
  for (const bool sealed : {false, true}) {
    auto source = sealed ? sealed_ : content_;
    source.push_back(0);
    const auto file = open(source);
    EXPECT_FALSE(feed(*receiver(*file, sealed), source, source.size()));
  }
}

TEST_F(Receiving, RefusesContentOfAnotherName) {
  const auto file = open(sealed_);
  auto other = salt_;
  other.data[0] ^= 1;
  const auto to = receive_sealed(*file, sealed_.size(), key_, other);
  ASSERT_TRUE(to);
  EXPECT_FALSE(feed(**to, sealed_, sealed_.size()) && (*to)->finish());
  EXPECT_FALSE(receive_sealed(*file, 5, key_, salt_)) << "no content comes to this size";
}

TEST_F(Receiving, OverwritesNothing) {
  for (const auto* expected : {"a.txt", "a (2).txt", "a (3).txt"}) {
    const auto file = open({1, 2, 3});
    ASSERT_TRUE(file->append(core::Bytes{1, 2, 3}));
    EXPECT_EQ(file->keep_as("a.txt").value(), expected);
  }
  struct stat status {};
  ASSERT_EQ(::stat((path_ / "a.txt").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0400, 0400u);
}

TEST_F(Receiving, IsDoneByOneAtATime) {
  const auto first = open(content_);
  ASSERT_TRUE(first->append(content_));
  const auto second = PartialFile::open(path_.string(), core::sha256(content_));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, core::ErrorCode::locked);
  EXPECT_EQ(files(), 1u);
}

TEST_F(Receiving, LeavesWhatOthersPlantedAlone) {
  const auto name = path_ / (".kith-" + core::to_hex(core::sha256(content_).view()).substr(0, 32) + ".part");
  fs::create_symlink(folder_ / "elsewhere", name);
  EXPECT_FALSE(PartialFile::open(path_.string(), core::sha256(content_)));
  EXPECT_FALSE(fs::exists(folder_ / "elsewhere"));
  fs::remove(name);
  ASSERT_EQ(::mkfifo(name.c_str(), 0600), 0);
  EXPECT_FALSE(PartialFile::open(path_.string(), core::sha256(content_)));
  EXPECT_FALSE(PartialFile::open((path_ / "missing").string(), core::sha256(content_)));
}

}  // namespace
}  // namespace kith::client
