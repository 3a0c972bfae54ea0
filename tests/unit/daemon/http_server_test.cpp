// The life of connections: keep-alive, pipelining, handlers, listeners, drain.

#include <sys/socket.h>

#include <future>
#include <thread>

#include "daemon/http/unique_fd.hpp"
#include "tests/unit/daemon/http_server_fixture.hpp"

namespace kith::test {
namespace {

using daemon::Method;
using daemon::Response;

class HttpServer : public HelloServerTest {};

TEST_F(HttpServer, KeepsConnectionsAlive) {
  start();
  RawClient client(port());
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(client.send(kGet));
    const auto response = client.read_response();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "hello");
    EXPECT_EQ(response.field("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(response.field("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(response.field("Cross-Origin-Resource-Policy"), "same-origin");
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
  std::promise<std::thread> later;
  add(Method::get, "/later", [&](const daemon::Request&, const daemon::Reply& reply) {
    later.set_value(std::thread([reply] { reply(Response::text(200, "later", "text/plain")); }));
  });
  start();
  EXPECT_TRUE(get("/later").ends_with("later"));
  later.get_future().get().join();
}

// Takes a little of a response now and then, so that it never stalls for long.
// The rate is for bytes that come; a client that stands still has the idle time.
TEST_F(HttpServer, ForeignHostsAreMisdirectedAndHttp10NeedsNone) {
  options_.serves_host = [](daemon::ListenerKind, const std::string& host) { return host == "a.example"; };
  start();
  EXPECT_TRUE(get("/hello").starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(exchange("GET /hello HTTP/1.0\r\n\r\n").starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(exchange("GET /hello HTTP/1.0\r\nHost: b.example\r\n\r\n").starts_with("HTTP/1.1 421"));
  EXPECT_TRUE(
      exchange("GET /hello HTTP/1.1\r\nHost: b.example\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 421"));
  EXPECT_TRUE(exchange("GET /hello HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 400"));
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

// So that the socket is open while the server is exchanged.
TEST_F(HttpServer, LeavesAListeningDescriptorToWhoPassedIt) {
  const daemon::UniqueFd passed(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::listen(passed.get(), 16), 0);  // the kernel picks a port, for IPv4 too
  options_.listeners[0].descriptor = passed.get();
  start();
  const auto port = server_->ports()[0];
  EXPECT_TRUE(get("/hello").starts_with("HTTP/1.1 200"));
  server_.reset();
  start();
  EXPECT_EQ(server_->ports()[0], port);
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

// The rest never comes; the server may only wait for it until the deadline.
// What is kept of it ends within a record, and after that no event comes from the socket.
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
