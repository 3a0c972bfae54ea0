#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "core/encoding.hpp"
#include "federation/protocol_constants.hpp"
#include "federation/session/session_limits.hpp"
#include "federation/signing.hpp"
#include "tests/unit/federation/session_pair.hpp"

namespace kith::federation {
namespace {

using Json = nlohmann::json;
using test::on_path;
using test::SessionPair;

const std::string kAuth = "/api/auth";
const std::string kSealed = "/api/private/v1/sealed";

std::string code_of(const test::FakeAnswer& answer) {
  const auto json = Json::parse(answer.body, nullptr, false);
  return json.is_object() ? json.value("code", "") : "";
}

std::vector<test::FakeArrival> captured(const SessionPair& pair, const std::string& path) {
  std::vector<test::FakeArrival> found;
  for (const auto& exchange : pair.world.network.captured()) {
    if (exchange.arrival.target == path) found.push_back(exchange.arrival);
  }
  return found;
}

// Something of everything: one auth, one sealed request.
void ask(SessionPair& pair) {
  ASSERT_TRUE(pair.a.remote->list(pair.a.user, pair.b.address(), {}));
}

TEST(SessionAuth, RepeatedBytesAreReplayedAlsoAfterARestart) {
  SessionPair pair;
  ask(pair);
  const auto auth = captured(pair, kAuth).at(0);
  EXPECT_EQ(code_of(pair.world.network.replay(auth)), "replayed");
  pair.b.restart();
  const auto again = pair.world.network.replay(auth);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(code_of(again), "replayed");
  // When the hash may be forgotten, the clock has become the reason.
  pair.world.clock.advance(std::chrono::minutes(5) + std::chrono::milliseconds(1));
  EXPECT_EQ(code_of(pair.world.network.replay(auth)), "timestamp_out_of_range");
}

// One changed byte anywhere, in body or signature, opens nothing.
TEST(SessionAuth, AnyChangedByteIsRefused) {
  SessionPair pair;
  ask(pair);
  const auto auth = captured(pair, kAuth).at(0);
  pair.b.restart();
  for (std::size_t i = 0; i < auth.body.size(); ++i) {
    auto changed = auth;
    changed.body[i] = static_cast<char>(changed.body[i] ^ 1);
    EXPECT_NE(pair.world.network.replay(changed).status, 200) << i;
  }
  for (auto& [name, value] : test::FakeArrival(auth).headers) {
    if (!core::equal_ignoring_case(name, kSignatureHeader)) continue;
    for (std::size_t i = 0; i < value.size(); ++i) {
      auto changed = auth;
      for (auto& [other, text] : changed.headers) {
        if (other == name) text[i] = text[i] == 'A' ? 'B' : 'A';
      }
      EXPECT_NE(pair.world.network.replay(changed).status, 200) << i;
    }
  }
  EXPECT_EQ(pair.b.acceptor->open_sessions(), 0u);
}

TEST(SessionAuth, AReflectedRequestIsRefused) {
  SessionPair pair;
  ask(pair);
  auto auth = captured(pair, kAuth).at(0);
  auth.to = pair.a.domain();
  EXPECT_EQ(code_of(pair.world.network.replay(auth)), "handshake_rejected");
}

// Signed by the right key, but as another kind of message.
TEST(SessionAuth, SignatureOfAnotherStepIsRefused) {
  SessionPair pair;
  ask(pair);
  auto auth = captured(pair, kAuth).at(0);
  pair.b.restart();
  const auto own = pair.a.connections.own_keys(pair.a.connections.record().id, 0).value();
  for (const auto& forged :
       {sign_request(own.sign, Step::verify, auth.body), sign_response(own.sign, Step::auth, auth.body, auth.body)}) {
    for (auto& [name, value] : auth.headers) {
      if (core::equal_ignoring_case(name, kSignatureHeader)) value = signature_header(forged.signature);
    }
    EXPECT_EQ(code_of(pair.world.network.replay(auth)), "handshake_rejected");
  }
}

// The same message signed anew after a change by somebody with the right key.
test::FakeAnswer send_changed(SessionPair& pair, const std::function<void(Json&)>& change) {
  auto auth = captured(pair, kAuth).at(0);
  auto json = Json::parse(auth.body);
  change(json);
  const auto own = pair.a.connections.own_keys(pair.a.connections.record().id, 0).value();
  const auto message = sign_request(own.sign, Step::auth, json.dump());
  auth.body = message.body;
  for (auto& [name, value] : auth.headers) {
    if (core::equal_ignoring_case(name, kSignatureHeader)) value = signature_header(message.signature);
  }
  return pair.world.network.replay(auth);
}

TEST(SessionAuth, FieldsAreCheckedEvenWhenSigned) {
  SessionPair pair;
  ask(pair);
  const auto with = [&](const char* field, const Json& value) {
    return code_of(send_changed(pair, [&](Json& json) { json[field] = value; }));
  };
  EXPECT_EQ(with("from", "mallory@a.example:1"), "handshake_rejected");
  EXPECT_EQ(with("to", "bob@a.example:1"), "handshake_rejected");
  EXPECT_EQ(with("epoch", 1), "handshake_rejected");
  EXPECT_EQ(with("peer_epoch", 1), "handshake_rejected");
  EXPECT_EQ(with("ephemeral_key", core::to_base64url(core::Bytes(32, 0))), "handshake_rejected");
  EXPECT_EQ(with("session_key", core::to_base64url(core::Bytes(80, 9))), "handshake_rejected");
  EXPECT_EQ(with("connection_id", core::to_base64url(core::Bytes(16, 9))), "not_found");
  EXPECT_EQ(with("connection_id", "short"), "bad_request");
  EXPECT_EQ(with("aes", nullptr), "bad_request");
  EXPECT_EQ(with("timestamp", "2099-01-01T00:00:00.000Z"), "timestamp_out_of_range");
  EXPECT_EQ(pair.b.acceptor->open_sessions(), 1u);
  // Unknown fields are ignored.
  EXPECT_EQ(send_changed(pair, [](Json& json) { json["more"] = 1; }).status, 200);
}

TEST(SessionAuth, RefusedRequestsAreNotRemembered) {
  SessionPair pair;
  ask(pair);
  const auto taken = [&] {
    return pair.b.database
        ->read_for<std::int64_t>([](storage::Reader& reader) -> Expected<std::int64_t> {
          std::int64_t count = 0;
          KITH_TRY(reader.query("SELECT count(*) FROM session_auths", {}, [&](const storage::Row& row) {
            count = row.integer(0);
            return false;
          }));
          return count;
        })
        .value();
  };
  ASSERT_EQ(taken(), 1);
  for (const auto& [field, size] :
       {std::pair("ephemeral_key", std::size_t{32}), std::pair("session_key", std::size_t{80})}) {
    const auto refused =
        send_changed(pair, [&](Json& json) { json[field] = core::to_base64url(core::Bytes(size, 0)); });
    EXPECT_EQ(code_of(refused), "handshake_rejected") << field;
  }
  EXPECT_EQ(taken(), 1);
}

TEST(SessionAuth, UnverifiedIsRefusedWhereWordsAreRequired) {
  SessionPair pair;
  pair.b.require_verified = true;
  pair.b.connections.change(0, [](auto& entry) { entry.record.verified = false; });
  pair.b.restart();
  const auto refused = pair.a.remote->list(pair.a.user, pair.b.address(), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, core::ErrorCode::not_verified);
  pair.b.connections.change(0, [](auto& entry) { entry.record.verified = true; });
  ask(pair);
}

TEST(SessionAuth, EndOfTheConnectionIsSignedAndBelieved) {
  SessionPair pair;
  pair.b.connections.change(0, [](auto& entry) { entry.record.active = false; });
  const auto refused = pair.a.remote->list(pair.a.user, pair.b.address(), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, core::ErrorCode::connection_ended);
  EXPECT_EQ(pair.a.told_ended, 1);
}

TEST(SessionAuth, UnsignedEndOfTheConnectionIsNotBelieved) {
  SessionPair pair;
  pair.world.network.change_answer(on_path(kAuth), [](PeerResponse& response) {
    response.status = 403;
    response.headers.clear();
    response.body = R"({"status":403,"code":"connection_ended"})";
  });
  const auto refused = pair.a.remote->list(pair.a.user, pair.b.address(), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, core::ErrorCode::peer_error);
  EXPECT_EQ(pair.a.told_ended, 0);
  ask(pair);
}

TEST(SessionAuth, ChangedAnswerIsNotBelieved) {
  SessionPair pair;
  pair.world.network.change_answer(on_path(kAuth), [](PeerResponse& response) {
    response.body.replace(response.body.find("ephemeral_key") + 18, 1, "_");
  });
  EXPECT_FALSE(pair.a.remote->list(pair.a.user, pair.b.address(), {}));
  ask(pair);
}

TEST(SessionAuth, LostAnswerMeansAuthAnew) {
  SessionPair pair;
  pair.world.network.lose(test::FakePeerNetwork::Loss::answer, on_path(kAuth));
  EXPECT_FALSE(pair.a.remote->list(pair.a.user, pair.b.address(), {}));
  pair.world.clock.advance(std::chrono::minutes(2));  // over the back-off
  pair.a.door->heard_from(pair.b.domain());
  ask(pair);
}

TEST(SessionAuth, SessionsOfAConnectionAreBounded) {
  SessionPair pair;
  ask(pair);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(send_changed(pair, [i](Json& json) { json["more"] = i; }).status, 200);
  }
  EXPECT_EQ(pair.b.acceptor->open_sessions(), kMaxSessionsPerConnection);
}

TEST(SealedRequests, CounterIsAnsweredOnce) {
  SessionPair pair;
  ask(pair);
  const auto sealed = captured(pair, kSealed).at(0);
  const auto again = pair.world.network.replay(sealed);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(code_of(again), "counter_seen");
}

TEST(SealedRequests, ChangedHeadersAndBodiesMarkNothing) {
  SessionPair pair;
  pair.world.network.lose(test::FakePeerNetwork::Loss::request, on_path(kSealed));
  EXPECT_FALSE(pair.a.remote->list(pair.a.user, pair.b.address(), {}));
  const auto sealed = captured(pair, kSealed).at(0);
  auto other_counter = sealed, other_body = sealed, other_session = sealed;
  for (auto& [name, value] : other_counter.headers) {
    if (name == "Kith-Counter") value = "1";
  }
  other_body.body.back() = static_cast<char>(other_body.body.back() ^ 1);
  for (auto& [name, value] : other_session.headers) {
    if (name == "Kith-Session") value = core::to_base64url(core::Bytes(16, 1));
  }
  EXPECT_EQ(code_of(pair.world.network.replay(other_counter)), "unauthorized");
  EXPECT_EQ(code_of(pair.world.network.replay(other_body)), "unauthorized");
  EXPECT_EQ(code_of(pair.world.network.replay(other_session)), "session_unknown");
  EXPECT_EQ(pair.world.network.replay(sealed).status, 200);  // still fresh
  EXPECT_EQ(code_of(pair.world.network.replay(sealed)), "counter_seen");
}

TEST(SealedRequests, NoRequestStartsAfterTwoHours) {
  SessionPair pair;
  pair.world.network.lose(test::FakePeerNetwork::Loss::request, on_path(kSealed));
  EXPECT_FALSE(pair.a.remote->list(pair.a.user, pair.b.address(), {}));
  pair.world.clock.advance(kSessionLife);
  EXPECT_EQ(code_of(pair.world.network.replay(captured(pair, kSealed).at(0))), "session_expired");
}

TEST(SealedRequests, EndedConnectionIsToldInsideTheAnswer) {
  SessionPair pair;
  ask(pair);
  pair.b.connections.change(0, [](auto& entry) { entry.record.active = false; });
  const auto refused = pair.a.remote->list(pair.a.user, pair.b.address(), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, core::ErrorCode::connection_ended);
}

TEST(DirectRequests, AreRefusedWithoutOwnTls) {
  SessionPair pair(true);
  ask(pair);
  const std::string list = "/api/private/v1/assets?limit=50";
  auto direct = captured(pair, list).at(0);
  EXPECT_EQ(code_of(pair.world.network.replay(direct)), "counter_seen");
  direct.https = false;
  EXPECT_EQ(code_of(pair.world.network.replay(direct)), "forbidden");
}

TEST(DirectRequests, SealedWhereTheCertificateIsAnother) {
  SessionPair pair(true);
  pair.b.spki = core::sha256(core::as_bytes("not the one the proxy shows"));
  ask(pair);
  EXPECT_EQ(captured(pair, kSealed).size(), 1u);
}

TEST(DirectRequests, GoSealedOnceThePeerRefusesThem) {
  SessionPair pair(true);
  const std::string list = "/api/private/v1/assets?limit=50";
  pair.world.network.change_request([&](const auto& arrival) { return arrival.target == list; },
                                    [](test::FakeArrival& arrival) { arrival.https = false; },
                                    test::FakePeerNetwork::kAlways);
  ask(pair);
  ask(pair);
  EXPECT_EQ(captured(pair, list).size(), 1u);
  EXPECT_EQ(captured(pair, kSealed).size(), 2u);
  EXPECT_EQ(captured(pair, kAuth).size(), 1u);
}

TEST(SessionRequests, FewUsersWaitForOnePeerAtOnce) {
  SessionPair pair;
  ask(pair);
  std::atomic<int> arrived = 0;
  const auto counted = [&](const test::FakeArrival& arrival) { return arrival.target == kSealed && ++arrived > 0; };
  const int held = pair.world.network.hold(counted, kMaxWaitingOfPeer);
  const auto list = [&] { return pair.a.remote->list(pair.a.user, pair.b.address(), {}); };
  std::vector<std::future<bool>> waiting;
  for (int i = 0; i < kMaxWaitingOfPeer; ++i) {
    waiting.push_back(std::async(std::launch::async, [&] { return list().has_value(); }));
  }
  while (arrived < kMaxWaitingOfPeer) std::this_thread::yield();
  const auto refused = list();
  pair.world.network.release(held);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, core::ErrorCode::busy);
  EXPECT_EQ(refused.error().retry_after, std::chrono::seconds(1));
  for (auto& one : waiting) EXPECT_TRUE(one.get());
  EXPECT_TRUE(list());
}

