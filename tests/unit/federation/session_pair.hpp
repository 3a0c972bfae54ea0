#pragma once
// Two instances that trust each other already, for tests of what runs over sessions: real acceptors, openers, private
// API and databases, a network in memory, connections and assets from a list.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "federation/net/peer_door.hpp"
#include "federation/permanent_keys.hpp"
#include "federation/session/notifications.hpp"
#include "federation/session/private_api.hpp"
#include "federation/session/remote_assets.hpp"
#include "federation/session/session_acceptor.hpp"
#include "federation/session/session_opener.hpp"
#include "federation/session/told_assets.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_peer_network.hpp"
#include "tests/support/recorded_alerts.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/federation/session_doubles.hpp"

namespace kith::test {

// What two sides of one test share.
struct SessionWorld {
  FakeClock clock;
  SeededRandom random{7};
  FakePeerNetwork network;
};

// One instance with one user. Parts that a restart loses are made again by restart().
class SessionSide {
 public:
  SessionSide(SessionWorld& world, std::string handle, std::string domain, bool tls)
      : world_(world), domain_(std::move(domain)), transport_(world.network.transport_of(domain_)) {
    address_ = handle + "@" + domain_;
    user = core::UserId::make(world.clock, world.random);
    peer_user = core::UserId::make(world.clock, world.random);
    database = storage::Database::open(dir_ / "kith.db", {.synchronous_full = false}).value();
    if (tls) spki = core::sha256(core::as_bytes(domain_));
    restart();
  }
  ~SessionSide() {
    world_.network.detach(domain_);
    remote.reset();
  }

  void restart() {
    world_.network.detach(domain_);
    remote.reset();
    const auto& clock = world_.clock;
    acceptor = std::make_unique<federation::SessionAcceptor>(federation::SessionAcceptor::Parts{*database,
                                                                                                connections,
                                                                                                clock,
                                                                                                world_.random,
                                                                                                core::Logger::none(),
                                                                                                require_verified,
                                                                                                aes,
                                                                                                [this] { return spki; },
                                                                                                {},
                                                                                                {},
                                                                                                &alerts});
    told = std::make_unique<federation::ToldAssets>(*database, clock);
    inbox = std::make_unique<federation::NotificationInbox>(*database, clock, *told,
                                                            [this](const federation::ConnectionRecord& record) {
                                                              ++hints;
                                                              if (remote) remote->refresh_soon(record);
                                                            });
    const auto note = [this](const core::ConnectionId&, std::string_view body) -> core::Expected<void> {
      events.emplace_back(body);
      return {};
    };
    api =
        std::make_unique<federation::PrivateApi>(federation::PrivateApi::Parts{*acceptor, assets, *inbox, note, note});
    door = std::make_unique<federation::PeerDoor>(
        *transport_, *database, clock, federation::PeerDoorOptions{.allow_http = true}, core::Logger::none());
    opener = std::make_unique<federation::SessionOpener>(
        federation::SessionOpener::Parts{*door, connections, clock, world_.random, core::Logger::none(), aes,
                                         [this](const core::ConnectionId&) { ++told_ended; }});
    remote = std::make_unique<federation::RemoteAssets>(
        federation::RemoteAssets::Parts{*opener, *told, clock, core::Logger::none(), limits});
    world_.network.attach(domain_, {[this](const FakeArrival& arrival) { return answer(arrival); }, tls_facts()});
  }

  std::optional<federation::TlsFacts> tls_facts() const {
    if (!spki) return std::nullopt;
    return federation::TlsFacts{true, false, *spki};
  }
  const std::string& domain() const { return domain_; }
  const std::string& address() const { return address_; }

