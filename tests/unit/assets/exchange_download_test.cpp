#include <atomic>
#include <barrier>
#include <thread>

#include "tests/unit/assets/exchange_fixture.hpp"

namespace kith::assets {

using core::ErrorCode;

using ExchangeDownloadTest = ExchangeTest;

TEST_F(ExchangeDownloadTest, TwoHundredAttemptsOnTheLastOneGiveExactlyOne) {
  constexpr int kAttempts = 200;
  const auto made = make_filled("hello", 1);
  std::vector<ExchangeTicketId> tickets;
  for (int i = 0; i < kAttempts; ++i) tickets.push_back(download_ticket(made).value());
  std::atomic<int> served{0}, refused{0};
  {
    std::barrier start(kAttempts);
    std::vector<std::jthread> threads;
    for (const auto& ticket : tickets)
      threads.emplace_back([&] {
        start.arrive_and_wait();
        const auto content = download_with(ticket);
        if (content)
          ++served;
        else if (content.error().code == ErrorCode::forbidden)
          ++refused;
      });
  }
  EXPECT_EQ(served, 1);
  EXPECT_EQ(refused, kAttempts - 1);
  EXPECT_EQ(state_of(made).state, ExchangeState::exhausted);
  EXPECT_EQ(state_of(made).downloads(), 1);
  EXPECT_EQ(code_of(visit(made.download_token)), ErrorCode::gone);
}

TEST_F(ExchangeDownloadTest, LookingTakesNothing) {
  const auto made = make_filled("hello", 1);
  const auto ticket = download_ticket(made).value();
  for (int i = 0; i < 10; ++i) {
    const auto content = exchanges().look(ticket).value();
    EXPECT_EQ(content.ticket.size, 5u);
    EXPECT_EQ(content.files.at(0).name, "a.txt");
    ASSERT_TRUE(visit(made.download_token));
  }
  EXPECT_EQ(state_of(made).downloads(), 0);
  EXPECT_EQ(state_of(made).downloads_running, 0);
  EXPECT_EQ(download_with(ticket).value(), "hello");
}

TEST_F(ExchangeDownloadTest, ABrokenOneGivesItsPlaceBack) {
  const auto made = make_filled("hello", 1);
  const auto first = download_ticket(made).value();
  const auto second = download_ticket(made).value();
  auto running = exchanges().begin_download(first).value();
  EXPECT_EQ(state_of(made).downloads_running, 1);
  EXPECT_EQ(code_of(exchanges().begin_download(second)), ErrorCode::forbidden);
  ASSERT_TRUE(running->sent(0, 4));
  running.reset();
  EXPECT_EQ(state_of(made).downloads_running, 0);
  EXPECT_EQ(state_of(made).downloads(), 0);
  EXPECT_EQ(download_with(second).value(), "hello");
  EXPECT_EQ(code_of(exchanges().begin_download(first)), ErrorCode::forbidden);
}

TEST_F(ExchangeDownloadTest, RangesOfOneAddressAddUpAndCountOnce) {
  const auto made = make_filled("0123456789", 2);
  const auto ticket = download_ticket(made).value();
  auto first = exchanges().begin_download(ticket).value();
  auto second = exchanges().begin_download(ticket).value();
  EXPECT_EQ(state_of(made).downloads_running, 1) << "they share a place";
  ASSERT_TRUE(first->sent(0, 6));
  EXPECT_EQ(state_of(made).downloads(), 0);
  ASSERT_TRUE(second->sent(6, 4));
  EXPECT_EQ(state_of(made).downloads(), 1);
  EXPECT_EQ(code_of(exchanges().begin_download(ticket)), ErrorCode::forbidden) << "the address is spent";
  first.reset();
  second.reset();
  EXPECT_EQ(state_of(made).downloads(), 1);
  EXPECT_EQ(state_of(made).state, ExchangeState::available);
}

TEST_F(ExchangeDownloadTest, GoingOnLaterCountsRightEvenAfterACrash) {
  const auto made = make_filled("0123456789", 1);
  const auto ticket = download_ticket(made).value();
  ASSERT_TRUE(download_with(ticket, 0, 6));
  crash();
  EXPECT_EQ(state_of(made).downloads_running, 0);
  ASSERT_TRUE(download_with(ticket, 6, 3));
  EXPECT_EQ(state_of(made).downloads(), 0);
  ASSERT_TRUE(download_with(ticket, 9, 1));
  EXPECT_EQ(state_of(made).downloads(), 1);
  EXPECT_EQ(state_of(made).state, ExchangeState::exhausted);
}

TEST_F(ExchangeDownloadTest, RangesCountInWhateverOrderTheyAreFetched) {
  const auto made = make_filled("0123456789", 1);
  const auto ticket = download_ticket(made).value();
  ASSERT_TRUE(download_with(ticket, 5, 5));
  ASSERT_TRUE(download_with(ticket, 3, 5)) << "some of it again";
  EXPECT_EQ(state_of(made).downloads(), 0);
  ASSERT_TRUE(download_with(ticket, 0, 3));
  EXPECT_EQ(state_of(made).downloads(), 1);
  EXPECT_EQ(code_of(exchanges().begin_download(ticket)), ErrorCode::forbidden);
}

TEST_F(ExchangeDownloadTest, TheSamePartAgainIsNoDownload) {
  const auto made = make_filled("0123456789", 1);
  const auto ticket = download_ticket(made).value();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(download_with(ticket, 0, 6)) << "it breaks off, and begins anew";
  EXPECT_EQ(state_of(made).downloads(), 0);
  ASSERT_TRUE(download_with(ticket));
  EXPECT_EQ(state_of(made).downloads(), 1);
}

TEST_F(ExchangeDownloadTest, PartsFromSeveralAddressesCountToo) {
  const auto made = make_filled("0123456789", 2);
  ASSERT_TRUE(download_with(download_ticket(made).value(), 0, 9));
  EXPECT_EQ(state_of(made).downloads(), 0);
  ASSERT_TRUE(download_with(download_ticket(made).value(), 9, 1));
  EXPECT_EQ(state_of(made).downloads(), 1);
  ASSERT_TRUE(download_with(download_ticket(made).value(), 9, 1)) << "of the next one";
  EXPECT_EQ(state_of(made).downloads(), 1);
  ASSERT_TRUE(download_with(download_ticket(made).value(), 0, 9));
  EXPECT_EQ(state_of(made).state, ExchangeState::exhausted);
}

TEST_F(ExchangeDownloadTest, PartsFetchedAtTheSameTimeOnTwoAddressesCount) {
  const auto made = make_filled("0123456789", 2);
  auto first = exchanges().begin_download(download_ticket(made).value()).value();
  auto second = exchanges().begin_download(download_ticket(made).value()).value();
  ASSERT_TRUE(first->sent(0, 9));
  ASSERT_TRUE(second->sent(9, 1));
  first.reset();
  EXPECT_EQ(state_of(made).downloads(), 0);
  second.reset();
  EXPECT_EQ(state_of(made).downloads(), 1);
  EXPECT_EQ(state_of(made).downloads_running, 0);
}

TEST_F(ExchangeDownloadTest, OneAddressGivesTheWholeOnce) {
  const auto made = make_filled("0123456789", 2);
  const auto ticket = download_ticket(made).value();
  auto first = exchanges().begin_download(ticket).value();
  auto second = exchanges().begin_download(ticket).value();
  ASSERT_TRUE(first->sent(0, 9));
  ASSERT_TRUE(second->sent(0, 10));
  EXPECT_EQ(code_of(first->sent(9, 1)), ErrorCode::gone) << "or both would have it";
  ASSERT_TRUE(second->sent(0, 1)) << "the one that counted goes on to its end";
  EXPECT_EQ(state_of(made).downloads(), 1);

  const auto unlimited = make_filled("0123456789");
  const auto open = download_ticket(unlimited).value();
  first = exchanges().begin_download(open).value();
  second = exchanges().begin_download(open).value();
  ASSERT_TRUE(second->sent(0, 10));
  ASSERT_TRUE(first->sent(0, 10));
}

TEST_F(ExchangeDownloadTest, APlaceEndsWithTheProcess) {
  const auto made = make_filled("hello", 1);
  const auto ticket = download_ticket(made).value();
  const auto lost = exchanges().begin_download(ticket).value();
  crash();
  EXPECT_EQ(state_of(made).downloads_running, 0);
  EXPECT_EQ(try_download(made).value(), "hello");
}

TEST_F(ExchangeDownloadTest, AnEmptyFileCountsToo) {
  const auto made = make_filled("", 1);
  EXPECT_EQ(try_download(made).value(), "");
  EXPECT_EQ(state_of(made).state, ExchangeState::exhausted);
}

TEST_F(ExchangeDownloadTest, EachFileHasItsDownloadsAndAnArchiveCountsForAll) {
  const auto first = put(alice_, "a", "aa");
  const auto second = put(alice_, "b", "b");
  ExchangeWishes wishes;
  wishes.asset_ids = {first.id, second.id};
  wishes.max_downloads = 1;
  const auto made = make(wishes);
  EXPECT_EQ(code_of(download_ticket(made)), ErrorCode::bad_request) << "which one?";
  EXPECT_EQ(code_of(download_ticket(made, 3)), ErrorCode::not_found);
  const auto archive = exchanges().ticket_for_archive(visit(made.download_token).value(), 300).value();
  ASSERT_TRUE(download_with(download_ticket(made, 1).value()));
  EXPECT_EQ(code_of(download_ticket(made, 1)), ErrorCode::gone);
  EXPECT_EQ(code_of(exchanges().begin_download(archive.id)), ErrorCode::forbidden) << "one of its files is used up";
  EXPECT_EQ(state_of(made).downloads_left(), 1);
  EXPECT_EQ(state_of(made).state, ExchangeState::available);
  ASSERT_TRUE(download_with(download_ticket(made, 2).value()));
  EXPECT_EQ(state_of(made).state, ExchangeState::exhausted);

  const auto other = make(wishes);
  const auto all = exchanges().ticket_for_archive(visit(other.download_token).value(), 300).value();
  auto running = exchanges().begin_download(all.id).value();
  EXPECT_EQ(running->content().files.size(), 2u);
  EXPECT_EQ(all_of(*running->open(1).value()), "b");
  EXPECT_EQ(code_of(exchanges().begin_download(download_ticket(other, 2).value())), ErrorCode::forbidden);
  ASSERT_TRUE(running->sent(0, 299));
  EXPECT_EQ(state_of(other).downloads(), 0);
  ASSERT_TRUE(running->sent(299, 1));
  EXPECT_EQ(state_of(other).state, ExchangeState::exhausted);
}

TEST_F(ExchangeDownloadTest, AnArchiveThatBreaksOffIsFreeOnce) {
  ExchangeWishes wishes;
  wishes.asset_ids = {put(alice_, "a", "0123456789").id, put(alice_, "b", "0123456789").id};
  wishes.max_downloads = 1;
  const auto made = make(wishes);
  const auto break_off = [&](std::uint64_t at) {
    const auto all = exchanges().ticket_for_archive(visit(made.download_token).value(), 300).value();
    return download_with(all.id, 0, at);
  };
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(break_off(8)) << "nobody has a file";
  ASSERT_TRUE(break_off(15)) << "the first file, and half of the second";
  EXPECT_EQ(state_of(made).downloads(), 0);
  ASSERT_TRUE(download_with(download_ticket(made, 2).value(), 5, 5)) << "its other half";
  EXPECT_EQ(state_of(made).files.at(1).downloads, 1);
  EXPECT_EQ(state_of(made).files.at(0).downloads, 0);
  ASSERT_TRUE(download_with(download_ticket(made, 1).value(), 0, 9)) << "may still break off";
  EXPECT_EQ(state_of(made).files.at(0).downloads, 0);
  ASSERT_TRUE(download_with(download_ticket(made, 1).value(), 9, 1));
  EXPECT_EQ(state_of(made).state, ExchangeState::exhausted);

  const auto other = make(wishes);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(state_of(other).downloads(), 0);
    const auto all = exchanges().ticket_for_archive(visit(other.download_token).value(), 300).value();
    ASSERT_TRUE(download_with(all.id, 0, 299));
  }
  EXPECT_EQ(state_of(other).state, ExchangeState::exhausted) << "all was sent twice";
}