TEST(DirectRequests, ChangedAnswerHeadIsNotBelieved) {
  SessionPair pair(true);
  const auto asset = pair.b.share("file", "content");
  pair.world.network.change_answer(
      [&](const test::FakeArrival& arrival) { return arrival.target.ends_with(asset.id.text()); },
      [](PeerResponse& response) { response.status = 404; }, test::FakePeerNetwork::kAlways);
  const auto found = pair.a.remote->find(pair.a.user, pair.b.address(), asset.id);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, core::ErrorCode::peer_error);
}

InnerAnswer call(SessionPair& pair, const std::string& method, const std::string& target, std::string body = {},
                 HeaderList headers = {}) {
  return pair.a.opener
      ->request(pair.a.connections.record(), {method, "/api/private/v1/" + target, std::move(headers), std::move(body)})
      .value();
}

TEST(PrivateApi, RefusesWhatIsNotKnown) {
  SessionPair pair;
  const auto asset = pair.b.share("file", "0123456789");
  const std::string path = "assets/" + asset.id.text();
  EXPECT_EQ(call(pair, "GET", "assets?unknown=1").head.status, 400);
  EXPECT_EQ(call(pair, "GET", "assets?limit=0").head.status, 400);
  EXPECT_EQ(call(pair, "GET", "assets?limit=501").head.status, 400);
  EXPECT_EQ(call(pair, "GET", "assets?limit=5&limit=5").head.status, 400);
  EXPECT_EQ(call(pair, "GET", path + "?x=1").head.status, 400);
  EXPECT_EQ(call(pair, "POST", path).head.status, 405);
  EXPECT_EQ(call(pair, "GET", "nothing").head.status, 404);
  EXPECT_EQ(call(pair, "GET", path + "/thumbnail").head.status, 404);
  EXPECT_EQ(call(pair, "GET", "photos").body, R"({"items":[]})");
}

