#include <fstream>
#include <iterator>

#include "tests/unit/assets/exchange_fixture.hpp"

namespace kith::assets {

using core::ErrorCode;
using namespace std::chrono_literals;

using ExchangeCreationTest = ExchangeTest;
using ExchangeVisitTest = ExchangeTest;
using ExchangeEndTest = ExchangeTest;

TEST_F(ExchangeCreationTest, GivesWhatWasWishedFor) {
  ExchangeWishes wishes;
  wishes.expires_in = 3600s;
  wishes.max_downloads = 3;
  wishes.max_files = 2;
  wishes.max_size = 100;
  wishes.note = "for Bob\nand Carol";
  const auto made = make(wishes);
  const auto exchange = state_of(made);
  EXPECT_EQ(exchange.state, ExchangeState::open);
  EXPECT_EQ(exchange.direction, ExchangeDirection::send);
  EXPECT_EQ(exchange.expires_at, clock_.now() + 1h);
  EXPECT_EQ(exchange.max_downloads, 3);
  EXPECT_EQ(exchange.max_files, 2);
  EXPECT_EQ(exchange.max_size, 100u);
  EXPECT_EQ(exchange.note, "for Bob\nand Carol");
  EXPECT_FALSE(exchange.has_password);
  EXPECT_NE(exchange_token_text(*made.upload_token), exchange_token_text(*made.download_token));
  EXPECT_EQ(exchange_token_text(*made.upload_token).size(), 43u);
  EXPECT_EQ(state_of(make()).expires_at, clock_.now() + 7 * 24h) << "the default";
}

TEST_F(ExchangeCreationTest, RefusesWhatIsOutOfBounds) {
  const auto asset = put(alice_, "a", "a").id;
  const std::vector<std::function<void(ExchangeWishes&)>> wrong{
      [](auto& w) { w.expires_in = 59s; },
      [](auto& w) { w.expires_in = 90 * 24h + 1s; },
      [](auto& w) { w.max_downloads = 0; },
      [](auto& w) { w.max_downloads = 1001; },
      [](auto& w) { w.max_files = 0; },
      [](auto& w) { w.max_files = 101; },
      [](auto& w) { w.max_size = 0; },
      [](auto& w) { w.max_size = UINT64_MAX; },
      [](auto& w) { w.password = ""; },
      [](auto& w) { w.password = std::string(1025, 'p'); },
      [](auto& w) { w.password = "\xff"; },
      [](auto& w) { w.note = std::string(1001, 'n'); },
      [](auto& w) { w.note = std::string("a\0b", 3); },
      [](auto& w) { w.receive = true, w.max_downloads = 1; },
      [](auto& w) { w.receive = true, w.encrypted = true; },
      [&](auto& w) { w.asset_ids = {asset}, w.receive = true; },
      [&](auto& w) { w.asset_ids = {asset}, w.encrypted = true; },
      [&](auto& w) {
        w.asset_ids = {asset, asset};
      },
      [](auto& w) { w.asset_ids.resize(101); },
  };
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    ExchangeWishes wishes;
    wrong[i](wishes);
    EXPECT_EQ(code_of(exchanges().create(alice_, wishes)), ErrorCode::bad_request) << "number " << i;
  }
  EXPECT_EQ(count_rows("exchanges"), 0);
}

TEST_F(ExchangeCreationTest, NamesTheContentOfAssetsAgain) {
  const auto asset = put(alice_, "a.txt", "hello");
  ExchangeWishes wishes;
  wishes.asset_ids = {asset.id};
  const auto made = make(wishes);
  EXPECT_FALSE(made.upload_token.has_value());
  EXPECT_EQ(state_of(made).state, ExchangeState::available);
  EXPECT_EQ(blobs_.blob_count(), 1u);
  EXPECT_EQ(assets_->catalogue().used_bytes(alice_).value(), 5u) << "equal content counts once";
  ASSERT_TRUE(assets_->catalogue().remove(alice_, asset.id));
  clock_.advance(kDeletedKept);
  sweep_all();
  EXPECT_EQ(try_download(made).value(), "hello") << "the exchange keeps it";
  ASSERT_TRUE(exchanges().revoke(alice_, made.exchange.id));
  EXPECT_EQ(blobs_.blob_count(), 0u);
}

