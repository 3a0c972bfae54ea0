#include <atomic>
#include <latch>
#include <thread>

#include "assets/limits.hpp"
#include "tests/unit/assets/assets_fixture.hpp"

namespace kith::assets {

using core::ErrorCode;

class QuotaTest : public AssetsTest {
 protected:
  // Runs `upload` on as many threads at once, each with its own number; how many of them succeeded.
  template <class Work>
  int in_parallel(int threads, const Work& upload) {
    std::atomic<int> succeeded{0};
    std::latch start(threads);
    std::vector<std::jthread> running;
    for (int i = 0; i < threads; ++i)
      running.emplace_back([&, i] {
        start.arrive_and_wait();
        succeeded += upload(i) ? 1 : 0;
      });
    running.clear();
    return succeeded;
  }
};

TEST_F(QuotaTest, FillsToTheLastByteAndNoFurther) {
  quotas_.set(alice_, 10);
  put(alice_, "a", "0123456");
  EXPECT_EQ(code_of(assets_->uploads().begin(alice_, "b", 4)), ErrorCode::quota_exceeded);
  put(alice_, "b", "789");
  EXPECT_EQ(code_of(try_put(alice_, "c", "x")), ErrorCode::quota_exceeded);
  EXPECT_TRUE(try_put(alice_, "empty", ""));
  EXPECT_EQ(assets_->catalogue().used_bytes(alice_).value(), 10u);
}

TEST_F(QuotaTest, HoldsWhileTheSizeIsUnknown) {
  quotas_.set(alice_, 10);
  auto upload = std::move(assets_->uploads().begin(alice_, "a", {}).value());
  ASSERT_TRUE(upload->write(core::Bytes(10)));
  EXPECT_EQ(code_of(upload->write(core::Bytes(1))), ErrorCode::quota_exceeded);
  EXPECT_FALSE(upload->commit());
  EXPECT_EQ(assets_->catalogue().used_bytes(alice_).value(), 0u);
  EXPECT_TRUE(try_put(alice_, "b", "0123456789"));
}

TEST_F(QuotaTest, RunningUploadsCount) {
  quotas_.set(alice_, 10);
  auto declared = std::move(assets_->uploads().begin(alice_, "a", 6).value());
  auto unknown = std::move(assets_->uploads().begin(alice_, "b", {}).value());
  ASSERT_TRUE(unknown->write(core::Bytes(3)));
  EXPECT_EQ(code_of(assets_->uploads().begin(alice_, "c", 2)), ErrorCode::quota_exceeded);
  EXPECT_EQ(code_of(unknown->write(core::Bytes(2))), ErrorCode::quota_exceeded);
  EXPECT_TRUE(assets_->uploads().begin(alice_, "c", 4));
  declared.reset();
  EXPECT_TRUE(assets_->uploads().begin(alice_, "c", 10));
}

TEST_F(QuotaTest, ManyUploadsAtOnceMeetTheBoundaryExactly) {
  config_.limits.uploads_per_user = 100;
  build();
  quotas_.set(alice_, 10 * 1000);
  const auto put_one = [&](int i) {
    return try_put(alice_, "file " + std::to_string(i), std::string(1000, static_cast<char>('a' + i))).has_value();
  };
  EXPECT_EQ(in_parallel(16, put_one), 10);
  EXPECT_EQ(assets_->catalogue().used_bytes(alice_).value(), 10'000u);
}

TEST_F(QuotaTest, ManyUploadsOfUnknownSizeNeverExceedIt) {
  config_.limits.uploads_per_user = 100;
  build();
  quotas_.set(alice_, 4000);
  in_parallel(12, [&](int i) {
    auto upload = assets_->uploads().begin(alice_, "file " + std::to_string(i), {});
    if (!upload) return false;
    for (int piece = 0; piece < 10; ++piece)
      if (!(*upload)->write(core::Bytes(100, static_cast<std::uint8_t>(i)))) return false;
    return (*upload)->commit().has_value();
  });
  EXPECT_LE(assets_->catalogue().used_bytes(alice_).value(), 4000u);
  EXPECT_EQ(blobs_.open_writers(), 0);
  const auto left = 4000 - assets_->catalogue().used_bytes(alice_).value();
  EXPECT_TRUE(try_put(alice_, "the rest", std::string(left, 'r')));
}

TEST_F(QuotaTest, OlderVersionsCountUntilTheyGo) {
  quotas_.set(alice_, 10);
  put(alice_, "a", "01234");
  put(alice_, "a", "56789");
  EXPECT_EQ(code_of(try_put(alice_, "a", "x")), ErrorCode::quota_exceeded);
  clock_.advance(kVersionKept);
  sweep_all();
  EXPECT_TRUE(try_put(alice_, "a", "x"));
}

TEST_F(QuotaTest, EqualContentCountsOnce) {
  quotas_.set(alice_, 10);
  put(alice_, "a", "01234");
  put(alice_, "b", "01234");
  EXPECT_EQ(assets_->catalogue().used_bytes(alice_).value(), 5u);
  EXPECT_TRUE(try_put(alice_, "c", "56789"));
}

TEST_F(QuotaTest, DeletedAssetsGiveWayLongestDeletedFirst) {
  quotas_.set(alice_, 10);
  const auto older = put(alice_, "a", "01234");
  const auto newer = put(alice_, "b", "56789");
  ASSERT_TRUE(assets_->catalogue().remove(alice_, older.id));
  clock_.advance(std::chrono::seconds(1));
  ASSERT_TRUE(assets_->catalogue().remove(alice_, newer.id));
  EXPECT_EQ(assets_->catalogue().used_bytes(alice_).value(), 0u);
  EXPECT_TRUE(try_put(alice_, "c", "abc"));
  EXPECT_EQ(code_of(assets_->catalogue().restore(alice_, older.id)), ErrorCode::not_found);
  EXPECT_TRUE(assets_->catalogue().restore(alice_, newer.id));
  EXPECT_EQ(content_of(alice_, newer.id).value(), "56789");
}

TEST_F(QuotaTest, ARefusedUploadCostsNoDeletedAsset) {
  quotas_.set(alice_, 10);
  put(alice_, "kept", "0123");
  const auto deleted = put(alice_, "deleted", "4567");
  ASSERT_TRUE(assets_->catalogue().remove(alice_, deleted.id));
  EXPECT_EQ(code_of(assets_->uploads().begin(alice_, "x", 7)), ErrorCode::quota_exceeded);
  EXPECT_TRUE(assets_->catalogue().restore(alice_, deleted.id));
}

TEST_F(QuotaTest, DeletedContentThatIsStillNamedFreesNothing) {
  put(alice_, "kept", "01234567");
  const auto copy = put(alice_, "copy", "01234567");
  ASSERT_TRUE(assets_->catalogue().remove(alice_, copy.id));
  quotas_.set(alice_, 10);
  EXPECT_EQ(code_of(assets_->uploads().begin(alice_, "x", 3)), ErrorCode::quota_exceeded);
  EXPECT_TRUE(assets_->uploads().begin(alice_, "x", 2));
}

TEST_F(QuotaTest, LoweredQuotaRefusesWithoutOverflow) {
  put(alice_, "a", "0123456789");
  quotas_.set(alice_, 5);
  EXPECT_EQ(code_of(assets_->uploads().begin(alice_, "b", 1)), ErrorCode::quota_exceeded);
  quotas_.set(alice_, UINT64_MAX);
  EXPECT_TRUE(try_put(alice_, "b", "1"));
}

}  // namespace kith::assets
