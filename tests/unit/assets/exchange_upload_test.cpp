#include <atomic>
#include <thread>

#include "tests/unit/assets/exchange_fixture.hpp"

namespace kith::assets {

using core::ErrorCode;

using ExchangeUploadTest = ExchangeTest;
using ExchangeReceiveTest = ExchangeTest;
using ExchangeHoldTest = ExchangeTest;

TEST_F(ExchangeUploadTest, TheTokenIsSpentWhenTheContentIsCommitted) {
  const auto made = make();
  const auto ticket = upload_ticket(made, "a.txt", 5).value();
  {
    auto upload = exchanges().begin_upload(ticket).value();
    EXPECT_EQ(state_of(made).state, ExchangeState::uploading);
    ASSERT_TRUE(upload->write(core::as_bytes("hel")));
  }  // breaks off
  EXPECT_EQ(state_of(made).state, ExchangeState::open);
  const auto file = upload_with(ticket, "hello").value();
  EXPECT_EQ(file.name, "a.txt");
  EXPECT_EQ(file.size, 5u);
  const auto filled = state_of(made);
  EXPECT_EQ(filled.state, ExchangeState::available);
  EXPECT_TRUE(filled.finished);
  EXPECT_EQ(code_of(upload_ticket(made, "b.txt", 1)), ErrorCode::conflict);
  EXPECT_EQ(code_of(exchanges().begin_upload(ticket)), ErrorCode::forbidden);
  EXPECT_EQ(try_download(made).value(), "hello");
}

TEST_F(ExchangeUploadTest, TwoTicketsShareTheOnePlace) {
  const auto made = make();
  const auto first = upload_ticket(made, "a", 1).value();
  const auto second = upload_ticket(made, "b", 1).value();
  auto running = exchanges().begin_upload(first).value();
  EXPECT_EQ(code_of(exchanges().begin_upload(second)), ErrorCode::conflict);
  EXPECT_EQ(code_of(exchanges().begin_upload(first)), ErrorCode::conflict) << "the same address twice";
  running.reset();
  EXPECT_TRUE(upload_with(second, "b"));
  EXPECT_EQ(code_of(exchanges().begin_upload(first)), ErrorCode::forbidden);
  EXPECT_EQ(count_rows("exchange_files"), 1);
}

TEST_F(ExchangeUploadTest, ManyAtOnceNeverBecomeMoreThanMayBe) {
  constexpr int kAttempts = 24, kFiles = 5;
  ExchangeWishes wishes;
  wishes.max_files = kFiles;
  const auto made = make(wishes);
  std::vector<ExchangeTicketId> tickets;
  for (int i = 0; i < kAttempts; ++i) tickets.push_back(upload_ticket(made, "f" + std::to_string(i), 1).value());
  std::atomic<int> stored{0};
  {
    std::vector<std::jthread> threads;
    for (const auto& ticket : tickets)
      threads.emplace_back([&] {
        if (upload_with(ticket, "x")) ++stored;
      });
  }
  for (const auto& ticket : tickets)
    if (upload_with(ticket, "x")) ++stored;  // those who met held places
  EXPECT_EQ(stored, kFiles);
  EXPECT_EQ(state_of(made).files.size(), static_cast<std::size_t>(kFiles));
}

TEST_F(ExchangeUploadTest, ALeaseEndsWithTheProcess) {
  const auto made = make();
  const auto ticket = upload_ticket(made, "a", 1).value();
  const auto lost = exchanges().begin_upload(ticket).value();
  ASSERT_EQ(code_of(exchanges().begin_upload(ticket)), ErrorCode::conflict);
  crash();
  EXPECT_EQ(state_of(made).state, ExchangeState::open);
  EXPECT_TRUE(upload_with(ticket, "a"));
}

TEST_F(ExchangeUploadTest, ALeaseEndsWithoutBytes) {
  const auto made = make();
  const auto first = upload_ticket(made, "a", 2).value();
  const auto second = upload_ticket(made, "b", 1).value();
  auto stalled = exchanges().begin_upload(first).value();
  clock_.advance(kExchangeLease - std::chrono::seconds{1});
  ASSERT_TRUE(stalled->write(core::as_bytes("a"))) << "a byte renews it";
  clock_.advance(kExchangeLease - std::chrono::seconds{1});
  EXPECT_EQ(code_of(exchanges().begin_upload(second)), ErrorCode::conflict);
  clock_.advance(std::chrono::seconds{1});
  const auto third = upload_ticket(made, "c", 1).value();
  EXPECT_TRUE(upload_with(third, "c"));
  EXPECT_EQ(code_of(stalled->write(core::as_bytes("a"))), ErrorCode::forbidden);
  EXPECT_EQ(state_of(made).files.front().name, "c");
}

TEST_F(ExchangeUploadTest, NoMoreBytesThanMaxSizeOverAllFiles) {
  ExchangeWishes wishes;
  wishes.max_files = 3;
  wishes.max_size = 10;
  const auto made = make(wishes);
  EXPECT_EQ(code_of(upload_ticket(made, "a", 11)), ErrorCode::too_large);
  const auto six = upload_ticket(made, "a", 6).value();
  const auto five = upload_ticket(made, "b", 5).value();
  auto running = exchanges().begin_upload(six).value();
  EXPECT_EQ(code_of(exchanges().begin_upload(five)), ErrorCode::too_large) << "what runs counts";
  ASSERT_TRUE(running->write(core::as_bytes("123456")));
  EXPECT_EQ(code_of(running->write(core::as_bytes("7"))), ErrorCode::bad_request) << "beyond what was declared";
  running.reset();
  ASSERT_TRUE(upload_with(six, "123456"));
  EXPECT_EQ(code_of(upload_with(five, "12345")), ErrorCode::too_large);
  EXPECT_TRUE(try_upload(made, "c", "1234"));
}

TEST_F(ExchangeUploadTest, FewerBytesThanDeclaredAreNoFile) {
  const auto made = make();
  const auto ticket = upload_ticket(made, "a", 5).value();
  EXPECT_EQ(code_of(upload_with(ticket, "four")), ErrorCode::bad_request);
  EXPECT_EQ(state_of(made).state, ExchangeState::open);
  EXPECT_EQ(blobs_.blob_count(), 0u);
  EXPECT_TRUE(upload_with(ticket, "fives"));
}

TEST_F(ExchangeUploadTest, RefusesNamesThatAreNone) {
  const auto made = make();
  using namespace std::string_view_literals;
  for (const auto name :
       {"../a"sv, "/etc/passwd"sv, "a\\b"sv, "a\0b"sv, "a\r\nSet-Cookie: b"sv, ".."sv, ""sv, "\xff"sv, "\x7f"sv})
    EXPECT_EQ(code_of(upload_ticket(made, name, 1)), ErrorCode::bad_request) << name;
  EXPECT_EQ(code_of(upload_ticket(made, std::string(300, 'a'), 1)), ErrorCode::bad_request);
  EXPECT_EQ(try_upload(made, "invoice\u202Efdp.exe", "MZ").value().name, "invoice\u202Efdp.exe");
}

TEST_F(ExchangeUploadTest, ACollectionTakesFilesUntilItIsFinished) {
  ExchangeWishes wishes;
  wishes.max_files = 3;
  const auto made = make(wishes);
  EXPECT_EQ(code_of(exchanges().finish(visit(made.upload_token).value())), ErrorCode::conflict);
  ASSERT_TRUE(try_upload(made, "a", "1"));
  EXPECT_FALSE(state_of(made).finished);
  EXPECT_EQ(code_of(exchanges().finish(visit(made.download_token).value())), ErrorCode::forbidden);
  ASSERT_TRUE(exchanges().finish(visit(made.upload_token).value()));
  ASSERT_TRUE(exchanges().finish(visit(made.upload_token).value()));
  EXPECT_TRUE(state_of(made).finished);
  EXPECT_EQ(code_of(upload_ticket(made, "b", 1)), ErrorCode::conflict);
}

TEST_F(ExchangeUploadTest, ATicketEndsWithItsTimeOrItsExchange) {
  const auto made = make();
  const auto ticket = upload_ticket(made, "a", 1).value();
  const auto later = upload_ticket(made, "b", 1).value();
  clock_.advance(kExchangeTicketLife);
  EXPECT_EQ(code_of(exchanges().begin_upload(ticket)), ErrorCode::forbidden);
  EXPECT_EQ(code_of(exchanges().begin_upload(later)), ErrorCode::forbidden);
  const auto fresh = upload_ticket(made, "c", 1).value();
  auto running = exchanges().begin_upload(fresh).value();
  ASSERT_TRUE(exchanges().revoke(alice_, made.exchange.id));
  EXPECT_EQ(code_of(running->write(core::as_bytes("c"))), ErrorCode::forbidden) << "cut off";
  EXPECT_EQ(code_of(exchanges().begin_upload(fresh)), ErrorCode::forbidden);
  EXPECT_EQ(code_of(exchanges().begin_upload(ExchangeTicketId::make(clock_, random_))), ErrorCode::forbidden);
}

TEST_F(ExchangeUploadTest, StrangersUseUpNoneOfTheOwnersOwnUploads) {
  ExchangeWishes wishes;
  wishes.max_files = 100;
  const auto made = make(wishes);
  std::vector<std::unique_ptr<ExchangeUpload>> running;
  for (int i = 0; i < config_.limits.uploads_per_user; ++i)
    running.push_back(exchanges().begin_upload(upload_ticket(made, "a" + std::to_string(i), 1).value()).value());
  const auto one_more = upload_ticket(made, "b", 1).value();
  EXPECT_EQ(code_of(exchanges().begin_upload(one_more)), ErrorCode::too_many_requests);
  EXPECT_TRUE(try_put(alice_, "mine", "x"));
  running.pop_back();
  EXPECT_TRUE(upload_with(one_more, "b"));
}

TEST_F(ExchangeUploadTest, ContentCountsTowardsTheQuota) {
  quotas_.set(alice_, 10);
  const auto made = make_filled("12345678");
  EXPECT_EQ(assets_->catalogue().used_bytes(alice_).value(), 8u);
  EXPECT_EQ(code_of(try_put(alice_, "x", "123")), ErrorCode::quota_exceeded);
  EXPECT_EQ(code_of(try_upload(make(), "y", "123")), ErrorCode::quota_exceeded);
  ASSERT_TRUE(exchanges().revoke(alice_, made.exchange.id));
  EXPECT_EQ(assets_->catalogue().used_bytes(alice_).value(), 0u);
  EXPECT_TRUE(try_put(alice_, "x", "123"));
}

TEST_F(ExchangeUploadTest, ABrokenDatabaseLeavesNothingBehind) {
  const auto made = make();
  const auto ticket = upload_ticket(made, "a", 1).value();
  auto upload = exchanges().begin_upload(ticket).value();
  ASSERT_TRUE(upload->write(core::as_bytes("a")));
  database_->broken_with = ErrorCode::storage_full;
  EXPECT_EQ(code_of(upload->commit()), ErrorCode::storage_full);
  database_->broken_with = ErrorCode::count_;
  upload.reset();
  ASSERT_TRUE(assets_->remove_orphans());
  EXPECT_EQ(blobs_.blob_count(), 0u);
  EXPECT_TRUE(upload_with(ticket, "a"));
}

TEST_F(ExchangeUploadTest, TakesSealedNamesWithoutLookingInside) {
  ExchangeWishes wishes;
  wishes.encrypted = true;
  const auto made = make(wishes);
  EXPECT_EQ(code_of(upload_ticket(made, "a", 1)), ErrorCode::bad_request) << "none given";
  EXPECT_EQ(code_of(upload_ticket(made, "a", 1, "no base64!")), ErrorCode::bad_request);
  EXPECT_EQ(code_of(upload_ticket(made, "a", 1, std::string(2049, 'A'))), ErrorCode::bad_request);
  const auto ticket = upload_ticket(made, "sealed.html", 6, "c2VhbGVk").value();
  const auto file = upload_with(ticket, "<html>").value();
  EXPECT_EQ(file.sealed_name, "c2VhbGVk");
  EXPECT_EQ(file.media_type, "application/octet-stream");
  EXPECT_EQ(code_of(upload_ticket(make(), "a", 1, "c2VhbGVk")), ErrorCode::bad_request) << "not encrypted";
}

TEST_F(ExchangeReceiveTest, FilesLandUnderFreeNames) {
  put(alice_, "photo.tar.gz", "mine");
  ExchangeWishes wishes;
  wishes.receive = true;
  wishes.max_files = 3;
  const auto made = make(wishes);
  EXPECT_FALSE(made.download_token.has_value());
  const auto first = try_upload(made, "photo.tar.gz", "theirs").value();
  EXPECT_EQ(first.name, "photo.tar (2).gz");
  EXPECT_EQ(try_upload(made, "photo.tar.gz", "mine").value().name, "photo.tar (3).gz") << "equal content too";
  EXPECT_EQ(content_of(alice_, first.asset.value()).value(), "theirs");
  EXPECT_EQ(assets_->catalogue().find_by_name(alice_, "photo.tar.gz").value().version, 1);
  const auto longest = std::string(250, 'x') + ".jpg";
  put(alice_, longest, "mine");
  const auto third = try_upload(made, longest, "long");
  EXPECT_EQ(code_of(third), ErrorCode::count_);
  EXPECT_LE(third->name.size(), kMaxFileNameBytes);
  EXPECT_TRUE(third->name.ends_with(" (2).jpg"));
}

TEST_F(ExchangeReceiveTest, WhatLandedStaysWhenTheExchangeGoes) {
  ExchangeWishes wishes;
  wishes.receive = true;
  const auto made = make(wishes);
  const auto changes = events_.owned_changes(alice_);
  const auto file = try_upload(made, "a.txt", "for alice").value();
  EXPECT_GT(events_.owned_changes(alice_), changes);
  ASSERT_TRUE(exchanges().revoke(alice_, made.exchange.id));
  sweep_all();
  EXPECT_EQ(count_rows("exchanges"), 0);
  EXPECT_EQ(content_of(alice_, file.asset.value()).value(), "for alice");
}

TEST_F(ExchangeReceiveTest, AnAssetThatGoesLeavesTheRecord) {
  ExchangeWishes wishes;
  wishes.receive = true;
  const auto made = make(wishes);
  const auto file = try_upload(made, "a.txt", "for alice").value();
  ASSERT_TRUE(assets_->catalogue().remove(alice_, file.asset.value()));
  clock_.advance(kDeletedKept);
  sweep_all();
  EXPECT_EQ(blobs_.blob_count(), 0u);
  EXPECT_FALSE(state_of(made).files.at(0).asset.has_value());
}

TEST_F(ExchangeHoldTest, APlaceOutlivesARestartUntilItsTime) {
  const auto made = make();
  const auto ticket = upload_ticket(made, "a", 5).value();
  const auto other = upload_ticket(made, "b", 1).value();
  const auto until = clock_.now() + std::chrono::hours{24};
  EXPECT_EQ(exchanges().hold(ticket, until).value().name, "a");
  crash();
  EXPECT_EQ(state_of(made).state, ExchangeState::uploading);
  EXPECT_EQ(code_of(exchanges().begin_upload(other)), ErrorCode::conflict);
  clock_.advance(std::chrono::hours{23});
  ASSERT_TRUE(exchanges().renew(ticket, clock_.now() + std::chrono::hours{24}));
  clock_.advance(std::chrono::hours{23});
  sweep_all();
  EXPECT_EQ(state_of(made).state, ExchangeState::uploading);
  clock_.advance(std::chrono::hours{1});
  sweep_all();
  EXPECT_EQ(state_of(made).state, ExchangeState::open);
  EXPECT_EQ(code_of(exchanges().renew(ticket, until)), ErrorCode::forbidden);
}

TEST_F(ExchangeHoldTest, CompletesThroughItsNaming) {
  const auto made = make();
  const auto ticket = exchanges().hold(upload_ticket(made, "a", 5).value(), clock_.now() + std::chrono::hours{1});
  ASSERT_TRUE(ticket);
  const auto wrong = exchanges().complete(ticket->id, [&](const Naming& naming) -> core::Expected<void> {
    return database_->write([&](storage::Transaction& transaction) {
      return naming(transaction, {alice_, core::sha256(core::as_bytes("four")), 4, {}});
    });
  });
  EXPECT_EQ(code_of(wrong), ErrorCode::bad_request);
  const auto file = exchanges().complete(ticket->id, [&](const Naming& naming) -> core::Expected<void> {
    return database_->write([&](storage::Transaction& transaction) -> core::Expected<void> {
      const auto digest = core::sha256(core::as_bytes("fives"));
      KITH_TRY(transaction.execute("INSERT INTO blobs (owner, digest, size) VALUES (?, ?, 5)",
                                   {alice_.text(), digest.view()}));
      return naming(transaction, {alice_, digest, 5, core::as_bytes("fives")});
    });
  });
  EXPECT_EQ(file.value().number, 1);
  EXPECT_EQ(state_of(made).state, ExchangeState::available);
  EXPECT_EQ(code_of(exchanges().renew(ticket->id, clock_.now())), ErrorCode::forbidden) << "spent";
}

TEST_F(ExchangeHoldTest, ReleasedPlacesAreFreeAtOnce) {
  const auto made = make();
  const auto ticket = upload_ticket(made, "a", 5).value();
  ASSERT_TRUE(exchanges().hold(ticket, clock_.now() + std::chrono::hours{24}));
  exchanges().release(ticket);
  exchanges().release(ticket);
  EXPECT_EQ(state_of(made).state, ExchangeState::open);
  EXPECT_EQ(code_of(exchanges().begin_upload(ticket)), ErrorCode::forbidden);
  EXPECT_TRUE(try_upload(made, "b", "b"));
}

TEST_F(ExchangeHoldTest, AnExchangeThatGoesTakesItsResumableUploadsAlong) {
  quotas_.set(alice_, 10);
  const auto made = make();
  const auto ticket = exchanges().hold(upload_ticket(made, "a", 10).value(), clock_.now() + std::chrono::hours{24});
  NewResumable wish;
  wish.name = "a";
  wish.size = 10;
  wish.target = kExchangeTarget;
  wish.reference = ticket.value().id.text();
  ASSERT_TRUE(assets_->resumable().create(alice_, wish));
  EXPECT_EQ(code_of(try_put(alice_, "x", "x")), ErrorCode::quota_exceeded);
  sweep_all();
  EXPECT_EQ(code_of(try_put(alice_, "x", "x")), ErrorCode::quota_exceeded) << "it may still come";
  ASSERT_TRUE(exchanges().revoke(alice_, made.exchange.id));
  sweep_all();
  EXPECT_TRUE(try_put(alice_, "x", "x"));
}

}  // namespace kith::assets
