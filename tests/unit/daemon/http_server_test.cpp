// The life of connections: keep-alive, deadlines, limits, TLS, drain.

#include <fcntl.h>
#include <sys/socket.h>

#include <fstream>
#include <thread>

#include "tests/unit/daemon/http_server_fixture.hpp"

namespace kith::test {
namespace {

using daemon::Method;
using daemon::Response;

constexpr std::string_view kGet = "GET /hello HTTP/1.1\r\nHost: a.example\r\n\r\n";

class HttpServer : public HttpServerTest {
 protected:
  HttpServer() {
    add_answer("/hello", [] { return Response::text(200, "hello", "text/plain"); });
  }
  // A GET route that waits for `go`, and raises `entered` before.
  void add_waiting(Signal& entered, Signal& go) {
    add(Method::get, "/wait", [&](const daemon::Request&, const daemon::Reply& reply) {
      entered.raise();
      go.wait();
      reply(Response::text(200, "waited", "text/plain"));
    });
  }
};

TEST_F(HttpServer, KeepsConnectionsAlive) {
  start();
  RawClient client(port());
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(client.send(kGet));
    const auto response = client.read_response();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "hello");
    EXPECT_EQ(response.field("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(response.field("Server"), "kith");
    EXPECT_TRUE(response.field("Date").ends_with(" GMT"));
    EXPECT_EQ(response.field("X-Request-Id").size(), 26u);
  }
}

TEST_F(HttpServer, AnswersPipelinedRequestsInOrder) {
  add(Method::get, "/number/{n}", [](const daemon::Request& request, const daemon::Reply& reply) {
    reply(Response::text(200, std::string(request.path_value("n")), "text/plain"));
  });
  start();
  std::string requests;
  for (int i = 0; i < 200; ++i) {
    const auto path = i % 3 == 2 ? std::string("/nothing") : "/number/" + std::to_string(i);
    requests += "GET " + path + " HTTP/1.1\r\nHost: a.example\r\n\r\n";
  }
  RawClient client(port());
  ASSERT_TRUE(client.send(requests));
  for (int i = 0; i < 200; ++i) {
    const auto response = client.read_response();
    ASSERT_EQ(response.status, i % 3 == 2 ? 404 : 200) << i;
    if (i % 3 != 2) {
      EXPECT_EQ(response.body, std::to_string(i));
    }
  }
}

TEST_F(HttpServer, ThousandsOfPipelinedErrorsNeedNoStack) {
  start();
  std::string requests;
  for (int i = 0; i < 3000; ++i) requests += "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
  RawClient client(port());
  std::thread sender([&] { client.send(requests); });
  for (int i = 0; i < 3000; ++i) ASSERT_EQ(client.read_response().status, 404) << i;
  sender.join();
}

TEST_F(HttpServer, Http10ClosesUnlessAskedToKeep) {
  start();
  EXPECT_TRUE(exchange("GET /hello HTTP/1.0\r\n\r\n").ends_with("hello"));
  RawClient client(port());
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(client.send("GET /hello HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
    EXPECT_EQ(client.read_response().field("Connection"), "keep-alive");
  }
}

TEST_F(HttpServer, GivesHandlersWhatTheyNeed) {
  daemon::Request seen;
  Signal called;
  add(
      Method::post, "/a/{name}",
      [&](daemon::Request request, const daemon::Reply& reply) {
        seen = std::move(request);
        called.raise();
        reply(Response::empty(204));
      },
      100);
  start();
  exchange(
      "POST /a/x%20y?q=1+2&r=%C3%A4&q=3 HTTP/1.1\r\nHost: A.Example:80\r\nX-Forwarded-For: 9.9.9.9\r\n"
      "Content-Length: 4\r\nConnection: close\r\n\r\nbody");
  ASSERT_TRUE(called.wait());
  EXPECT_EQ(seen.target, "/a/x%20y?q=1+2&r=%C3%A4&q=3");
  EXPECT_EQ(seen.path_value("name"), "x y");
  EXPECT_EQ(seen.query, (daemon::Parameters{{"q", "1 2"}, {"r", "ä"}, {"q", "3"}}));
  EXPECT_EQ(seen.host, "a.example:80");
  EXPECT_EQ(seen.client, "127.0.0.1") << "an untrusted peer speaks only for itself";
  EXPECT_EQ(seen.body, "body");
  EXPECT_EQ(seen.content_length, 4u);
  EXPECT_FALSE(seen.secure);
}

TEST_F(HttpServer, WhatAHandlerThrowsIsA500) {
  add(Method::get, "/throw", [](const daemon::Request&, const daemon::Reply&) { throw std::runtime_error("boom"); });
  start();
  EXPECT_TRUE(get("/throw").starts_with("HTTP/1.1 500"));
  EXPECT_TRUE(get("/hello").starts_with("HTTP/1.1 200"));
}

TEST_F(HttpServer, DroppedReplyIsA500AndOnlyTheFirstAnswerCounts) {
  add(Method::get, "/drop", [](const daemon::Request&, const daemon::Reply&) {});
  add(Method::get, "/twice", [](const daemon::Request&, const daemon::Reply& reply) {
    reply(Response::text(200, "first", "text/plain"));
    reply(Response::text(200, "second", "text/plain"));
  });
  start();
  EXPECT_TRUE(get("/drop").starts_with("HTTP/1.1 500"));
  EXPECT_TRUE(get("/twice").ends_with("first"));
}

TEST_F(HttpServer, RepliesMayComeLaterFromAnyThread) {
  std::thread later;
  add(Method::get, "/later", [&](const daemon::Request&, const daemon::Reply& reply) {
    later = std::thread([reply] { reply(Response::text(200, "later", "text/plain")); });
  });
  start();
  EXPECT_TRUE(get("/later").ends_with("later"));
  later.join();
}

TEST_F(HttpServer, BodiesBeyondTheBudgetAre503AndRoomComesBack) {
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

TEST_F(HttpServer, FullPoolAnswers503WithRetryAfter) {
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

TEST_F(HttpServer, SlowHeadIsA408) {
  options_.timeouts.head = 100ms;
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("GET /hello HTTP/1.1\r\nHost:"));
  EXPECT_EQ(client.read_response().status, 408);
  EXPECT_TRUE(client.at_end());
}

TEST_F(HttpServer, SilentClientIsClosedWithoutAWord) {
  options_.timeouts.head = 50ms;
  start();
  RawClient client(port());
  EXPECT_TRUE(client.at_end());
}

TEST_F(HttpServer, IdleKeepAliveIsClosed) {
  options_.timeouts.keep_alive = 50ms;
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(kGet));
  EXPECT_EQ(client.read_response().status, 200);
  EXPECT_TRUE(client.at_end());
}

TEST_F(HttpServer, IdleBodyIsA408) {
  options_.timeouts.idle_body = 100ms;
  add(
      Method::post, "/body", [](const daemon::Request&, const daemon::Reply& reply) { reply(Response::empty(204)); },
      100);
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("POST /body HTTP/1.1\r\nHost: a.example\r\nContent-Length: 50\r\n\r\npart"));
  EXPECT_EQ(client.read_response().status, 408);
}

TEST_F(HttpServer, TricklingBodyIsA408) {
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

TEST_F(HttpServer, ReaderThatStandsStillIsCut) {
  options_.timeouts.write_stall = 100ms;
  add_answer("/big", [] { return Response::text(200, std::string(64u << 20, 'x'), "text/plain"); });
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("GET /big HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  EXPECT_TRUE(eventually([&] { return finished().size() == 1; }));
  EXPECT_FALSE(finished()[0].complete);
}

// Takes a little of a response now and then, so that it never stalls for long.
TEST_F(HttpServer, TricklingReaderIsCut) {
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

// The rate is for bytes that come; a client that stands still has the idle time.
TEST_F(HttpServer, PauseInABodyIsNoTrickle) {
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

TEST_F(HttpServer, SlowSourceIsNotASlowReader) {
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

TEST_F(HttpServer, ForeignHostsAreMisdirectedAndHttp10NeedsNone) {
  options_.serves_host = [](daemon::ListenerKind, const std::string& host) { return host == "a.example"; };
  start();
  EXPECT_TRUE(get("/hello").starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(exchange("GET /hello HTTP/1.0\r\n\r\n").starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(exchange("GET /hello HTTP/1.0\r\nHost: b.example\r\n\r\n").starts_with("HTTP/1.1 421"));
  EXPECT_TRUE(
      exchange("GET /hello HTTP/1.1\r\nHost: b.example\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 421"));
  EXPECT_TRUE(exchange("GET /hello HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 421"));
}

TEST_F(HttpServer, LimitsConnectionsOfOneAddress) {
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

TEST_F(HttpServer, ClientsBeyondTheLimitWaitTheirTurn) {
  options_.limits.connections = 1;
  start();
  RawClient first(port()), second(port());
  ASSERT_TRUE(first.send(kGet));
  ASSERT_TRUE(second.send(kGet));
  EXPECT_EQ(first.read_response().status, 200);
  first.close();
  EXPECT_EQ(second.read_response().status, 200);
}

TEST_F(HttpServer, CrowdOutsideLeavesRoomForTheHousehold) {
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

TEST_F(HttpServer, ListensOnUnixSocketsAndBelievesProxiesThere) {
  const auto path = (folder_ / "socket").string();
  options_.listeners[0].address = "unix:" + path;
  options_.trusted_proxies = {"unix"};
  add(Method::get, "/who", [](const daemon::Request& request, const daemon::Reply& reply) {
    reply(Response::text(200, request.client + (request.secure ? " secure" : " plain"), "text/plain"));
  });
  start();
  RawClient client(path);
  ASSERT_TRUE(
      client.send("GET /who HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-For: 1.2.3.4, 9.8.7.6\r\n"
                  "X-Forwarded-Proto: https\r\n\r\n"));
  EXPECT_EQ(client.read_response().body, "9.8.7.6 secure");
  server_.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(HttpServer, TakesOverAListeningDescriptor) {
  const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::listen(fd, 16), 0);  // the kernel picks a port, for IPv4 too
  options_.listeners[0].descriptor = fd;
  start();
  EXPECT_TRUE(get("/hello").starts_with("HTTP/1.1 200"));
}

TEST_F(HttpServer, TellsWhatItCannotListenOn) {
  options_.listeners[0].address = "192.0.2.1:1";
  core::WorkerPool pool("test", 1, 1);
  const auto taken = daemon::HttpServer::start(options_, router_, pool, pool, clock_, random_, core::Logger::none());
  ASSERT_FALSE(taken);
  EXPECT_NE(taken.error().detail.find("192.0.2.1:1"), std::string::npos);
  options_.listeners[0].address = "localhost";
  EXPECT_FALSE(daemon::HttpServer::start(options_, router_, pool, pool, clock_, random_, core::Logger::none()));
}

TEST_F(HttpServer, ReportsFinishedRequests) {
  start();
  get("/hello?secret=1");
  exchange("nonsense\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return finished().size() == 2; }));
  const auto first = finished()[0], second = finished()[1];
  EXPECT_EQ(first.method, "GET");
  EXPECT_EQ(first.route, "/hello");
  EXPECT_EQ(first.status, 200);
  EXPECT_TRUE(first.complete);
  EXPECT_GT(first.bytes_out, 5u);
  EXPECT_EQ(second.status, 400);
  EXPECT_TRUE(second.method.empty());
}

class HttpServerTls : public HttpServer {
 protected:
  HttpServerTls() {
    make_certificate(folder_ / "cert.pem", folder_ / "key.pem");
    options_.listeners[0].certificate = folder_ / "cert.pem";
    options_.listeners[0].key = folder_ / "key.pem";
  }
};

TEST_F(HttpServerTls, ServesAndStreams) {
  const auto record = std::make_shared<SinkRecord>();
  add_sink(Method::put, "/upload", [record](const daemon::Request& request) {
    EXPECT_TRUE(request.secure);
    return std::make_unique<RecordingSink>(record);
  });
  std::ofstream(folder_ / "file") << std::string(5u << 20, 'f');
  add_answer("/file", [path = folder_ / "file"] {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    auto response = Response::empty(200);
    response.body =
        daemon::FileSlice{file, 0, 5u << 20, std::shared_ptr<void>(nullptr, [file](void*) { ::close(file); })};
    return response;
  });
  start();
  RawClient client(port(), true);
  ASSERT_TRUE(client.connected());
  const std::string body(3u << 20, 'u');
  ASSERT_TRUE(client.send("PUT /upload HTTP/1.1\r\nHost: a.example\r\nContent-Length: " + std::to_string(body.size()) +
                          "\r\n\r\n" + body));
  EXPECT_EQ(client.read_response().status, 201);
  EXPECT_TRUE(record->bytes == body);
  ASSERT_TRUE(client.send("GET /file HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"));
  EXPECT_TRUE(client.read_response().body == std::string(5u << 20, 'f'));
  EXPECT_TRUE(client.at_end());
}

TEST_F(HttpServerTls, SilentHandshakeStopsNobodyAndEnds) {
  options_.timeouts.head = 200ms;
  start();
  RawClient silent(port());
  RawClient client(port(), true);
  ASSERT_TRUE(client.send(kGet));
  EXPECT_EQ(client.read_response().status, 200);
  EXPECT_TRUE(silent.at_end());
}

std::chrono::nanoseconds processor_time() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

// The rest never comes; the server may only wait for it until the deadline.
TEST_F(HttpServerTls, HalfARecordIsWaitedForWithoutWork) {
  options_.timeouts.head = 1s;
  start();
  RawClient connected(port(), true), greeting(port());
  ASSERT_TRUE(connected.connected());
  const auto application_data = std::string("\x17\x03\x03\x10\x00", 5) + std::string(15, 'x');
  const auto client_hello = std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + std::string(9, 'x');
  const auto before = processor_time();
  ASSERT_EQ(::send(connected.descriptor(), application_data.data(), application_data.size(), 0), 20);
  ASSERT_EQ(::send(greeting.descriptor(), client_hello.data(), client_hello.size(), 0), 20);
  EXPECT_TRUE(connected.at_end());
  EXPECT_TRUE(greeting.at_end());
  EXPECT_LT(processor_time() - before, 200ms);
}

// What is kept of it ends within a record, and after that no event comes from the socket.
TEST_F(HttpServerTls, PipelineBeyondWhatIsKeptIsAnsweredWhole) {
  Signal entered, go;
  add_waiting(entered, go);
  start();
  RawClient client(port(), true);
  ASSERT_TRUE(client.send("GET /wait HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  ASSERT_TRUE(entered.wait());
  const auto many = [&](std::size_t count) {
    std::string requests;
    for (std::size_t i = 0; i < count; ++i) requests += kGet;
    return requests;
  };
  constexpr std::size_t kFew = 10, kMost = daemon::kPipelineBytes / kGet.size();
  ASSERT_TRUE(client.send(many(kFew)));
  ASSERT_TRUE(client.send(many(kMost)));
  go.raise();
  EXPECT_EQ(client.read_response().body, "waited");
  for (std::size_t i = 0; i < kFew + kMost; ++i) ASSERT_EQ(client.read_response().status, 200) << i;
}

TEST_F(HttpServerTls, PlainHttpIsTurnedAway) {
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(kGet));
  EXPECT_EQ(client.read_all().find("HTTP/1.1 200"), std::string::npos);
}

TEST_F(HttpServerTls, ReloadsCertificatesAndKeepsGoodOnes) {
  start();
  const auto before = server_->certificate_spki(daemon::ListenerKind::local);
  ASSERT_TRUE(before);
  EXPECT_FALSE(server_->certificate_spki(daemon::ListenerKind::public_));
  std::ofstream(folder_ / "key.pem") << "nonsense";
  EXPECT_FALSE(server_->reload_certificates());
  EXPECT_EQ(server_->certificate_spki(daemon::ListenerKind::local), before);
  make_certificate(folder_ / "cert.pem", folder_ / "key.pem");
  EXPECT_TRUE(server_->reload_certificates());
  EXPECT_NE(server_->certificate_spki(daemon::ListenerKind::local), before);
  RawClient client(port(), true);
  EXPECT_TRUE(client.connected());
}

TEST_F(HttpServer, DrainLetsRunningRequestsFinishAndClosesIdleOnes) {
  Signal entered, go;
  add_waiting(entered, go);
  start();
  RawClient idle(port()), busy(port());
  ASSERT_TRUE(idle.send(kGet));
  EXPECT_EQ(idle.read_response().status, 200);
  ASSERT_TRUE(busy.send("GET /wait HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  ASSERT_TRUE(entered.wait());
  const auto listening = port();
  std::thread drain([&] { server_->drain(10s); });
  EXPECT_TRUE(idle.at_end());
  EXPECT_FALSE(RawClient(listening).connected());
  go.raise();
  const auto response = busy.read_response();
  EXPECT_EQ(response.body, "waited");
  EXPECT_EQ(response.field("Connection"), "close");
  EXPECT_TRUE(busy.at_end());
  busy.close();
  drain.join();
  EXPECT_EQ(server_->open_connections(), 0u);
}

TEST_F(HttpServer, DrainFinishesARunningTransfer) {
  add_answer("/big", [] { return Response::text(200, std::string(32u << 20, 'x'), "text/plain"); });
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("GET /big HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  ASSERT_FALSE(client.read_some(100).empty());
  std::thread drain([&] { server_->drain(10s); });
  std::size_t got = 100;
  for (std::string piece; !(piece = client.read_some(1u << 20)).empty();) got += piece.size();
  EXPECT_GT(got, 32u << 20);
  client.close();
  drain.join();
}

TEST_F(HttpServer, DrainCutsWhatTakesTooLong) {
  const auto source = std::make_shared<FedSource>();
  add_answer("/stream", [source] {
    auto response = Response::empty(200);
    response.body = daemon::StreamedBody{source, std::nullopt};
    return response;
  });
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("GET /stream HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  ASSERT_TRUE(source->waited.wait());
  server_->drain(50ms);
  EXPECT_TRUE(source->abandoned.wait());
  EXPECT_FALSE(client.read_response().complete);
  source->put("late");
  server_->drain(50ms);
}

TEST_F(HttpServer, StandsParallelLoad) {
  const auto record = std::make_shared<SinkRecord>();
  add_sink(Method::put, "/upload",
           [record](const daemon::Request&) { return std::make_unique<RecordingSink>(record, false); });
  add_answer("/text", [] { return Response::text(200, std::string(100'000, 't'), "text/plain"); });
  handler_queue_ = 1000;
  start();
  std::atomic<int> good = 0;
  std::vector<std::thread> clients;
  for (int t = 0; t < 8; ++t) {
    clients.emplace_back([&, t] {
      for (int i = 0; i < 40; ++i) {
        RawClient client(port());
        if ((i + t) % 5 == 0) {
          client.send("GET /text HTTP/1.1\r\nHost: a.example\r\n\r\n");
          client.abort();
          ++good;
          continue;
        }
        client.send("PUT /upload HTTP/1.1\r\nHost: a.example\r\nContent-Length: 300000\r\n\r\n" +
                    std::string(300'000, 'x'));
        const bool stored = client.read_response().status == 201;
        client.send("GET /text HTTP/1.1\r\nHost: a.example\r\n\r\n");
        if (stored && client.read_response().body.size() == 100'000) ++good;
      }
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(good, 320);
}

}  // namespace
}  // namespace kith::test
