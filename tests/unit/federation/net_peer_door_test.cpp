#include <future>

#include "core/error.hpp"
#include "federation/net/peer_door.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_peer_network.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;
using std::chrono::milliseconds;
using test::FakeAnswer;
using test::FakeArrival;
using test::FakePeerNetwork;
using Loss = FakePeerNetwork::Loss;

const std::string kPeer = "b.example:8471";

// Passes calls on and lets time go by, as a peer that hangs does.
class SlowTransport final : public PeerTransport {
 public:
  SlowTransport(PeerTransport& inner, test::FakeClock& clock) : inner_(inner), clock_(clock) {}
  Expected<PeerResponse> send(const PeerRequest& request) override {
    ++sent;
    clock_.advance(takes);
    return inner_.send(request);
  }
  Expected<PeerResponse> stream(const PeerRequest& request, ResponseSink& sink) override {
    ++sent;
    return inner_.stream(request, sink);
  }
  milliseconds takes{0};
  std::atomic<int> sent = 0;

 private:
  PeerTransport& inner_;
  test::FakeClock& clock_;
};

struct PeerDoorTest : testing::Test {
  test::TempDir folder;
  test::FakeClock clock;
  std::unique_ptr<storage::Database> database = std::move(*storage::Database::open(folder / "kith.db"));
  FakePeerNetwork network;
  std::unique_ptr<PeerTransport> wire = network.transport_of("a.example");
  SlowTransport transport{*wire, clock};
  std::unique_ptr<PeerDoor> door = make();

  std::unique_ptr<PeerDoor> make(bool allow_http = true) {
    PeerDoorOptions options;
    options.allow_http = allow_http;
    options.place_wait = milliseconds(20);
    return std::make_unique<PeerDoor>(transport, *database, clock, options, core::Logger::none());
  }
  void attach(std::optional<TlsFacts> tls = {}, const std::string& domain = kPeer) {
    network.attach(domain, {[](const FakeArrival&) { return FakeAnswer{}; }, tls});
  }
  Expected<PeerResponse> call(Urgency urgency = Urgency::user, const std::string& domain = kPeer) {
    PeerCall made;
    made.target = "/handshake/init";
    made.body = "{}";
    return door->call(domain, made, urgency);
  }
  ErrorCode refusal(Urgency urgency = Urgency::user) {
    const auto answer = call(urgency);
    return answer ? ErrorCode::count_ : answer.error().code;
  }
  // Scheme of every real request that arrived.
  std::string schemes() const {
    std::string seen;
    for (const auto& exchange : network.captured()) {
      if (exchange.arrival.target == "/handshake/init") seen += exchange.arrival.https ? 's' : 'p';
    }
    return seen;
  }
};

constexpr TlsFacts kSelfSigned{true, false, {}};
constexpr TlsFacts kWebAuthority{true, true, {}};

struct NullSink final : ResponseSink {
  bool head(const PeerResponse&) override { return true; }
  bool body(core::ByteView) override { return true; }
};

TEST_F(PeerDoorTest, FindsOutTheSchemeWithADiscoveryAndKeepsIt) {
  attach();
  ASSERT_TRUE(call());
  ASSERT_TRUE(call());
  EXPECT_EQ(schemes(), "pp");
  EXPECT_EQ(network.captured().size(), 4U) << "HTTPS tried, HTTP tried, two requests";
  EXPECT_EQ(network.captured()[1].arrival.method, "GET");
  EXPECT_EQ(find_header(network.captured()[3].arrival.headers, "content-type"), "application/json");
  door = make();
  ASSERT_TRUE(call());
  EXPECT_EQ(network.captured().size(), 5U) << "known after a restart";
}

TEST_F(PeerDoorTest, PrefersHttps) {
  attach(kSelfSigned);
  ASSERT_TRUE(call());
  EXPECT_EQ(schemes(), "s");
}

TEST_F(PeerDoorTest, TakesASelfSignedCertificateOnlyOnAnExplicitPort) {
  attach(kSelfSigned, "b.example");
  const auto refused = call(Urgency::user, "b.example");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::peer_unreachable);
  EXPECT_THAT(refused.error().detail, testing::HasSubstr("not of a known authority"));
  PeerCall named;  // a session named this very certificate
  named.target = "/api/private/v1/assets";
  named.only_spki = kSelfSigned.spki;
  EXPECT_TRUE(door->call("b.example", named));
  attach(kWebAuthority, "b.example");
  EXPECT_TRUE(call(Urgency::user, "b.example"));
}