TEST_F(ExchangeDownloadTest, AnArchiveBegunAnewEndsTheEarlierAnswer) {
  ExchangeWishes wishes;
  wishes.asset_ids = {put(alice_, "a", "0123456789").id};
  wishes.max_downloads = 2;
  const auto made = make(wishes);
  const auto all = exchanges().ticket_for_archive(visit(made.download_token).value(), 300).value();
  const auto first = exchanges().begin_download(all.id).value();
  ASSERT_TRUE(first->sent(0, 1));
  const auto second = exchanges().begin_download(all.id).value();
  EXPECT_EQ(code_of(first->sent(1, 1)), ErrorCode::gone);
  ASSERT_TRUE(second->sent(0, 300));
  EXPECT_EQ(state_of(made).downloads(), 1);
}

TEST_F(ExchangeDownloadTest, RevokingCutsOffAndErasesAtOnce) {
  const auto made = make_filled("hello");
  const auto ticket = download_ticket(made).value();
  const auto running = exchanges().begin_download(ticket).value();
  ASSERT_TRUE(running->sent(0, 1));
  ASSERT_TRUE(exchanges().revoke(alice_, made.exchange.id));
  EXPECT_EQ(blobs_.blob_count(), 0u);
  EXPECT_EQ(code_of(running->sent(0, 1)), ErrorCode::gone);
  EXPECT_EQ(code_of(exchanges().begin_download(ticket)), ErrorCode::forbidden);
  EXPECT_EQ(code_of(exchanges().look(ticket)), ErrorCode::forbidden);
  EXPECT_EQ(code_of(visit(made.download_token)), ErrorCode::gone);
  EXPECT_EQ(state_of(made).state, ExchangeState::revoked);
}