  // An asset of this side's user, shared with the other side's.
  federation::SharedAsset share(const std::string& name, std::string content, const std::string& kind = "file") {
    auto id = core::AssetId::make(world_.clock, world_.random);
    return share_as(id, name, std::move(content), kind);
  }
  federation::SharedAsset share_as(const core::AssetId& id, const std::string& name, std::string content,
                                   const std::string& kind = "file") {
    federation::SharedAsset asset;
    asset.id = id;
    asset.name = name;
    asset.size = content.size();
    asset.media_type = "application/octet-stream";
    asset.kind = kind;
    asset.digest = core::sha256(core::as_bytes(content));
    asset.created_at = asset.shared_at = world_.clock.now();
    asset.etag = "\"" + core::digest_text(asset.digest).substr(8, 16) + "\"";
    assets.put({{user, peer_user}, asset, std::make_shared<const std::string>(std::move(content))});
    return asset;
  }

  core::UserId user;       // lives here
  core::UserId peer_user;  // the row for the one elsewhere
  bool require_verified = false;
  bool aes = true;
  std::optional<core::Digest> spki;
  federation::TransferLimits limits{.first_pause = std::chrono::milliseconds(1)};
  RecordedAlerts alerts;
  ListedConnections connections;
  ListedAssets assets;
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<federation::SessionAcceptor> acceptor;
  std::unique_ptr<federation::ToldAssets> told;
  std::unique_ptr<federation::NotificationInbox> inbox;
  std::unique_ptr<federation::PrivateApi> api;
  std::unique_ptr<federation::PeerDoor> door;
  std::unique_ptr<federation::SessionOpener> opener;
  std::unique_ptr<federation::RemoteAssets> remote;
  std::vector<std::string> events;  // bodies of rotate and revoke
  std::atomic<int> hints = 0;
  std::atomic<int> told_ended = 0;

 private:
  FakeAnswer answer(const FakeArrival& arrival) {
    if (arrival.target == "/.well-known/kith") return {.status = 200, .headers = {}, .body = "{}", .source = nullptr};
    federation::PrivateRequest request{arrival.method, arrival.target, arrival.headers, arrival.body, arrival.https, "",
                                       "192.0.2.9"};
    auto response = arrival.target == "/api/auth" ? acceptor->authenticate(request) : api->handle(request);
    FakeAnswer out{response.status, std::move(response.headers), {}, nullptr};
    std::uint64_t length = 0;
    if (auto* stream = std::get_if<federation::PrivateStream>(&response.body)) {
      length = stream->length;
      out.source = stream->source;
    } else {
      out.body = std::get<std::string>(std::move(response.body));
      length = out.body.size();
    }
    if (out.status != 204 && out.status != 304) out.headers.emplace_back("Content-Length", std::to_string(length));
    return out;
  }

  SessionWorld& world_;
  const std::string domain_;
  std::string address_;
  TempDir dir_;
  std::unique_ptr<federation::PeerTransport> transport_;
};

// alice@a.example:1 and bob@b.example:2, connected and verified. With `tls`, requests go directly.
class SessionPair {
 public:
  explicit SessionPair(bool tls = false) : a(world, "alice", "a.example:1", tls), b(world, "bob", "b.example:2", tls) {
    connect(1);
  }
  // Transfers end before the side they read from goes.
  ~SessionPair() {
    a.remote.reset();
    b.remote.reset();
  }

  // One more connection of the two (another one replaces it in the lists by order).
  void connect(std::uint8_t number) {
    auto alice = federation::PermanentKeys::generate(world.random);
    auto bob = federation::PermanentKeys::generate(world.random);
    const auto alice_public = alice.public_keys();
    const auto bob_public = bob.public_keys();
    add(a, b, number, std::move(alice), bob_public);
    add(b, a, number, std::move(bob), alice_public);
  }

  SessionWorld world;
  SessionSide a, b;

