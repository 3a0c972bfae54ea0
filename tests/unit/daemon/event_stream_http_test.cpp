// Event streams over a real HTTP server: long silence, slow readers, clients that go, and stopping.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <vector>

#include "daemon/api/event_hub.hpp"
#include "tests/unit/daemon/http_server_fixture.hpp"

namespace kith::test {
namespace {

using daemon::Event;

constexpr std::size_t kMiB = 1u << 20;
#if defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

class EventStreamHttp : public HttpServerTest {
 protected:
  EventStreamHttp() {
    add_answer("/events", [this] {
      auto response = daemon::Response::empty(200);
      auto stream = hub_.open({user_, false, [] { return true; }});
      if (!stream) return daemon::Response::problem(stream.error(), "");
      response.body = daemon::StreamedBody{*stream, std::nullopt};
      return response;
    });
  }
  // The hub outlives its streams.
  ~EventStreamHttp() override {
    server_.reset();
    handlers_.reset();
    disk_.reset();
  }

  // A client whose stream is open.
  std::unique_ptr<RawClient> listen() {
    auto client = std::make_unique<RawClient>(port());
    client->send("GET /events HTTP/1.1\r\nHost: a.example\r\n\r\n");
    EXPECT_NE(read_until(*client, Event::hello().text()).find("retry: 2000\n"), std::string::npos);
    return client;
  }
  // Reads on until `text` has come, or the other one; fails the test when neither does.
  static std::string read_until(RawClient& client, const std::string& text, const std::string& other = "\xff") {
    std::string got;
    for (std::size_t from = 0;;) {
      if (got.find(text, from) != std::string::npos || got.find(other, from) != std::string::npos) return got;
      from = got.size() - std::min(got.size(), std::max(text.size(), other.size()));
      const auto piece = client.read_some(64 * 1024);
      if (piece.empty()) break;
      got += piece;
    }
    ADD_FAILURE() << "no " << text << " but " << got.substr(0, 1000);
    return got;
  }

  const core::UserId user_ = core::UserId::make(clock_, random_);
  daemon::EventHub hub_;
};

TEST_F(EventStreamHttp, SilenceIsNeverTooLong) {
  options_.timeouts = {100ms, 100ms, 100ms, 100ms, 100ms, 100ms};
  options_.min_body_rate = 1 << 20;
  start();
  const auto client = listen();
  ASSERT_TRUE(client->nothing_for(1s));
  hub_.check_all();
  read_until(*client, ":\n\n");
  ASSERT_TRUE(client->nothing_for(500ms));
  hub_.publish(user_, Event::assets());
  read_until(*client, Event::assets().text());
}

TEST_F(EventStreamHttp, ASlowReaderIsToldToReadAllAnew) {
  start();
  const auto client = listen();
  const auto before = resident_bytes();
  constexpr int kEvents = 5000;
  const std::string padding(8 * 1024, 'x');
  for (int i = 0; i < kEvents; ++i) hub_.publish(user_, Event::shared_with_me(std::to_string(i) + padding));
  if (!kSanitized) {  // they keep what was freed for a while
    EXPECT_LT(resident_bytes(), before + 16 * kMiB);
  }
  const auto resync = Event::resync().text(), assets = Event::assets().text();
  auto got = read_until(*client, resync);
  // A waiting resync stands for all that comes after; once it is read, events are told one by one again.
  bool told = false;
  while (!HasFailure() && !told) {
    hub_.publish(user_, Event::assets());
    const auto more = read_until(*client, assets, resync);
    told = more.find(assets) != std::string::npos;
    got += more;
  }
  EXPECT_LT(got.size(), kEvents * padding.size());
}

TEST_F(EventStreamHttp, AClientThatGoesLeavesItsPlace) {
  start();
  auto closed = listen(), aborted = listen();
  closed->close();
  aborted->abort();
  EXPECT_TRUE(eventually([&] { return !hub_.is_heard_by(user_); }));
}

// What the kernel does then can't be had on loopback; that it was told to can be seen.
TEST_F(EventStreamHttp, AClientThatVanishesSilentlyIsGivenUp) {
  start();
  const auto client = listen();
  sockaddr_in own{};
  socklen_t length = sizeof own;
  ASSERT_EQ(::getsockname(client->descriptor(), reinterpret_cast<sockaddr*>(&own), &length), 0);
  unsigned given_up_after = 0;
  for (int fd = 0; fd < 1024; ++fd) {
    sockaddr_in peer{};
    length = sizeof peer;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &length) != 0) continue;
    if (peer.sin_family != AF_INET || peer.sin_port != own.sin_port) continue;
    length = sizeof given_up_after;
    ASSERT_EQ(::getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &given_up_after, &length), 0);
  }
  EXPECT_EQ(given_up_after, daemon::kVanishedMs);
}

TEST_F(EventStreamHttp, StoppingIsQuickAndEndsEachStreamCleanly) {
  start();
  std::vector<std::unique_ptr<RawClient>> clients(10);
  for (auto& client : clients) client = listen();
  const auto begin = std::chrono::steady_clock::now();
  hub_.stop(5s);
  server_->drain(30s);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
  for (const auto& client : clients) EXPECT_TRUE(client->read_all().ends_with("0\r\n\r\n"));
}

}  // namespace
}  // namespace kith::test
