// Sessions on top of connections that a real handshake made: listing, streaming, rotating keys, hints, revoking.
#include <gtest/gtest.h>

#include "federation/session/notifications.hpp"
#include "federation/session/private_api.hpp"
#include "federation/session/remote_assets.hpp"
#include "federation/session/session_acceptor.hpp"
#include "federation/session/session_opener.hpp"
#include "tests/support/federation_node.hpp"
#include "tests/unit/federation/session_pair.hpp"

namespace kith::federation {
namespace {

using test::FederationNode;
using test::ListedAssets;
using test::read_out;
using test::settle;
using test::some_content;

// Everything sessions need, on a node whose handshakes are done. Takes the node's place in the network.
class NodeSessions {
 public:
  NodeSessions(test::FakePeerNetwork& network, test::FakeClock& clock, FederationNode& node)
      : network_(network),
        node_(node),
        transport_(network.transport_of(node.domain())),
        book_(node.connections()),
        acceptor({node.database(), book_, clock, random_, core::Logger::none(), false, true, {}}),
        told_(node.database(), clock),
        inbox_(
            node.database(), clock, told_, [this](const ConnectionRecord& record) { remote.refresh_soon(record); },
            [this](const ConnectionRecord& record) { note_told(record); }),
        api_({acceptor, assets, inbox_,
              [this](const core::ConnectionId& id, std::string_view body) {
                return node_.handshakes().on_rotate(id, body);
              },
              [this](const core::ConnectionId& id, std::string_view body) {
                return node_.handshakes().on_revoke(id, body);
              }}),
        door_(*transport_, node.database(), clock, {.allow_http = true}, core::Logger::none()),
        opener({door_, book_, clock, random_, core::Logger::none()}),
        notices({node.database(), node.connections(), node.outbox(), opener, clock, random_, core::Logger::none()}),
        remote({opener,
                told_,
                clock,
                core::Logger::none(),
                {.first_pause = std::chrono::milliseconds(1)},
                [this](const ConnectionRecord& record) { note_told(record); }}) {
    node.handshakes().set_channel(opener);
    network.attach(node.domain(), {[this](const test::FakeArrival& arrival) { return answer(arrival); }, {}});
  }
  ~NodeSessions() { network_.detach(node_.domain()); }

  // How many assets the memory had when it was said to be brought up to date, each time.
  std::vector<std::size_t> told_anew() const {
    const std::lock_guard lock(mutex_);
    return told_anew_;
  }

 private:
  test::FakeAnswer answer(const test::FakeArrival& arrival) {
    if (arrival.target == "/.well-known/kith") return {200, {}, node_.identity().discovery_document(), nullptr};
    const PrivateRequest request{arrival.method, arrival.target, arrival.headers, arrival.body, false, ""};
    auto response = arrival.target == "/api/auth" ? acceptor.authenticate(request) : api_.handle(request);
    test::FakeAnswer out{response.status, std::move(response.headers), {}, nullptr};
    if (auto* stream = std::get_if<PrivateStream>(&response.body)) out.source = stream->source;
    if (auto* text = std::get_if<std::string>(&response.body)) out.body = std::move(*text);
    return out;
  }
  void note_told(const ConnectionRecord& record) {
    const auto page = told_.list(record.local_user, {}, 50);
    const std::lock_guard lock(mutex_);
    told_anew_.push_back(page ? page->items.size() : 999);
  }

  mutable std::mutex mutex_;  // guards told_anew_
  std::vector<std::size_t> told_anew_;
  test::FakePeerNetwork& network_;
  FederationNode& node_;
  test::SeededRandom random_{99};
  std::unique_ptr<PeerTransport> transport_;
  ConnectionBook book_;

 public:
  ListedAssets assets;
  SessionAcceptor acceptor;

 private:
  ToldAssets told_;
  NotificationInbox inbox_;
  PrivateApi api_;
  PeerDoor door_;

 public:
  SessionOpener opener;
  ShareNotices notices;
  RemoteAssets remote;
};

class SessionStory : public testing::Test {
 protected:
  SessionStory() {
    const auto wish = a.ask(alice, "bob@b.example:2");
    settle({&a, &b});
    const auto asked = b.only();
    EXPECT_TRUE(b.handshakes().approve(bob, asked.id, asked.fingerprint));
    settle({&a, &b});
    EXPECT_EQ(a.only().state, ConnectionState::established);
    EXPECT_EQ(b.only().state, ConnectionState::established);
    on_a = std::make_unique<NodeSessions>(network, clock, a);
    on_b = std::make_unique<NodeSessions>(network, clock, b);
  }

  ConnectionRecord record(FederationNode& node) { return node.connections().find(node.only().id).value().value(); }

