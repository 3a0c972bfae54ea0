#include <gtest/gtest.h>

#include <thread>

#include "federation/session/session_limits.hpp"
#include "tests/unit/federation/session_pair.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;
using test::on_path;
using test::read_out;
using test::SessionPair;
using test::some_content;

// Both ways a request can go: sealed over plain HTTP, direct over TLS.
class RemoteAssetsOver : public testing::TestWithParam<bool> {
 protected:
  std::string content_path(const SharedAsset& asset) const {
    return GetParam() ? "/api/private/v1/assets/" + asset.id.text() + "/content" : "/api/private/v1/sealed";
  }
  SessionPair pair{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Sessions, RemoteAssetsOver, testing::Bool(),
                         [](const auto& test) { return test.param ? "Direct" : "Sealed"; });

TEST_P(RemoteAssetsOver, ListsAndReadsWhatWasShared) {
  const auto asset = pair.b.share("a picture.jpg", some_content(700'000), "photo");
  pair.b.share("notes.txt", "words");
  SharedAssetFilter filter;
  filter.kind = "photo";
  filter.name = "a pic";
  const auto page = pair.a.remote->list(pair.a.user, pair.b.address(), filter);
  ASSERT_TRUE(page) << page.error().detail;
  ASSERT_EQ(page->items.size(), 1u);
  EXPECT_EQ(page->items[0], asset);
  const auto opened = pair.a.remote->open(pair.a.user, pair.b.address(), asset.id);
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_EQ((*opened)->asset(), asset);
  const auto source = (*opened)->stream(0, asset.size);
  ASSERT_TRUE(source);
  const auto out = read_out(**source);
  EXPECT_TRUE(out.whole);
  EXPECT_EQ(out.bytes, some_content(700'000));
}

TEST_P(RemoteAssetsOver, ReadsAnyRange) {
  const std::string content = some_content(600'001);
  const auto asset = pair.b.share("file", content);
  for (const auto& [offset, length] : std::vector<std::pair<std::size_t, std::size_t>>{
           {0, 1}, {600'000, 1}, {1, 600'000}, {262'123, 2}, {262'124, 262'124}, {17, 262'125}}) {
    const auto opened = pair.a.remote->open(pair.a.user, pair.b.address(), asset.id);
    const auto source = (*opened)->stream(offset, length);
    const auto out = read_out(**source, 1000);
    EXPECT_TRUE(out.whole);
    EXPECT_EQ(out.bytes, content.substr(offset, length));
  }
}

TEST_P(RemoteAssetsOver, SplitsLongContentIntoRanges) {
  pair.a.limits.bytes_a_request = 100'000;
  pair.a.restart();
  const std::string content = some_content(450'000);
  const auto asset = pair.b.share("file", content);
  const auto opened = pair.a.remote->open(pair.a.user, pair.b.address(), asset.id);
  const auto out = read_out(**(*opened)->stream(0, asset.size));
  EXPECT_TRUE(out.whole);
  EXPECT_EQ(out.bytes, content);
}

// The link breaks again and again, at offsets all over the frames; what comes out is whole.
TEST_P(RemoteAssetsOver, TakesUpABrokenTransferWhereItStopped) {
  const std::string content = some_content(1'500'000);
  const auto asset = pair.b.share("file", content);
  for (const std::uint64_t cut : {0u, 1u, 65'536u, 131'072u, 262'144u, 393'216u, 524'288u, 1'000'000u}) {
    const auto opened = pair.a.remote->open(pair.a.user, pair.b.address(), asset.id);
    ASSERT_TRUE(opened) << opened.error().detail;
    pair.world.network.clear_rules();
    pair.world.network.change_stream(
        on_path(content_path(asset)),
        [cut](std::uint64_t offset, core::Bytes& piece) { return offset + piece.size() <= cut; }, 3);
    const auto out = read_out(**(*opened)->stream(0, asset.size));
    EXPECT_TRUE(out.whole) << cut;
    EXPECT_EQ(out.bytes == content, true) << cut;
    pair.world.clock.advance(std::chrono::minutes(1));  // over the back-off
  }
}

TEST_P(RemoteAssetsOver, GivesUpOnALinkThatNeverHolds) {
  pair.a.limits.retries_without_progress = 2;
  pair.a.restart();
  const auto asset = pair.b.share("file", some_content(900'000));
  const auto opened = pair.a.remote->open(pair.a.user, pair.b.address(), asset.id);
  pair.world.network.change_stream(
      on_path(content_path(asset)), [](std::uint64_t, core::Bytes&) { return false; }, test::FakePeerNetwork::kAlways);
  const auto out = read_out(**(*opened)->stream(0, asset.size));
  EXPECT_FALSE(out.whole);
  EXPECT_EQ(out.bytes, "");
}

TEST_P(RemoteAssetsOver, ContentChangedBetweenTwoPartsFails) {
  const std::string content = some_content(1'000'000);
  const auto asset = pair.b.share("file", content);
  const auto opened = pair.a.remote->open(pair.a.user, pair.b.address(), asset.id);
  pair.world.network.change_stream(on_path(content_path(asset)), [&](std::uint64_t offset, core::Bytes&) {
    if (offset < 500'000) return true;
    pair.b.share_as(asset.id, "file", some_content(1'000'000, 99));
    return false;
  });
  const auto out = read_out(**(*opened)->stream(0, asset.size));
  EXPECT_FALSE(out.whole);
  EXPECT_EQ(out.bytes, content.substr(0, out.bytes.size()));
}

TEST_P(RemoteAssetsOver, WrongDigestIsNeverCompleted) {
  const std::string content = some_content(300'000);
  auto asset = pair.b.share("file", content);
  asset.digest.data[0] ^= 1;
  pair.b.assets.put({{pair.b.user, pair.b.peer_user}, asset, std::make_shared<const std::string>(content)});
  const auto opened = pair.a.remote->open(pair.a.user, pair.b.address(), asset.id);
  const auto out = read_out(**(*opened)->stream(0, asset.size), 1000);
  EXPECT_FALSE(out.whole);
  EXPECT_LT(out.bytes.size(), content.size());
  // A part says nothing of the whole.
  EXPECT_TRUE(read_out(**(*opened)->stream(1, asset.size - 1)).whole);
}

TEST_P(RemoteAssetsOver, RevokedWhileATransferRunsIsCutBeforeItsEnd) {
  const auto asset = pair.b.share("file", some_content(2'000'000));
  const auto opened = pair.a.remote->open(pair.a.user, pair.b.address(), asset.id);
  pair.world.network.change_stream(on_path(content_path(asset)), [&](std::uint64_t offset, core::Bytes&) {
    if (offset < 600'000) return true;
    pair.b.connections.change(0, [](auto& entry) { entry.record.active = false; });
    pair.b.acceptor->connection_ended(pair.b.connections.record().id);
    return true;
  });
  const auto out = read_out(**(*opened)->stream(0, asset.size));
  EXPECT_FALSE(out.whole);
  EXPECT_LT(out.bytes.size(), asset.size);
}

// Even if nobody says so: the last piece is not sent before the connection and the share were looked up again.
TEST_P(RemoteAssetsOver, WithdrawnWhileATransferRunsIsCutBeforeItsEnd) {
  const auto asset = pair.b.share("file", some_content(2'000'000));
  const auto opened = pair.a.remote->open(pair.a.user, pair.b.address(), asset.id);
  pair.world.network.change_stream(on_path(content_path(asset)), [&](std::uint64_t, core::Bytes&) {
    pair.b.assets.withdraw(asset.id);
    return true;
  });
  EXPECT_FALSE(read_out(**(*opened)->stream(0, asset.size)).whole);
}

TEST_P(RemoteAssetsOver, AnotherUsersAssetIsAsIfAbsent) {
  auto asset = pair.b.share("private", "secret");
  const auto somebody = core::UserId::make(pair.world.clock, pair.world.random);
  pair.b.assets.put({{pair.b.user, somebody}, asset, std::make_shared<const std::string>("secret")});
  const auto absent = core::AssetId::make(pair.world.clock, pair.world.random);
  const auto theirs = pair.a.remote->open(pair.a.user, pair.b.address(), asset.id);
  const auto nobodys = pair.a.remote->open(pair.a.user, pair.b.address(), absent);
  ASSERT_FALSE(theirs);
  ASSERT_FALSE(nobodys);
  EXPECT_EQ(theirs.error().code, ErrorCode::not_found);
  EXPECT_EQ(theirs.error().detail, nobodys.error().detail);
  EXPECT_EQ(pair.a.remote->list(pair.a.user, pair.b.address(), {})->items.size(), 0u);
}

TEST_P(RemoteAssetsOver, PeerThatRestartedGetsANewSession) {
  const auto asset = pair.b.share("file", "content");
  ASSERT_TRUE(pair.a.remote->find(pair.a.user, pair.b.address(), asset.id));
  pair.b.restart();
  EXPECT_TRUE(pair.a.remote->find(pair.a.user, pair.b.address(), asset.id));
  EXPECT_EQ(pair.b.acceptor->open_sessions(), 1u);
}

TEST_P(RemoteAssetsOver, PeerThatIsDownIsToldQuickly) {
  pair.world.network.detach(pair.b.domain());
  const auto page = pair.a.remote->list(pair.a.user, pair.b.address(), {});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::peer_unreachable);
  EXPECT_TRUE(page.error().since.has_value());
}

TEST_P(RemoteAssetsOver, WhatWasToldIsRememberedWhileThePeerIsDown) {
  const auto asset = pair.b.share("file", "content");
  ASSERT_TRUE(pair.a.remote->list(pair.a.user, pair.b.address(), {}));
  pair.world.network.detach(pair.b.domain());
  const auto told = pair.a.remote->shared_with_me(pair.a.user, {}, 50);
  ASSERT_TRUE(told) << told.error().detail;
  ASSERT_EQ(told->items.size(), 1u);
  EXPECT_EQ(told->items[0].asset, asset);
  EXPECT_EQ(told->items[0].peer, pair.b.address());
}

TEST_P(RemoteAssetsOver, SessionIsRenewedAfterAnHour) {
  const auto asset = pair.b.share("file", "content");
  ASSERT_TRUE(pair.a.remote->find(pair.a.user, pair.b.address(), asset.id));
  pair.world.clock.advance(std::chrono::minutes(61));
  ASSERT_TRUE(pair.a.remote->find(pair.a.user, pair.b.address(), asset.id));
  EXPECT_EQ(pair.b.acceptor->open_sessions(), 2u);
  pair.world.clock.advance(kOldSessionGrace);
  ASSERT_TRUE(pair.a.remote->find(pair.a.user, pair.b.address(), asset.id));
  EXPECT_EQ(pair.b.connections.own_used.size(), 2u);
}

TEST_P(RemoteAssetsOver, RevocationOverTheChannelReachesThePeer) {
  pair.a.connections.change(0, [](auto& entry) {
    entry.record.active = false;
    entry.record.ending = true;
  });
  const auto id = pair.a.connections.record().id;
  const auto sent = pair.a.opener->send(id, "POST", "/api/private/v1/revoke", R"({"event_id":"x"})");
  ASSERT_TRUE(sent) << sent.error().detail;
  EXPECT_EQ(sent->status, 204);
  EXPECT_EQ(pair.b.events, std::vector<std::string>{R"({"event_id":"x"})"});
  const auto other = pair.a.opener->send(id, "POST", "/api/private/v1/rotate", "{}");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::connection_ended);
}

TEST_P(RemoteAssetsOver, AbandonedTransferEnds) {
  const auto asset = pair.b.share("file", some_content(3'000'000));
  const auto opened = pair.a.remote->open(pair.a.user, pair.b.address(), asset.id);
  {
    const auto source = (*opened)->stream(0, asset.size);
    ASSERT_TRUE(source);
    (*source)->abandon();
  }
  pair.a.restart();  // joins its thread
}

TEST(RemoteAssets, TooManyTransfersAreRefused) {
  SessionPair pair;
  pair.a.limits.at_once = 1;
  pair.a.restart();
  const auto asset = pair.b.share("file", some_content(3'000'000));
  const auto opened = pair.a.remote->open(pair.a.user, pair.b.address(), asset.id);
  const auto first = (*opened)->stream(0, asset.size);  // its ring is full before it is done
  ASSERT_TRUE(first);
  const auto second = (*opened)->stream(0, asset.size);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::busy);
}

TEST(RemoteAssets, AViewerHasNoMoreThanItsShareOfTheTransfers) {
  SessionPair pair;
  pair.a.limits.at_once_of_viewer = 1;
  pair.a.restart();
  const auto asset = pair.b.share("file", some_content(3'000'000));
  const auto opened = pair.a.remote->open(pair.a.user, pair.b.address(), asset.id);
  const auto first = (*opened)->stream(0, asset.size);
  ASSERT_TRUE(first);
  EXPECT_EQ((*opened)->stream(0, asset.size).error().code, ErrorCode::busy);
}

TEST(RemoteAssets, StopEndsWhatRunsAndRefusesWhatComes) {
  SessionPair pair;
  const auto asset = pair.b.share("file", some_content(3'000'000));
  const auto opened = pair.a.remote->open(pair.a.user, pair.b.address(), asset.id);
  const auto running = (*opened)->stream(0, asset.size);
  ASSERT_TRUE(running);
  pair.a.remote->stop();
  EXPECT_EQ((*opened)->stream(0, asset.size).error().code, ErrorCode::busy);
  EXPECT_EQ(pair.a.remote->list(pair.a.user, pair.b.address(), {}).error().code, ErrorCode::busy);
  EXPECT_EQ(pair.a.remote->find(pair.a.user, pair.b.address(), asset.id).error().code, ErrorCode::busy);
  EXPECT_EQ(pair.a.remote->shared_with_me(pair.a.user, {}, 50).error().code, ErrorCode::busy);
  pair.a.remote->refresh_soon(pair.a.connections.record());
  pair.a.remote->stop();
}

TEST(RemoteAssets, AListWithoutEndIsReadSoFarAndForgetsNothing) {
  SessionPair pair;
  const auto forgotten = pair.b.share("told before", "content");
  pair.b.assets.withdraw(forgotten.id);
  const SharedAsset before[] = {forgotten};
  ASSERT_TRUE(pair.a.told->learn(pair.a.connections.record(), before));
  pair.b.share("file", "content");
  pair.b.assets.endless = true;
  pair.a.remote->refresh_soon(pair.a.connections.record());
  // Read in the background: wait for it, not for a time.
  const auto told = [&] { return pair.a.told->list(pair.a.user, {}, 50)->items.size(); };
  for (int i = 0; i < 100'000 && told() < 2; ++i) std::this_thread::yield();
  EXPECT_EQ(told(), 2u);
  const auto captured = pair.world.network.captured();
  EXPECT_EQ(
      std::ranges::count_if(captured, [](const auto& it) { return it.arrival.target == "/api/private/v1/sealed"; }),
      40);
}

TEST(RemoteAssets, APeerThatSendsNextToNothingIsGivenUp) {
  SessionPair pair;
  pair.a.limits.retries_without_progress = 2;
  pair.a.restart();
  const auto asset = pair.b.share("file", some_content(900'000));
  const auto opened = pair.a.remote->open(pair.a.user, pair.b.address(), asset.id);
  ASSERT_TRUE(opened);
  int trickles = 0;
  pair.world.network.change_stream(
      on_path("/api/private/v1/sealed"),
      [&](std::uint64_t, core::Bytes&) {
        ++trickles;  // the head of the answer, and it took a minute
        pair.world.clock.advance(kPaceStretch);
        return true;
      },
      test::FakePeerNetwork::kAlways);
  EXPECT_FALSE(read_out(**(*opened)->stream(0, asset.size)).whole);
  EXPECT_EQ(trickles, 3);
}

TEST(RemoteAssets, TamperedFramesAreNeverPassedOn) {
  SessionPair pair;
  const std::string content = some_content(1'000'000);
  const auto asset = pair.b.share("file", content);
  const auto opened = pair.a.remote->open(pair.a.user, pair.b.address(), asset.id);
  pair.world.network.change_stream(
      on_path("/api/private/v1/sealed"),
      [](std::uint64_t offset, core::Bytes& piece) {
        if (offset > 300'000) piece[piece.size() / 2] ^= 1;
        return true;
      },
      2);
  const auto out = read_out(**(*opened)->stream(0, asset.size));
  EXPECT_TRUE(out.whole);  // asked again, under new counters
  EXPECT_EQ(out.bytes == content, true);
}

TEST(RemoteAssets, ClockSixMinutesOffIsToldAsSuch) {
  SessionPair pair;
  pair.world.network.change_request(on_path("/api/auth"), [&](test::FakeArrival&) {
    pair.world.clock.set_wall(pair.world.clock.now() + std::chrono::minutes(6));
  });
  const auto page = pair.a.remote->list(pair.a.user, pair.b.address(), {});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::timestamp_out_of_range);
}

}  // namespace
}  // namespace kith::federation