TEST_F(ExchangeCreationTest, FillsOnlyFromOwnLiveAssetsThatFit) {
  const auto theirs = put(carol_, "a", "a");
  const auto mine = put(alice_, "b", "12345");
  ExchangeWishes wishes;
  wishes.asset_ids = {theirs.id};
  EXPECT_EQ(code_of(exchanges().create(alice_, wishes)), ErrorCode::not_found);
  wishes.asset_ids = {mine.id};
  wishes.max_size = 4;
  EXPECT_EQ(code_of(exchanges().create(alice_, wishes)), ErrorCode::too_large);
  wishes.max_size = 5;
  EXPECT_TRUE(exchanges().create(alice_, wishes));
  ASSERT_TRUE(assets_->catalogue().remove(alice_, mine.id));
  EXPECT_EQ(code_of(exchanges().create(alice_, wishes)), ErrorCode::not_found);
  EXPECT_EQ(count_rows("exchanges"), 1);
}

TEST_F(ExchangeCreationTest, AThousandAreEnough) {
  for (int i = 0; i < kMaxExchanges; ++i) ASSERT_TRUE(exchanges().create(alice_, {})) << i;
  EXPECT_EQ(code_of(exchanges().create(alice_, {})), ErrorCode::conflict);
  EXPECT_TRUE(exchanges().create(carol_, {}));
  const auto newest = exchanges().list(alice_, {}).value().items.front().id;
  ASSERT_TRUE(exchanges().revoke(alice_, newest));
  EXPECT_TRUE(exchanges().create(alice_, {}));
}

TEST_F(ExchangeCreationTest, TheDatabaseHasNoTokenAndNoPassword) {
  ExchangeWishes wishes;
  wishes.password = "correct horse";
  const auto made = make(wishes);
  ASSERT_TRUE(try_upload(made, "a", "a"));
  ASSERT_TRUE(visit(made.download_token, "correct horse"));
  std::string bytes;
  for (const auto* file : {"kith.db", "kith.db-wal"}) {
    std::ifstream stream(folder_ / file, std::ios::binary);
    bytes.append(std::istreambuf_iterator<char>(stream), {});
  }
  ASSERT_NE(bytes.find(made.exchange.id.text()), std::string::npos) << "the search finds what is there";
  for (const auto* token : {&*made.upload_token, &*made.download_token}) {
    EXPECT_EQ(bytes.find(exchange_token_text(*token)), std::string::npos);
    EXPECT_EQ(bytes.find(core::as_text(token->view())), std::string::npos);
  }
}

TEST_F(ExchangeCreationTest, ListsNewestFirstAndOnlyOwnOnes) {
  const auto first = make_filled("one");
  clock_.advance(1s);
  const auto second = make();
  ASSERT_TRUE(exchanges().create(carol_, {}));
  const auto page = exchanges().list(alice_, {"", 1}).value();
  ASSERT_EQ(page.items.size(), 1u);
  EXPECT_EQ(page.items[0].id, second.exchange.id);
  const auto rest = exchanges().list(alice_, {page.next.value(), 1}).value();
  ASSERT_EQ(rest.items.size(), 1u);
  EXPECT_EQ(rest.items[0].id, first.exchange.id);
  EXPECT_EQ(rest.items[0].files.at(0).name, "a.txt");
  EXPECT_FALSE(rest.next.has_value());
  EXPECT_EQ(exchanges().list(alice_, {}).value().items.at(1).files.size(), 1u);
  EXPECT_EQ(code_of(exchanges().find(carol_, first.exchange.id)), ErrorCode::not_found);
  EXPECT_EQ(code_of(exchanges().revoke(carol_, first.exchange.id)), ErrorCode::not_found);
  EXPECT_EQ(state_of(first).state, ExchangeState::available);
}