TEST_F(ExchangeDownloadTest, AnExhaustedOneLosesItsContentButNotItsRecord) {
  const auto made = make_filled("hello", 1);
  ASSERT_TRUE(try_download(made));
  sweep_all();
  EXPECT_EQ(blobs_.blob_count(), 0u);
  EXPECT_EQ(state_of(made).state, ExchangeState::exhausted);
  EXPECT_EQ(state_of(made).downloads(), 1);
  EXPECT_EQ(state_of(made).files.at(0).name, "a.txt");
}

TEST_F(ExchangeDownloadTest, WithoutALimitEverybodyMay) {
  const auto made = make_filled("hello");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(try_download(made).value(), "hello");
  EXPECT_EQ(state_of(made).downloads(), 5);
  EXPECT_EQ(state_of(made).downloads_left(), std::nullopt);
}

TEST_F(ExchangeDownloadTest, NothingIsThereBeforeTheFirstFile) {
  const auto made = make();
  EXPECT_EQ(code_of(download_ticket(made)), ErrorCode::not_found);
  EXPECT_EQ(code_of(exchanges().ticket_for_archive(visit(made.download_token).value(), 22)), ErrorCode::not_found);
  EXPECT_EQ(code_of(exchanges().ticket_for_download(visit(made.upload_token).value(), 1)), ErrorCode::forbidden);
}

