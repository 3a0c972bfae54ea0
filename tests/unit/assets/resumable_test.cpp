// Resumable uploads as a service: time, crashes and others who want the same.
#include "assets/resumable_uploads.hpp"

#include <thread>

#include "assets/limits.hpp"
#include "core/encoding.hpp"
#include "tests/unit/assets/assets_fixture.hpp"

namespace kith::assets {
namespace {

using core::ErrorCode;

class ResumableTest : public AssetsTest {
 protected:
  ResumableUploads& uploads() { return assets_->resumable(); }
  test::MemoryPartials& partials() { return blobs_.partials(); }

  ResumableUpload create(const core::UserId& owner, std::string name, std::uint64_t size) {
    auto created = uploads().create(owner, {std::move(name), size, "", std::string(kCatalogueTarget), ""});
    if (!created) throw std::runtime_error(created.error().detail);
    return *created;
  }
  core::Expected<ResumableUpload> append(const ResumableUpload& upload, std::uint64_t offset, std::string_view content,
                                         std::optional<UploadChecksum> checksum = {}) {
    KITH_TRY_ASSIGN(writing, uploads().open(upload.owner, upload.id, offset, content.size(), std::move(checksum)));
    KITH_TRY(writing->write(core::as_bytes(content)));
    return writing->finish();
  }
  std::uint64_t offset_of(const ResumableUpload& upload) {
    const auto found = uploads().find(upload.owner, upload.id);
    return found ? found->received : UINT64_MAX;
  }
  static UploadChecksum sha256_of(std::string_view content) {
    const auto digest = core::sha256(core::as_bytes(content));
    return {UploadChecksum::Algorithm::sha256, core::Bytes(digest.view().begin(), digest.view().end())};
  }
  void restart() {
    build();
    partials().crash();
    ASSERT_TRUE(assets_->start());
  }
};

TEST_F(ResumableTest, BecomesAnAssetWithItsLastByte) {
  const auto upload = create(alice_, "notes.txt", 11);
  EXPECT_EQ(append(upload, 0, "hello")->received, 5u);
  EXPECT_EQ(code_of(assets_->catalogue().find_by_name(alice_, "notes.txt")), ErrorCode::not_found);
  EXPECT_EQ(events_.owned_changes(alice_), 0);
  const auto whole = append(upload, 5, " world");
  ASSERT_TRUE(whole) << whole.error().detail;
  EXPECT_EQ(whole->state, UploadState::finished);
  const auto asset = assets_->catalogue().find_by_name(alice_, "notes.txt");
  ASSERT_TRUE(asset);
  EXPECT_EQ(whole->asset, asset->id);
  EXPECT_EQ(asset->media_type, "text/plain");
  EXPECT_EQ(*content_of(alice_, asset->id), "hello world");
  EXPECT_EQ(events_.owned_changes(alice_), 1);
  EXPECT_EQ(partials().count(), 0u);
  EXPECT_EQ(blobs_.open_writers(), 0);
  EXPECT_TRUE(uploads().list(alice_)->empty());
}

TEST_F(ResumableTest, GoesADayAfterItsLastByte) {
  const auto upload = create(alice_, "slow", 10);
  clock_.advance(kUploadKept - std::chrono::seconds(1));
  sweep_all();
  EXPECT_EQ(append(upload, 0, "12345")->received, 5u);
  clock_.advance(kUploadKept - std::chrono::seconds(1));
  sweep_all();
  EXPECT_EQ(offset_of(upload), 5u);
  clock_.advance(std::chrono::seconds(1));
  // Over, swept or not.
  EXPECT_EQ(code_of(uploads().find(alice_, upload.id)), ErrorCode::gone);
  EXPECT_TRUE(uploads().list(alice_)->empty());
  EXPECT_EQ(partials().count(), 1u);
  EXPECT_EQ(assets_->sweep()->uploads, 1);
  EXPECT_EQ(partials().count(), 0u);
  EXPECT_EQ(code_of(append(upload, 5, "67890")), ErrorCode::gone);
  clock_.advance(kUploadKept);
  sweep_all();
  EXPECT_EQ(code_of(uploads().find(alice_, upload.id)), ErrorCode::not_found);
  EXPECT_EQ(count_rows("resumable_uploads"), 0);
}

TEST_F(ResumableTest, AFinishedOneIsRememberedForADay) {
  const auto upload = create(alice_, "x", 1);
  const auto asset = append(upload, 0, "x")->asset;
  clock_.advance(kUploadKept - std::chrono::seconds(1));
  sweep_all();
  EXPECT_EQ(uploads().find(alice_, upload.id)->asset, asset);
  EXPECT_EQ(append(upload, 1, "")->asset, asset);
  clock_.advance(std::chrono::seconds(1));
  sweep_all();
  EXPECT_EQ(count_rows("resumable_uploads"), 0);
  EXPECT_EQ(*content_of(alice_, *asset), "x");
}

TEST_F(ResumableTest, WhatWasNotMadeDurableIsNotThereAfterACrash) {
  const auto upload = create(alice_, "crash", kCheckpointBytes + 20);
  {
    auto writing = uploads().open(alice_, upload.id, 0, std::nullopt, std::nullopt);
    ASSERT_TRUE(writing);
    ASSERT_TRUE((*writing)->write(core::Bytes(static_cast<std::size_t>(kCheckpointBytes))));  // a checkpoint
    ASSERT_TRUE((*writing)->write(core::Bytes(10)));
    // The process dies: nothing that comes now reaches the disk.
    partials().checkpoints_fail = true;
  }
  partials().checkpoints_fail = false;
  restart();
  EXPECT_EQ(offset_of(upload), kCheckpointBytes);
  EXPECT_EQ(append(upload, kCheckpointBytes, std::string(20, '\0'))->state, UploadState::finished);
}

TEST_F(ResumableTest, ASlowOneIsMadeDurableNowAndThen) {
  const auto upload = create(alice_, "slow", 10);
  auto writing = uploads().open(alice_, upload.id, 0, std::nullopt, std::nullopt);
  ASSERT_TRUE((*writing)->write(core::as_bytes(std::string_view("1"))));
  EXPECT_EQ(offset_of(upload), 0u);
  clock_.advance(kUploadStalledAfter - std::chrono::seconds(1));
  ASSERT_TRUE((*writing)->write(core::as_bytes(std::string_view("2"))));
  clock_.advance(kUploadStalledAfter);
  ASSERT_TRUE((*writing)->write(core::as_bytes(std::string_view("3"))));
  EXPECT_EQ(offset_of(upload), 3u);
}

TEST_F(ResumableTest, ABrokenRequestLeavesWhatCame) {
  const auto upload = create(alice_, "broken", 10);
  ASSERT_TRUE(
      uploads().open(alice_, upload.id, 0, 10, std::nullopt).value()->write(core::as_bytes(std::string_view("123"))));
  EXPECT_EQ(offset_of(upload), 3u);
  // What came with a checksum goes with its request.
  ASSERT_TRUE(
      uploads().open(alice_, upload.id, 3, 3, sha256_of("456")).value()->write(core::as_bytes(std::string_view("45"))));
  EXPECT_EQ(offset_of(upload), 3u);
  EXPECT_EQ(append(upload, 3, "4567890")->state, UploadState::finished);
}

TEST_F(ResumableTest, AWrongChecksumLeavesNothingOfItsRequest) {
  const auto upload = create(alice_, "checked", 6);
  ASSERT_TRUE(append(upload, 0, "123", sha256_of("123")));
  EXPECT_EQ(code_of(append(upload, 3, "45x", sha256_of("456"))), ErrorCode::checksum_mismatch);
  EXPECT_EQ(offset_of(upload), 3u);
  ASSERT_TRUE(append(upload, 3, "456", sha256_of("456")));
  EXPECT_EQ(*content_of(alice_, assets_->catalogue().find_by_name(alice_, "checked")->id), "123456");
}

TEST_F(ResumableTest, OneWritesAtATimeUntilItStalls) {
  const auto upload = create(alice_, "one", 10);
  auto first = uploads().open(alice_, upload.id, 0, 10, std::nullopt);
  ASSERT_TRUE((*first)->write(core::as_bytes(std::string_view("123"))));
  const auto second = uploads().open(alice_, upload.id, 0, 10, std::nullopt);
  ASSERT_EQ(code_of(second), ErrorCode::locked);
  EXPECT_TRUE(second.error().retry_after);
  clock_.advance(kUploadStalledAfter);
  // Asking ends the silent one: the offset that is told stays true.
  EXPECT_EQ(offset_of(upload), 3u);
  EXPECT_EQ(code_of((*first)->write(core::as_bytes(std::string_view("456")))), ErrorCode::locked);
  EXPECT_EQ(code_of((*first)->finish()), ErrorCode::locked);
  EXPECT_EQ(append(upload, 3, "4567890")->state, UploadState::finished);
  first->reset();
  EXPECT_EQ(*content_of(alice_, assets_->catalogue().find_by_name(alice_, "one")->id), "1234567890");
}

TEST_F(ResumableTest, ManyRequestsAtOnceWriteEachByteOnce) {
  const auto upload = create(alice_, "many", 4000);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&] {
      for (;;) {
        const auto found = uploads().find(alice_, upload.id);
        if (found && found->received == 4000) return;
        if (!found) continue;
        const std::string part(100, static_cast<char>('a' + found->received / 100 % 26));
        (void)append(upload, found->received, part);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::string expected;
  for (int part = 0; part < 40; ++part) expected.append(100, static_cast<char>('a' + part % 26));
  EXPECT_EQ(*content_of(alice_, assets_->catalogue().find_by_name(alice_, "many")->id), expected);
  EXPECT_EQ(count_rows("asset_versions"), 1);
  EXPECT_EQ(blobs_.open_writers(), 0);
}

TEST_F(ResumableTest, ItsWholeSizeCountsFromTheStart) {
  quotas_.set(alice_, 100);
  const auto upload = create(alice_, "x", 60);
  EXPECT_EQ(*assets_->catalogue().used_bytes(alice_), 60u);
  EXPECT_EQ(code_of(uploads().create(alice_, {"y", 41, "", "catalogue", ""})), ErrorCode::quota_exceeded);
  EXPECT_EQ(code_of(try_put(alice_, "z", std::string(41, 'z'))), ErrorCode::quota_exceeded);
  put(alice_, "z", std::string(40, 'z'));
  restart();
  EXPECT_EQ(code_of(try_put(alice_, "more", "m")), ErrorCode::quota_exceeded);
  ASSERT_TRUE(append(upload, 0, std::string(60, 'x')));
  EXPECT_EQ(code_of(try_put(alice_, "more", "m")), ErrorCode::quota_exceeded);
  const auto carols = create(carol_, "not alice's", 1000);
  ASSERT_TRUE(uploads().terminate(carol_, carols.id));
}

TEST_F(ResumableTest, GivenUpItsSizeIsFreeAgain) {
  quotas_.set(alice_, 100);
  const auto upload = create(alice_, "x", 100);
  ASSERT_TRUE(append(upload, 0, "some"));
  ASSERT_TRUE(uploads().terminate(alice_, upload.id));
  EXPECT_EQ(partials().count(), 0u);
  EXPECT_EQ(code_of(uploads().terminate(alice_, upload.id)), ErrorCode::gone);
  put(alice_, "y", std::string(100, 'y'));
}

TEST_F(ResumableTest, GivingUpEndsTheOneThatWrites) {
  const auto upload = create(alice_, "x", 10);
  auto writing = uploads().open(alice_, upload.id, 0, 10, std::nullopt);
  ASSERT_TRUE((*writing)->write(core::as_bytes(std::string_view("123"))));
  ASSERT_TRUE(uploads().terminate(alice_, upload.id));
  EXPECT_FALSE((*writing)->write(core::as_bytes(std::string_view("4"))));
  writing->reset();
  EXPECT_EQ(code_of(uploads().find(alice_, upload.id)), ErrorCode::gone);
  EXPECT_EQ(partials().count(), 0u);
}

TEST_F(ResumableTest, GivingUpStopsTheOneThatIsAboutToWrite) {
  const auto upload = create(alice_, "x", 10);
  // The second time a request reads, the upload is its own, but not open yet.
  int reads = 0;
  database_->after_read = [&] {
    const bool is_claimed = ++reads == 2;
    if (is_claimed) {
      EXPECT_TRUE(uploads().terminate(alice_, upload.id));
    }
  };
  const auto opened = uploads().open(alice_, upload.id, 0, 10, std::nullopt);
  database_->after_read = nullptr;
  EXPECT_EQ(code_of(opened), ErrorCode::locked);
  EXPECT_EQ(code_of(uploads().find(alice_, upload.id)), ErrorCode::gone);
  EXPECT_EQ(partials().count(), 0u);
}

TEST_F(ResumableTest, AWholeOneThatWasNotNamedIsNamedByTheNextRequest) {
  const auto upload = create(alice_, "later", 5);
  int namings = 0;
  UploadTarget broken;
  broken.name = [&](storage::Transaction&, const ArrivedContent&,
                    const ResumableUpload&) -> core::Expected<NamedUpload> {
    ++namings;
    return core::fail(ErrorCode::internal, "not now");
  };
  uploads().set_target("elsewhere", broken);
  const auto other = uploads().create(alice_, {"other", 5, "", "elsewhere", "r1"});
  ASSERT_TRUE(other);
  EXPECT_EQ(code_of(append(*other, 0, "hello")), ErrorCode::internal);
  EXPECT_EQ(code_of(uploads().find(alice_, other->id)), ErrorCode::internal);
  EXPECT_EQ(namings, 2);
  EXPECT_EQ(blobs_.blob_count(), 0u) << "content without a name stays nowhere but in the upload";

  std::string reference;
  bool told = false;
  UploadTarget good;
  good.name = [&](storage::Transaction& transaction, const ArrivedContent& content,
                  const ResumableUpload& named) -> core::Expected<NamedUpload> {
    reference = named.reference;
    EXPECT_EQ(core::as_text(content.head), "hello");
    KITH_TRY(transaction.execute("UPDATE blobs SET names = 1 WHERE owner = ? AND digest = ?",
                                 {content.owner.text(), content.digest.view()}));
    return NamedUpload{std::nullopt, [&told] { told = true; }};
  };
  restart();
  uploads().set_target("elsewhere", good);
  EXPECT_EQ(uploads().find(alice_, other->id)->state, UploadState::finished);
  EXPECT_EQ(reference, "r1");
  EXPECT_TRUE(told);
  EXPECT_EQ(uploads().list(alice_)->size(), 1u) << "only what goes to the catalogue is listed: " << upload.name;
}

TEST_F(ResumableTest, ATargetIsToldOfWhatNeverCame) {
  std::vector<std::string> dropped;
  UploadTarget target;
  target.dropped = [&](const ResumableUpload& upload) { dropped.push_back(upload.reference); };
  uploads().set_target("elsewhere", target);
  for (const auto* reference : {"a", "b", "b"}) {
    ASSERT_TRUE(uploads().create(alice_, {"x", 5, "", "elsewhere", reference}));
  }
  ASSERT_TRUE(uploads().drop_target("elsewhere", "b"));
  EXPECT_EQ(dropped, (std::vector<std::string>{"b", "b"}));
  clock_.advance(kUploadKept);
  sweep_all();
  EXPECT_EQ(dropped.back(), "a");
  EXPECT_EQ(partials().count(), 0u);
}

TEST_F(ResumableTest, ADatabaseThatFailsLosesNoUpload) {
  const auto upload = create(alice_, "x", 5);
  database_->broken_with = ErrorCode::storage_failed;
  EXPECT_FALSE(append(upload, 0, "hello"));
  EXPECT_FALSE(uploads().create(alice_, {"y", 5, "", "catalogue", ""}));
  EXPECT_EQ(partials().count(), 1u);
  database_->broken_with = ErrorCode::count_;
  EXPECT_EQ(offset_of(upload), 0u);
  EXPECT_EQ(append(upload, 0, "hullo")->state, UploadState::finished);
  EXPECT_EQ(*content_of(alice_, assets_->catalogue().find_by_name(alice_, "x")->id), "hullo");
}

TEST_F(ResumableTest, AFullDiskKeepsWhatFitted) {
  const auto upload = create(alice_, "x", 10);
  partials().write_limit = 4;
  EXPECT_EQ(code_of(append(upload, 0, "1234567890")), ErrorCode::storage_full);
  EXPECT_EQ(offset_of(upload), 4u);
  partials().write_limit = UINT64_MAX;
  EXPECT_EQ(append(upload, 4, "567890")->state, UploadState::finished);
}

TEST_F(ResumableTest, LostContentEndsIt) {
  const auto upload = create(alice_, "x", 10);
  ASSERT_TRUE(append(upload, 0, "12345"));
  partials().lose(upload.id);
  EXPECT_EQ(code_of(append(upload, 5, "67890")), ErrorCode::gone);
  EXPECT_EQ(code_of(uploads().find(alice_, upload.id)), ErrorCode::gone);
  EXPECT_TRUE(uploads().list(alice_)->empty());
}

TEST_F(ResumableTest, OthersSeeNothing) {
  const auto upload = create(alice_, "x", 10);
  EXPECT_EQ(code_of(uploads().find(carol_, upload.id)), ErrorCode::not_found);
  EXPECT_EQ(code_of(uploads().open(carol_, upload.id, 0, 1, std::nullopt)), ErrorCode::not_found);
  EXPECT_EQ(code_of(uploads().terminate(carol_, upload.id)), ErrorCode::not_found);
  EXPECT_TRUE(uploads().list(carol_)->empty());
}

TEST_F(ResumableTest, HasLimits) {
  EXPECT_EQ(code_of(uploads().create(alice_, {"a/b", 1, "", "catalogue", ""})), ErrorCode::bad_request);
  EXPECT_EQ(code_of(uploads().create(alice_, {"x", config_.storage.max_file_bytes + 1, "", "catalogue", ""})),
            ErrorCode::too_large);
  EXPECT_EQ(code_of(uploads().create(alice_, {"x", 1, std::string(kMaxUploadMetadata + 1, 'm'), "catalogue", ""})),
            ErrorCode::bad_request);
  for (std::size_t number = 0; number < kOpenUploadsPerUser; ++number) create(alice_, "x", 1);
  EXPECT_EQ(code_of(uploads().create(alice_, {"x", 1, "", "catalogue", ""})), ErrorCode::too_many_requests);
  EXPECT_EQ(partials().count(), kOpenUploadsPerUser);
  create(carol_, "x", 1);
}

TEST_F(ResumableTest, EndedOnesAreForgottenWhenThereAreTooMany) {
  std::optional<ResumableUpload> first;
  for (std::size_t number = 0; number < kEndedUploadsPerUser + 5; ++number) {
    const auto upload = create(alice_, "x", 1);
    clock_.advance(std::chrono::milliseconds(1));
    if (!first) first = upload;
    ASSERT_TRUE(uploads().terminate(alice_, upload.id));
  }
  EXPECT_LE(count_rows("resumable_uploads"), static_cast<std::int64_t>(kEndedUploadsPerUser) + 1);
  EXPECT_EQ(code_of(uploads().find(alice_, first->id)), ErrorCode::not_found);
}

TEST_F(ResumableTest, AccountsGoWithTheirUploads) {
  const auto upload = create(alice_, "x", 10);
  auto writing = uploads().open(alice_, upload.id, 0, 10, std::nullopt);
  const auto carols = create(carol_, "y", 10);
  ASSERT_TRUE(assets_->remove_owner(alice_));
  EXPECT_EQ(partials().count(), 1u);
  EXPECT_FALSE((*writing)->write(core::as_bytes(std::string_view("1"))));
  EXPECT_EQ(offset_of(carols), 0u);
  EXPECT_EQ(count_rows("resumable_uploads"), 1) << "nor is a name remembered of those that ended";
}

}  // namespace
}  // namespace kith::assets