TEST(ExchangeToken, HasOneTextAndIsReadBackExactly) {
  test::SeededRandom random;
  const auto token = make_exchange_token(random);
  const auto text = exchange_token_text(token);
  EXPECT_TRUE(parse_exchange_token(text).value() == token);
  EXPECT_FALSE(parse_exchange_token(text + "A"));
  EXPECT_FALSE(parse_exchange_token(text.substr(1)));
  EXPECT_FALSE(parse_exchange_token(""));
  EXPECT_FALSE(parse_exchange_token(std::string(43, '=')));
  EXPECT_FALSE(parse_exchange_token(std::string(42, 'A') + "B")) << "spare bits";
}

TEST_F(ExchangeVisitTest, OnlyTheWholeTokenOpens) {
  const auto made = make_filled("hello");
  EXPECT_EQ(visit(made.download_token).value().role, ExchangeRole::download);
  EXPECT_EQ(visit(made.upload_token).value().role, ExchangeRole::upload);
  auto changed = made.download_token->duplicate();
  changed.writable()[31] ^= 1;
  EXPECT_EQ(code_of(exchanges().visit(changed, {}, "192.0.2.1")), ErrorCode::unauthorized);
  const auto hash = exchange_token_hash(*made.download_token);
  EXPECT_EQ(code_of(exchanges().visit(ExchangeToken::from(hash.view()).value(), {}, "192.0.2.1")),
            ErrorCode::unauthorized)
      << "what the database has is no token";
}

TEST_F(ExchangeVisitTest, APasswordGuardsWhatIsSent) {
  ExchangeWishes wishes;
  wishes.password = "p";
  const auto made = make(wishes);
  ASSERT_TRUE(try_upload(made, "a", "a")) << "the owner's own way in has none";
  const auto without = visit(made.download_token).value();
  EXPECT_TRUE(without.needs_password);
  EXPECT_EQ(code_of(exchanges().ticket_for_download(without, 1)), ErrorCode::password_required);
  EXPECT_EQ(code_of(exchanges().ticket_for_archive(without, 1)), ErrorCode::password_required);
  EXPECT_EQ(code_of(visit(made.download_token, "P")), ErrorCode::wrong_password);
  EXPECT_EQ(code_of(visit(made.download_token, "")), ErrorCode::wrong_password);
  const auto with = visit(made.download_token, "p").value();
  EXPECT_TRUE(exchanges().ticket_for_download(with, 1));
}

TEST_F(ExchangeVisitTest, APasswordGuardsTheWayToTheOwner) {
  ExchangeWishes wishes;
  wishes.password = "p";
  wishes.receive = true;
  const auto made = make(wishes);
  EXPECT_EQ(code_of(upload_ticket(made, "a", 1)), ErrorCode::password_required);
  EXPECT_EQ(code_of(exchanges().finish(visit(made.upload_token).value())), ErrorCode::password_required);
  EXPECT_TRUE(exchanges().ticket_for_upload(visit(made.upload_token, "p").value(), "a", {}, 1));
}

TEST_F(ExchangeVisitTest, GuessingIsSlowedDown) {
  ExchangeWishes wishes;
  wishes.password = "p";
  const auto made = make(wishes);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(code_of(visit(made.download_token, "x")), ErrorCode::wrong_password);
  EXPECT_EQ(code_of(visit(made.download_token, "p")), ErrorCode::too_many_requests);
  EXPECT_TRUE(visit(made.download_token)) << "looking at it costs nothing";
}

TEST_F(ExchangeVisitTest, ASuspendedOwnersLinksLeadNowhere) {
  const auto made = make_filled("hello");
  const auto ticket = download_ticket(made).value();
  ASSERT_TRUE(database_->write([&](storage::Transaction& transaction) -> core::Expected<void> {
    KITH_TRY(transaction.execute("UPDATE users SET state = 'suspended' WHERE id = ?", {alice_.text()}));
    return {};
  }));
  EXPECT_EQ(code_of(visit(made.download_token)), ErrorCode::gone);
  EXPECT_EQ(code_of(exchanges().begin_download(ticket)), ErrorCode::forbidden);
}