 private:
  void add(SessionSide& side, SessionSide& other, std::uint8_t number, federation::PermanentKeys own,
           const federation::PermanentPublicKeys& peer) {
    federation::ConnectionRecord record{.id = core::ConnectionId::make(world.clock, world.random),
                                        .wire_id = {},
                                        .active = true,
                                        .ending = false,
                                        .verified = true,
                                        .peer_polls = false,
                                        .local_user = side.user,
                                        .peer_user = side.peer_user,
                                        .local_address = federation::Address::parse(side.address()).value(),
                                        .peer_address = federation::Address::parse(other.address()).value(),
                                        .peer_instance_key = {},
                                        .own_epoch = 0,
                                        .peer_epoch = 0,
                                        .established_at = world.clock.now()};
    record.wire_id.data.fill(number);
    store(side, record);
    ListedConnections::Entry entry{record, {}, {{0, peer.sign_key, peer.box_key}}};
    entry.own.emplace_back(0, std::move(own));
    side.connections.add(std::move(entry));
  }

  // The row that the tables of sessions refer to.
  void store(SessionSide& side, const federation::ConnectionRecord& record) {
    const auto now = world.clock.now();
    const core::Bytes key(32, 1);
    const core::Bytes handshake(record.wire_id.data.begin(), record.wire_id.data.end());
    const auto work = [&](storage::Transaction& transaction) -> core::Expected<void> {
      KITH_TRY(transaction.execute(
          "INSERT INTO users (id, handle, is_local, email, permission, state, quota_bytes, created_at, updated_at) "
          "VALUES (?, ?, 1, ?, 'user', 'active', 0, ?, ?) ON CONFLICT DO NOTHING",
          {record.local_user.text(), record.local_address.handle(), record.local_address.handle() + "@mail.example",
           now, now}));
      KITH_TRY(transaction.execute(
          "INSERT INTO connections (id, role, state, phase, initiator_key, handshake_id, local_user, local_address, "
          "peer_address, purpose, delivery, wire_id, created_at, updated_at, established_at) VALUES "
          "(?, 'initiator', 'established', 'completed', ?, ?, ?, ?, ?, 'test', 'push', ?, ?, ?, ?)",
          {record.id.text(), key, handshake, record.local_user.text(),
           record.local_address.text() + std::string(handshake[0] - 1u, ' '), record.peer_address.text(),
           record.wire_id.view(), now, now, now}));
      return {};
    };
    ASSERT_TRUE(side.database->write(work).has_value());
  }
};

// Reads a source to its end, waiting for what is pending (at most 20 s).
struct ReadOut {
  bool whole = false;
  std::string bytes;
};
inline ReadOut read_out(federation::ByteSource& source, std::size_t space_size = 256 * 1024) {
  struct Bell {  // shared: it may ring late
    std::mutex mutex;
    std::condition_variable changed;
    int wakes = 0;
  };
  const auto bell = std::make_shared<Bell>();
  source.on_ready([bell] {
    std::lock_guard lock(bell->mutex);
    ++bell->wakes;
    bell->changed.notify_one();
  });
  ReadOut out;
  core::Bytes space(space_size);
  for (;;) {
    int seen = 0;
    {
      std::lock_guard lock(bell->mutex);
      seen = bell->wakes;
    }
    const auto [status, filled] = source.read(space);
    using Status = federation::ByteSource::Status;
    if (status == Status::data) out.bytes += core::as_text(core::ByteView(space).first(filled));
    if (status == Status::end) out.whole = true;
    if (status == Status::end || status == Status::failed) break;
    if (status != Status::pending) continue;
    std::unique_lock lock(bell->mutex);
    if (!bell->changed.wait_for(lock, std::chrono::seconds(20), [&] { return bell->wakes > seen; })) break;
  }
  source.abandon();
  return out;
}

// Text of a size, not the same twice.
inline std::string some_content(std::size_t size, std::uint64_t seed = 3) {
  std::string text(size, '\0');
  std::uint64_t state = seed;
  for (char& c : text) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    c = static_cast<char>(state >> 56);
  }
  return text;
}

}  // namespace kith::test