TEST(PrivateApi, ContentFollowsItsConditions) {
  SessionPair pair;
  const auto asset = pair.b.share("file", "0123456789");
  const std::string path = "assets/" + asset.id.text() + "/content";
  const auto whole = call(pair, "GET", path);
  EXPECT_EQ(whole.head.status, 200);
  EXPECT_EQ(whole.body, "0123456789");
  EXPECT_EQ(find_header(whole.head.headers, "repr-digest"), "sha-256=:" + core::to_base64(asset.digest.view()) + ":");
  const auto part = call(pair, "GET", path, {}, {{"range", "bytes=2-4"}, {"if-range", asset.etag}});
  EXPECT_EQ(part.head.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(find_header(part.head.headers, "content-range"), "bytes 2-4/10");
  EXPECT_EQ(call(pair, "GET", path, {}, {{"range", "bytes=2-4"}, {"if-range", "\"other\""}}).head.status, 412);
  const auto beyond = call(pair, "GET", path, {}, {{"range", "bytes=10-"}});
  EXPECT_EQ(beyond.head.status, 416);
  EXPECT_EQ(find_header(beyond.head.headers, "content-range"), "bytes */10");
  EXPECT_EQ(call(pair, "GET", path, {}, {{"if-none-match", asset.etag}}).head.status, 304);
}

TEST(PrivateApi, NotificationIsActedOnOnce) {
  SessionPair pair;
  const auto notify = [&](const std::string& event, const std::string& kind) {
    return call(pair, "POST", "notifications",
                R"({"event_id":")" + event + R"(","kind":")" + kind +
                    R"(","asset_ids":[],"timestamp":"2026-11-20T12:00:00.000Z"})")
        .head.status;
  };
  EXPECT_EQ(notify("01j00000000000000000000000", "shared"), 204);
  EXPECT_EQ(notify("01j00000000000000000000000", "shared"), 204);
  EXPECT_EQ(notify("01j00000000000000000000001", "something new"), 204);
  EXPECT_EQ(notify("not a ulid", "shared"), 400);
  EXPECT_EQ(pair.b.hints, 1);
}

