// What a client can't do: hold connections, memory or threads for longer than it may.

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "tests/unit/daemon/http_server_fixture.hpp"

namespace kith::test {
namespace {

using daemon::Method;
using daemon::Response;

class HttpLimits : public HelloServerTest {};

TEST_F(HttpLimits, BodiesBeyondTheBudgetAre503AndRoomComesBack) {
  options_.limits.buffered_bodies = 1000;
  Signal entered, go;
  add(
      Method::post, "/body",
      [&](const daemon::Request& request, const daemon::Reply& reply) {
        entered.raise();
        if (request.body.size() == 900) go.wait();
        reply(Response::empty(204));
      },
      2000);
  start();
  const auto post = [](std::size_t size) {
    return "POST /body HTTP/1.1\r\nHost: a.example\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
           std::string(size, 'x');
  };
  RawClient first(port()), second(port()), third(port());
  ASSERT_TRUE(first.send(post(900)));
  ASSERT_TRUE(entered.wait());
  ASSERT_TRUE(second.send(post(101)));
  const auto refused = second.read_response();
  EXPECT_EQ(refused.status, 503);
  EXPECT_FALSE(refused.field("Retry-After").empty());
  EXPECT_EQ(refused.field("Connection"), "close");
  ASSERT_TRUE(third.send(post(100)));
  EXPECT_EQ(third.read_response().status, 204);
  go.raise();
  EXPECT_EQ(first.read_response().status, 204);
  ASSERT_TRUE(eventually([&] {
    RawClient again(port());
    return again.send(post(1000)) && again.read_response().status == 204;
  })) << "the memory of an answered request counts no more";
}

TEST_F(HttpLimits, FullPoolAnswers503WithRetryAfter) {
  handler_threads_ = 1;
  handler_queue_ = 1;
  Signal entered, go;
  add_waiting(entered, go);
  start();
  RawClient first(port()), second(port());
  ASSERT_TRUE(first.send("GET /wait HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  ASSERT_TRUE(entered.wait());
  ASSERT_TRUE(second.send("GET /wait HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  ASSERT_TRUE(eventually([&] { return handlers_->queued() == 1; }));
  const auto answer = get("/hello");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503")) << answer;
  EXPECT_NE(answer.find("Retry-After: "), std::string::npos);
  go.raise();
  EXPECT_EQ(first.read_response().status, 200);
  EXPECT_EQ(second.read_response().status, 200);
}

TEST_F(HttpLimits, SlowHeadIsA408) {
  options_.timeouts.head = 100ms;
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("GET /hello HTTP/1.1\r\nHost:"));
  EXPECT_EQ(client.read_response().status, 408);
  EXPECT_TRUE(client.at_end());
}

TEST_F(HttpLimits, SilentClientIsClosedWithoutAWord) {
  options_.timeouts.head = 50ms;
  start();
  RawClient client(port());
  EXPECT_TRUE(client.at_end());
}

TEST_F(HttpLimits, IdleKeepAliveIsClosed) {
  options_.timeouts.keep_alive = 50ms;
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(kGet));
  EXPECT_EQ(client.read_response().status, 200);
  EXPECT_TRUE(client.at_end());
}

TEST_F(HttpLimits, IdleBodyIsA408) {
  options_.timeouts.idle_body = 100ms;
  add(
      Method::post, "/body", [](const daemon::Request&, const daemon::Reply& reply) { reply(Response::empty(204)); },
      100);
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("POST /body HTTP/1.1\r\nHost: a.example\r\nContent-Length: 50\r\n\r\npart"));
  EXPECT_EQ(client.read_response().status, 408);
}

TEST_F(HttpLimits, TricklingBodyIsA408) {
  options_.timeouts.rate_window = 200ms;
  options_.min_body_rate = 10'000;
  const auto record = std::make_shared<SinkRecord>();
  add_sink(Method::put, "/upload",
           [record](const daemon::Request&) { return std::make_unique<RecordingSink>(record); });
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("PUT /upload HTTP/1.1\r\nHost: a.example\r\nContent-Length: 50000\r\n\r\n"));
  std::thread trickle([&] {
    for (int i = 0; i < 1000 && record->destroyed.count() == 0; ++i) {
      client.send("x");
      std::this_thread::sleep_for(5ms);
    }
  });
  EXPECT_TRUE(record->destroyed.wait());
  trickle.join();
  EXPECT_EQ(client.read_response().status, 408);
}

TEST_F(HttpLimits, ReaderThatStandsStillIsCut) {
  options_.timeouts.write_stall = 100ms;
  add_answer("/big", [] { return Response::text(200, std::string(64u << 20, 'x'), "text/plain"); });
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("GET /big HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  EXPECT_TRUE(eventually([&] { return finished().size() == 1; }));
  EXPECT_FALSE(finished()[0].complete);
}

TEST_F(HttpLimits, TricklingReaderIsCut) {
  options_.timeouts.rate_window = 200ms;
  options_.min_body_rate = 1u << 30;
  add_answer("/big", [] { return Response::text(200, std::string(64u << 20, 'x'), "text/plain"); });
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("GET /big HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  std::vector<char> space(64 * 1024);
  EXPECT_TRUE(eventually(
      [&] { return ::recv(client.descriptor(), space.data(), space.size(), 0) <= 0 || !finished().empty(); }));
  ASSERT_TRUE(eventually([&] { return finished().size() == 1; }));
  EXPECT_FALSE(finished()[0].complete);
}

TEST_F(HttpLimits, PauseInABodyIsNoTrickle) {
  options_.timeouts.rate_window = 20ms;
  options_.timeouts.idle_body = 10s;
  options_.min_body_rate = 1000;
  const auto record = std::make_shared<SinkRecord>();
  add_sink(Method::put, "/upload",
           [record](const daemon::Request&) { return std::make_unique<RecordingSink>(record); });
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("PUT /upload HTTP/1.1\r\nHost: a.example\r\nContent-Length: 100005\r\n\r\n" +
                          std::string(100'000, 'x')));
  ASSERT_TRUE(record->wrote.wait());
  EXPECT_TRUE(client.nothing_for(200ms));
  ASSERT_TRUE(client.send("-rest"));
  EXPECT_EQ(client.read_response().status, 201);
}

TEST_F(HttpLimits, SlowSourceIsNotASlowReader) {
  options_.timeouts.rate_window = 20ms;
  options_.min_body_rate = 1u << 30;
  const auto source = std::make_shared<FedSource>();
  add_answer("/stream", [source] {
    auto response = Response::empty(200);
    response.body = daemon::StreamedBody{source, std::nullopt};
    return response;
  });
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("GET /stream HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  source->put("one");
  ASSERT_TRUE(source->waited.wait());
  while (client.read_some(4096).find("one") == std::string::npos) {
  }
  EXPECT_TRUE(client.nothing_for(200ms));
  source->put("two");
  source->finish();
  const auto rest = client.read_some(4096);
  EXPECT_NE(rest.find("two"), std::string::npos);
}

TEST_F(HttpLimits, LimitsConnectionsOfOneAddress) {
  options_.limits.connections_per_address = 2;
  start();
  RawClient first(port()), second(port());
  ASSERT_TRUE(first.send(kGet));
  ASSERT_TRUE(second.send(kGet));
  EXPECT_EQ(first.read_response().status, 200);
  EXPECT_EQ(second.read_response().status, 200);
  RawClient third(port());
  EXPECT_TRUE(third.at_end());
  first.close();
  ASSERT_TRUE(eventually([&] { return server_->open_connections() == 1; }));
  EXPECT_TRUE(get("/hello").starts_with("HTTP/1.1 200"));
}

TEST_F(HttpLimits, ClientsBeyondTheLimitWaitTheirTurn) {
  options_.limits.connections = 1;
  start();
  RawClient first(port()), second(port());
  ASSERT_TRUE(first.send(kGet));
  ASSERT_TRUE(second.send(kGet));
  EXPECT_EQ(first.read_response().status, 200);
  first.close();
  EXPECT_EQ(second.read_response().status, 200);
}

// Not under clang's sanitizers: their runtime opens pipes of its own to look at memory, and ends where it can't.
#if !defined(__clang__)
TEST_F(HttpLimits, WithoutDescriptorsClientsWaitAndTheLogIsNotFlooded) {
  testing::internal::CaptureStderr();
  start(core::Logger(core::LogLevel::warning, core::LogFormat::text));
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
  const int lowest_free = ::dup(STDERR_FILENO);
  ::close(lowest_free);
  const rlimit tight{static_cast<rlim_t>(lowest_free) + 1, usual.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  RawClient client(port());  // takes the last one
  const bool waits = client.send(kGet) && client.nothing_for(200ms);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
  EXPECT_TRUE(waits);
  EXPECT_EQ(client.read_response().status, 200);
  const auto log = testing::internal::GetCapturedStderr();
  const auto said = log.find("no descriptor");
  EXPECT_NE(said, std::string::npos);
  EXPECT_EQ(log.find("no descriptor", said + 1), std::string::npos) << log;
}
#endif

TEST_F(HttpLimits, CrowdOutsideLeavesRoomForTheHousehold) {
  options_.limits.connections = 4;
  options_.listeners.push_back(options_.listeners[0]);
  options_.listeners[1].kind = daemon::ListenerKind::public_;
  start();
  const auto outside = server_->ports().at(1);
  RawClient first(outside), second(outside), third(outside);
  ASSERT_TRUE(eventually([&] { return server_->open_connections() == 3; }));
  RawClient waiting(outside);
  ASSERT_TRUE(waiting.send(kGet));
  EXPECT_TRUE(get("/hello").starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(get("/hello").starts_with("HTTP/1.1 200")) << "the one outside has not taken the place";
  first.close();
  EXPECT_EQ(waiting.read_response().status, 404) << "served once one of its kind has gone";
}

}  // namespace
}  // namespace kith::test