  // A file of bob's that alice sees.
  SharedAsset share(std::size_t size) {
    const auto connection = record(b);
    SharedAsset asset;
    asset.id = core::AssetId::make(clock, random);
    asset.name = "file";
    asset.size = size;
    asset.media_type = "text/plain";
    asset.kind = "other";
    const auto content = std::make_shared<const std::string>(some_content(size));
    asset.digest = core::sha256(core::as_bytes(*content));
    asset.created_at = asset.shared_at = clock.now();
    asset.etag = "\"1\"";
    on_b->assets.put({{bob, connection.peer_user}, asset, content});
    return asset;
  }
  bool alice_reads(const SharedAsset& asset) {
    const auto opened = on_a->remote.open(alice, "bob@b.example:2", asset.id);
    return opened && read_out(**(*opened)->stream(0, asset.size)).whole;
  }

  test::FakeClock clock;
  test::SeededRandom random{5};
  test::FakePeerNetwork network;
  FederationNode a{network, clock, {.domain = "a.example:1", .seed = 1, .web_authority = false}};
  FederationNode b{network, clock, {.domain = "b.example:2", .seed = 2, .web_authority = false}};
  core::UserId alice = a.add_user("alice"), bob = b.add_user("bob");
  std::unique_ptr<NodeSessions> on_b, on_a;  // alice's transfers end before bob's side goes
};

TEST_F(SessionStory, SharedFileIsReadOnceTrustIsThere) {
  EXPECT_TRUE(alice_reads(share(700'000)));
}

TEST_F(SessionStory, KeysAreRotatedAndTheOldPairEnds) {
  const auto asset = share(1'000);
  ASSERT_TRUE(alice_reads(asset));
  ASSERT_TRUE(a.handshakes().rotate(alice, a.only().id));
  settle({&a, &b});
  EXPECT_EQ(record(a).own_epoch, 1u);
  EXPECT_EQ(record(b).peer_epoch, 1u);
  clock.advance(std::chrono::minutes(61));  // the session is renewed, with the new pair
  ASSERT_TRUE(alice_reads(asset));
  EXPECT_FALSE(a.connections().own_keys(a.only().id, 0));
  EXPECT_FALSE(b.connections().peer_keys(b.only().id, 0));
  EXPECT_TRUE(on_b->remote.list(bob, "alice@a.example:1", {}));  // sealed to the new box key
}

TEST_F(SessionStory, HintMakesTheOtherSideReadAgain) {
  const auto asset = share(1'000);
  const core::AssetId ids[] = {asset.id};
  ASSERT_TRUE(on_b->notices.tell(bob, record(b).peer_user, NoticeKind::shared, ids));
  settle({&a, &b});
  // Read in the background: wait for it, not for a time.
  const auto told = [&] { return on_a->remote.shared_with_me(alice, {}, 50)->items.size(); };
  for (int i = 0; i < 20'000 && on_a->told_anew().empty(); ++i) std::this_thread::yield();
  EXPECT_EQ(told(), 1u);
  EXPECT_EQ(on_a->told_anew(), std::vector<std::size_t>{1});
  EXPECT_EQ(b.count("share_notices"), 0);
  ASSERT_TRUE(on_b->notices.tell(bob, record(b).peer_user, NoticeKind::withdrawn, ids));
  settle({&a, &b});
  EXPECT_EQ(told(), 0u);
  EXPECT_EQ(on_a->told_anew(), (std::vector<std::size_t>{1, 0}));
}

TEST_F(SessionStory, HintWaitsForAPeerThatIsDown) {
  const core::AssetId ids[] = {share(1'000).id};
  network.detach(a.domain());
  ASSERT_TRUE(on_b->notices.tell(bob, record(b).peer_user, NoticeKind::changed, ids));
  settle({&b});
  EXPECT_EQ(b.count("share_notices"), 1);
  on_a = nullptr;
  on_a = std::make_unique<NodeSessions>(network, clock, a);
  EXPECT_TRUE(test::settle_until(clock, {&a, &b}, [&] { return b.count("share_notices") == 0; }));
}

TEST_F(SessionStory, RevokedWhileATransferRunsIsCut) {
  const auto asset = share(2'000'000);
  const auto opened = on_a->remote.open(alice, "bob@b.example:2", asset.id);
  ASSERT_TRUE(opened);
  network.change_stream(test::on_path("/api/private/v1/sealed"), [&](std::uint64_t offset, core::Bytes&) {
    if (offset == 0) {
      EXPECT_TRUE(b.handshakes().revoke(bob, b.only().id));
    }
    return true;
  });
  EXPECT_FALSE(read_out(**(*opened)->stream(0, asset.size)).whole);
  settle({&a, &b});  // bob's side tells alice's
  EXPECT_EQ(a.only().state, ConnectionState::revoked);
  EXPECT_EQ(on_a->remote.list(alice, "bob@b.example:2", {}).error().code, core::ErrorCode::not_found);
}

}  // namespace
}  // namespace kith::federation