TEST_F(PeerDoorTest, SpeaksPlainHttpOnlyWhereAllowed) {
  attach();
  door = make(false);
  const auto refused = call();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, testing::HasSubstr("federation.allow_http"));
  door = make();
  attach({}, "b.example");
  EXPECT_FALSE(call(Urgency::user, "b.example")) << "without a port: HTTPS only";
  EXPECT_EQ(schemes(), "ss");
}

TEST_F(PeerDoorTest, NeverGoesBackToPlainHttpAfterAWebAuthorityCertificate) {
  attach(kWebAuthority);
  ASSERT_TRUE(call());
  attach();  // now plain HTTP answers there
  EXPECT_EQ(refusal(), ErrorCode::peer_unreachable);
  clock.advance(milliseconds(10'000));
  door = make();
  EXPECT_EQ(refusal(), ErrorCode::peer_unreachable) << "also after a restart";
  EXPECT_EQ(schemes().find('p'), std::string::npos);
}

TEST_F(PeerDoorTest, NeverGoesBackToPlainHttpAfterAnEstablishedHandshake) {
  attach(kSelfSigned);
  ASSERT_TRUE(call());
  ASSERT_TRUE(door->remember_https(kPeer));
  attach();
  EXPECT_EQ(refusal(), ErrorCode::peer_unreachable);
  door = make();
  EXPECT_EQ(refusal(), ErrorCode::peer_unreachable);
  EXPECT_EQ(schemes().find('p'), std::string::npos);
}

TEST_F(PeerDoorTest, ASelfSignedCertificateBindsNobody) {
  attach(kSelfSigned);
  ASSERT_TRUE(call());
  attach();
  EXPECT_FALSE(call());
  EXPECT_TRUE(call());
}

TEST_F(PeerDoorTest, AsksNoPlainPeerForACertificate) {
  attach();
  PeerCall made;
  made.target = "/api/private/v1/assets";
  made.only_spki = core::Digest{};
  EXPECT_EQ(door->call(kPeer, made).error().code, ErrorCode::peer_error);
}

TEST_F(PeerDoorTest, TellsSinceWhenAPeerIsDownAlsoAfterARestart) {
  attach();
  ASSERT_TRUE(call());
  network.detach(kPeer);
  clock.advance(milliseconds(1'000));
  const auto since = clock.now();
  EXPECT_EQ(call().error().since, since);
  clock.advance(milliseconds(60'000));
  EXPECT_EQ(call().error().since, since);
  door = make();
  EXPECT_EQ(door->reachability(kPeer)->down_since, since);
  attach();
  ASSERT_TRUE(call());
  EXPECT_FALSE(door->reachability(kPeer)->down_since);
  EXPECT_EQ(door->reachability(kPeer)->last_seen, clock.now());
}

TEST_F(PeerDoorTest, LeavesAPeerAloneThatRefusedTwice) {
  EXPECT_EQ(refusal(), ErrorCode::peer_unreachable);
  EXPECT_EQ(refusal(), ErrorCode::peer_unreachable) << "the first may be an accident";
  const int before = transport.sent;
  const auto quick = call();
  ASSERT_FALSE(quick);
  EXPECT_EQ(quick.error().code, ErrorCode::peer_unreachable);
  EXPECT_TRUE(quick.error().since);
  EXPECT_EQ(transport.sent, before) << "nothing was sent";
  attach();
  EXPECT_FALSE(call());
  clock.advance(net_limits::kFastBackOffFirst * 2);
  EXPECT_TRUE(call()) << "refusing costs nobody time, so a user's call may try";
  EXPECT_TRUE(call());
}

TEST_F(PeerDoorTest, BacksOffLongerFromFailureToFailure) {
  for (int i = 0; i < 12; ++i) {
    EXPECT_FALSE(call());
    clock.advance(net_limits::kFastBackOffLast);
  }
  EXPECT_FALSE(call());
  const int before = transport.sent;
  clock.advance(net_limits::kFastBackOffLast - milliseconds(1));
  EXPECT_FALSE(call());
  EXPECT_EQ(transport.sent, before);
  clock.advance(milliseconds(1));
  EXPECT_FALSE(call());
  EXPECT_GT(transport.sent, before);
}

TEST_F(PeerDoorTest, LetsNoUserWaitForAPeerThatHangs) {
  attach();
  ASSERT_TRUE(call());
  network.lose(
      Loss::request, [](const FakeArrival&) { return true; }, FakePeerNetwork::kAlways);
  transport.takes = milliseconds(5'000);
  EXPECT_FALSE(call());
  const int before = transport.sent;
  clock.advance(std::chrono::minutes(10));
  EXPECT_FALSE(call());
  EXPECT_EQ(transport.sent, before) << "a user's call is not the one to try";

  EXPECT_EQ(door->probe_due(), 0) << "still hanging";
  EXPECT_GT(transport.sent, before);
  const int probed = transport.sent;
  EXPECT_EQ(door->probe_due(), 0);
  EXPECT_EQ(transport.sent, probed) << "not due again yet";

  network.clear_rules();
  transport.takes = milliseconds(0);
  clock.advance(net_limits::kSlowBackOffLast);
  EXPECT_FALSE(call());
  EXPECT_EQ(door->probe_due(), 1);
  EXPECT_TRUE(call());
}

TEST_F(PeerDoorTest, ProbesNobodyNobodyAskedFor) {
  transport.takes = milliseconds(5'000);
  EXPECT_FALSE(call());
  const int before = transport.sent;
  clock.advance(net_limits::kProbeInterest + std::chrono::minutes(1));
  EXPECT_EQ(door->probe_due(), 0);
  EXPECT_EQ(transport.sent, before);
}

TEST_F(PeerDoorTest, BackgroundCallsProbeByThemselves) {
  transport.takes = milliseconds(5'000);
  EXPECT_EQ(refusal(Urgency::background), ErrorCode::peer_unreachable);
  attach();
  transport.takes = milliseconds(0);
  EXPECT_FALSE(call(Urgency::background)) << "not before the back-off has passed";
  clock.advance(net_limits::kSlowBackOffFirst);
  EXPECT_TRUE(call(Urgency::background));
}

TEST_F(PeerDoorTest, HearingFromThePeerOpensTheDoor) {
  transport.takes = milliseconds(5'000);
  EXPECT_FALSE(call());
  EXPECT_FALSE(call());
  attach();
  transport.takes = milliseconds(0);
  door->heard_from(kPeer);
  EXPECT_TRUE(call());
}

TEST_F(PeerDoorTest, OnlyOneCallAtATimeTriesAPeerThatIsDown) {
  EXPECT_FALSE(call());
  EXPECT_FALSE(call());
  attach();
  clock.advance(net_limits::kFastBackOffLast);
  const int held = network.hold(test::on_path("/.well-known/kith"));
  auto probe = std::async(std::launch::async, [&] { return call(); });
  ASSERT_TRUE(network.wait_held(held));
  EXPECT_EQ(refusal(), ErrorCode::peer_unreachable);
  network.release(held);
  EXPECT_TRUE(probe.get());
}

TEST_F(PeerDoorTest, AHangingPeerHoldsUpNoMoreThanItsPlaces) {
  attach();
  attach({}, "c.example:1");
  ASSERT_TRUE(call());
  std::atomic<int> arrived = 0;
  const auto counted = [&](const FakeArrival& arrival) { return arrival.target == "/handshake/init" && ++arrived > 0; };
  const int held = network.hold(counted, net_limits::kCallsPerPeer);
  std::vector<std::future<bool>> hanging;
  for (int i = 0; i < net_limits::kCallsPerPeer; ++i) {
    hanging.push_back(std::async(std::launch::async, [&] { return call().has_value(); }));
  }
  while (arrived < net_limits::kCallsPerPeer) std::this_thread::yield();
  const auto refused = call();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::busy);
  EXPECT_TRUE(refused.error().retry_after);
  EXPECT_TRUE(call(Urgency::user, "c.example:1")) << "others go on";
  PeerCall streamed;
  streamed.target = "/x";
  NullSink sink;
  EXPECT_TRUE(door->stream(kPeer, streamed, sink)) << "streams have their own places";
  network.release(held);
  for (auto& call_done : hanging) EXPECT_TRUE(call_done.get());
  EXPECT_TRUE(call());
}

TEST_F(PeerDoorTest, AStreamThatBreaksOffIsNoPeerThatIsDown) {
  network.attach(kPeer, {[](const FakeArrival&) { return FakeAnswer{200, {}, std::string(200'000, 'x'), {}}; }, {}});
  network.change_stream(test::on_path("/x"), [](std::uint64_t offset, core::Bytes&) { return offset < 100'000; });
  PeerCall streamed;
  streamed.target = "/x";
  NullSink sink;
  EXPECT_EQ(door->stream(kPeer, streamed, sink).error().code, ErrorCode::peer_error);
  EXPECT_FALSE(door->reachability(kPeer)->down_since);
  EXPECT_TRUE(door->stream(kPeer, streamed, sink));
}

TEST_F(PeerDoorTest, RefusesNamesAndPathsThatAreNone) {
  EXPECT_EQ(call(Urgency::user, "B.example").error().code, ErrorCode::bad_request);
  EXPECT_EQ(call(Urgency::user, "b.example/x").error().code, ErrorCode::bad_request);
  PeerCall made;
  made.target = "/x HTTP/1.1\r\nHost: c";
  EXPECT_EQ(door->call(kPeer, made).error().code, ErrorCode::internal);
  EXPECT_EQ(transport.sent, 0);
}

TEST_F(PeerDoorTest, MakesNoRowForADomainThatNeverAnswered) {
  EXPECT_FALSE(call(Urgency::user, "nobody.example"));
  const auto row = database->read_for<std::optional<KnownInstance>>(
      [](storage::Reader& reader) { return instance_store::find(reader, "nobody.example"); });
  ASSERT_TRUE(row);
  EXPECT_FALSE(*row);
}

PeerResponse problem(int status, const std::string& body) {
  return {status, {{"Content-Type", "application/problem+json"}}, body, {}};
}

TEST(PeerAnswer, TakesTheCodeAPeerMaySay) {
  auto error = error_from_answer("b.example", problem(410, R"({"code":"handshake_ended","detail":"gone"})"));
  EXPECT_EQ(error.code, ErrorCode::handshake_ended);
  EXPECT_EQ(error.detail, "b.example answered 410, in its own words: \"gone\"");
  auto busy = problem(429, R"({"code":"too_many_requests"})");
  busy.headers.emplace_back("Retry-After", "999999");
  EXPECT_EQ(error_from_answer("b.example", busy).retry_after, std::chrono::hours(1));
}

TEST(PeerAnswer, TakesNothingThatWouldSpeakOfOurOwnUser) {
  for (const auto* code : {"unauthorized", "quota_exceeded", "internal", "peer_blocked", "storage_full", "made_up"}) {
    EXPECT_EQ(error_from_answer("b.example", problem(400, R"({"code":")" + std::string(code) + "\"}")).code,
              ErrorCode::peer_error)
        << code;
  }
}

TEST(PeerAnswer, KnowsAProxyBeforeADaemonThatIsDown) {
  EXPECT_EQ(error_from_answer("b.example", {502, {}, "<html>", {}}).code, ErrorCode::peer_unreachable);
  EXPECT_EQ(error_from_answer("b.example", {503, {}, "", {}}).code, ErrorCode::busy);
  EXPECT_EQ(error_from_answer("b.example", {302, {}, "", {}}).code, ErrorCode::peer_error);
}

TEST(PeerAnswer, BoundsAndCleansThePeersWords) {
  const auto words = R"({"detail":"line\nother\u001b[31m)" + std::string(5'000, 'x') + "\"}";
  const auto error = error_from_answer("b.example", problem(400, words));
  EXPECT_LT(error.detail.size(), net_limits::kPeerWords + 100);
  EXPECT_EQ(error.detail.find('\n'), std::string::npos);
  EXPECT_EQ(error.detail.find('\x1b'), std::string::npos);
  EXPECT_EQ(error_from_answer("b.example", problem(400, "not json")).code, ErrorCode::peer_error);
}

}  // namespace
}  // namespace kith::federation