TEST_F(ExchangeEndTest, ItsTimeEndsItBeforeAnySweep) {
  ExchangeWishes wishes;
  wishes.expires_in = 60s;
  const auto made = make(wishes);
  ASSERT_TRUE(try_upload(made, "a", "a"));
  const auto ticket = download_ticket(made).value();
  EXPECT_LE(exchanges().look(ticket).value().ticket.expires_at, clock_.now() + 60s) << "no address outlives it";
  clock_.advance(60s);
  EXPECT_EQ(code_of(visit(made.download_token)), ErrorCode::gone);
  EXPECT_EQ(code_of(visit(made.upload_token)), ErrorCode::gone);
  EXPECT_EQ(code_of(exchanges().begin_download(ticket)), ErrorCode::forbidden);
  EXPECT_EQ(state_of(made).state, ExchangeState::expired);
}

TEST_F(ExchangeEndTest, TheSweepErasesContentAndRecord) {
  const auto made = make_filled("hello");
  clock_.advance(7 * 24h - 1s);
  sweep_all();
  EXPECT_EQ(blobs_.blob_count(), 1u);
  const auto told = events_.exchanges_changes();
  clock_.advance(1s);
  EXPECT_EQ(assets_->sweep().value().exchanges, 1);
  EXPECT_EQ(blobs_.blob_count(), 0u);
  for (const auto* table : {"exchanges", "exchange_files", "exchange_tickets", "blobs"})
    EXPECT_EQ(count_rows(table), 0) << table;
  EXPECT_GT(events_.exchanges_changes(), told);
  EXPECT_EQ(code_of(visit(made.download_token)), ErrorCode::unauthorized);
}

TEST_F(ExchangeEndTest, TheSweepTakesManyInBatches) {
  for (int i = 0; i < kSweepBatch + 1; ++i) ASSERT_TRUE(exchanges().create(alice_, {}));
  clock_.advance(7 * 24h);
  EXPECT_TRUE(assets_->sweep().value().more);
  EXPECT_FALSE(assets_->sweep().value().more);
  EXPECT_EQ(count_rows("exchanges"), 0);
}

TEST_F(ExchangeEndTest, SharedContentGoesWithItsLastName) {
  const auto first = make_filled("same");
  const auto second = make_filled("same");
  ASSERT_TRUE(exchanges().revoke(alice_, first.exchange.id));
  EXPECT_EQ(blobs_.blob_count(), 1u);
  EXPECT_EQ(try_download(second).value(), "same");
}

TEST_F(ExchangeEndTest, AnAccountTakesItsExchangesAlong) {
  const auto made = make_filled("hello");
  const auto running = exchanges().begin_download(download_ticket(made).value()).value();
  ASSERT_TRUE(assets_->remove_owner(alice_));
  EXPECT_EQ(code_of(running->sent(0, 1)), ErrorCode::gone);
  EXPECT_EQ(count_rows("exchanges"), 0);
  sweep_all();
  EXPECT_EQ(blobs_.blob_count(), 0u);
  EXPECT_EQ(code_of(visit(made.download_token)), ErrorCode::unauthorized);
}

TEST_F(ExchangeEndTest, ARestartLosesNothing) {
  const auto filled = make_filled("hello", 2);
  const auto open = make();
  ASSERT_TRUE(try_download(filled));
  crash();
  EXPECT_EQ(state_of(filled).downloads_left(), 1);
  EXPECT_EQ(try_download(filled).value(), "hello");
  EXPECT_EQ(state_of(filled).state, ExchangeState::exhausted);
  EXPECT_TRUE(try_upload(open, "a", "a"));
}

}  // namespace kith::assets