TEST(PrivateApi, WithdrawnAssetIsForgotten) {
  SessionPair pair;
  const auto asset = pair.a.share("file", "content");
  ASSERT_TRUE(pair.b.remote->list(pair.b.user, pair.a.address(), {}));
  ASSERT_EQ(pair.b.told->list(pair.b.user, {}, 50)->items.size(), 1u);
  const Notification notice{"01j00000000000000000000000", "withdrawn", {asset.id.text()}, pair.world.clock.now()};
  EXPECT_EQ(call(pair, "POST", "notifications", render_notification(notice)).head.status, 204);
  EXPECT_EQ(pair.b.told->list(pair.b.user, {}, 50)->items.size(), 0u);
}

TEST(ToldAssets, WritesOnlyWhatIsNew) {
  SessionPair pair;
  const auto connection = pair.a.connections.record();
  std::vector<SharedAsset> shared{pair.b.share("one", "content"), pair.b.share("two", "content")};
  const auto first_told = pair.world.clock.now();
  const auto told_times = [&] {
    std::set<core::Timestamp> times;
    const auto page = pair.a.told->list(pair.a.user, {}, 50).value();
    for (const auto& item : page.items) times.insert(item.told_at);
    return times;
  };
  ASSERT_TRUE(pair.a.told->replace(connection, shared));
  pair.world.clock.advance(std::chrono::minutes(9));
  ASSERT_TRUE(pair.a.told->replace(connection, shared));
  ASSERT_TRUE(pair.a.told->learn(connection, shared));
  EXPECT_EQ(told_times(), std::set{first_told}) << "nothing new, nothing written";
  shared[1].name = "another name";
  ASSERT_TRUE(pair.a.told->learn(connection, shared));
  EXPECT_EQ(told_times(), std::set{pair.world.clock.now()});
  pair.world.clock.advance(std::chrono::minutes(10));
  ASSERT_TRUE(pair.a.told->replace(connection, shared));
  EXPECT_EQ(told_times(), std::set{pair.world.clock.now()}) << "told again after a while";
  shared.pop_back();
  ASSERT_TRUE(pair.a.told->replace(connection, shared));
  EXPECT_EQ(pair.a.told->list(pair.a.user, {}, 50)->items.size(), 1u);
}

TEST(ToldAssets, PagesNewestFirst) {
  SessionPair pair;
  std::vector<SharedAsset> shared;
  for (int i = 0; i < 7; ++i) {
    shared.push_back(pair.b.share("file" + std::to_string(i), "content"));
    pair.world.clock.advance(std::chrono::seconds(i % 2));
  }
  ASSERT_TRUE(pair.a.told->replace(pair.a.connections.record(), shared));
  std::vector<core::Timestamp> times;
  std::set<std::string> names;
  std::optional<std::string> cursor;
  do {
    const auto page = pair.a.told->list(pair.a.user, cursor, 3);
    ASSERT_TRUE(page);
    for (const auto& item : page->items) {
      times.push_back(item.asset.shared_at);
      EXPECT_TRUE(names.insert(item.asset.name).second);  // also where two were shared in the same moment
    }
    cursor = page->next;
  } while (cursor);
  EXPECT_EQ(names.size(), 7u);
  EXPECT_TRUE(std::ranges::is_sorted(times, std::greater<>()));
  EXPECT_FALSE(pair.a.told->list(pair.a.user, "nonsense", 3));
}

}  // namespace
}  // namespace kith::federation