TEST_F(ExchangeDownloadTest, ATicketIsGoodForTenMinutesAndOneThing) {
  const auto made = make_filled("hello");
  const auto ticket = download_ticket(made).value();
  EXPECT_EQ(code_of(exchanges().begin_upload(ticket)), ErrorCode::forbidden);
  auto running = exchanges().begin_download(ticket).value();
  clock_.advance(kExchangeTicketLife);
  sweep_all();
  ASSERT_TRUE(running->sent(0, 5)) << "what began in time ends";
  running.reset();
  EXPECT_EQ(state_of(made).downloads(), 1);
  EXPECT_EQ(code_of(exchanges().begin_download(ticket)), ErrorCode::forbidden);
}

TEST_F(ExchangeDownloadTest, UnusedTicketsAreBounded) {
  const auto made = make_filled("hello");
  for (int i = 0; i < kMaxExchangeTickets; ++i) ASSERT_TRUE(download_ticket(made)) << i;
  EXPECT_EQ(code_of(download_ticket(made)), ErrorCode::too_many_requests);
  clock_.advance(kExchangeTicketLife);
  EXPECT_TRUE(download_ticket(made));
  sweep_all();
  EXPECT_EQ(count_rows("exchange_tickets"), 1);
}

TEST_F(ExchangeDownloadTest, APlaceIsFreeAgainWhenTheDiskWorksAgain) {
  const auto made = make_filled("hello", 1);
  auto running = exchanges().begin_download(download_ticket(made).value()).value();
  ASSERT_TRUE(running->sent(0, 1));
  database_->broken_with = ErrorCode::storage_full;
  running.reset();
  database_->broken_with = ErrorCode::count_;
  EXPECT_EQ(state_of(made).downloads_running, 1);
  sweep_all();
  EXPECT_EQ(state_of(made).downloads_running, 0);
  EXPECT_EQ(try_download(made).value(), "hello");
}

TEST_F(ExchangeDownloadTest, WhatCouldNotBeCountedIsCountedLater) {
  const auto made = make_filled("hello", 1);
  const auto ticket = download_ticket(made).value();
  auto running = exchanges().begin_download(ticket).value();
  database_->broken_with = ErrorCode::storage_full;
  EXPECT_EQ(code_of(running->sent(0, 5)), ErrorCode::storage_full);
  running.reset();
  database_->broken_with = ErrorCode::count_;
  EXPECT_EQ(code_of(try_download(made)), ErrorCode::forbidden) << "nobody else gets the place";
  sweep_all();
  EXPECT_EQ(state_of(made).state, ExchangeState::exhausted);
}

}  // namespace kith::assets
