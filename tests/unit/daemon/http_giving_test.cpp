// Bodies whose pieces are in memory already and go out as they are, over real sockets; and request bodies that are
// kept whole, however they come.
#include <stdexcept>

#include "tests/unit/daemon/http_server_fixture.hpp"

namespace kith::test {
namespace {

using daemon::BodySource;
using daemon::Method;
using daemon::Response;
using Status = BodySource::Status;

// Gives what it was made with, and waits in between for whoever calls go_on().
class Giver final : public BodySource {
 public:
  explicit Giver(std::deque<Given> pieces) : pieces_(std::move(pieces)) {}
  bool gives() const override { return true; }
  Given give() override {
    const std::lock_guard lock(mutex_);
    if (pieces_.empty()) return {.status = Status::end};
    auto piece = std::move(pieces_.front());
    pieces_.pop_front();
    if (piece.text == "throw") throw std::runtime_error("as asked");
    if (piece.status == Status::pending) waited.raise();
    return piece;
  }
  void on_ready(std::function<void()> wake) override {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
  }
  void abandon() override { abandoned.raise(); }
  void go_on() {
    std::function<void()> wake;
    {
      const std::lock_guard lock(mutex_);
      wake = wake_;
    }
    wake();
  }

  Signal waited, abandoned;

 private:
  std::mutex mutex_;  // guards both
  std::deque<Given> pieces_;
  std::function<void()> wake_;
};

constexpr std::string_view kGetStream = "GET /stream HTTP/1.1\r\nHost: a.example\r\n\r\n";

class HttpGiving : public HelloServerTest, public testing::WithParamInterface<bool> {
 protected:
  HttpGiving() {
    if (!GetParam()) return;
    make_certificate(folder_ / "cert.pem", folder_ / "key.pem");
    options_.listeners[0].certificate = folder_ / "cert.pem";
    options_.listeners[0].key = folder_ / "key.pem";
  }
  std::shared_ptr<Giver> add_giver(std::deque<BodySource::Given> pieces,
                                   std::optional<std::uint64_t> length = std::nullopt) {
    auto source = std::make_shared<Giver>(std::move(pieces));
    add_answer("/stream", [source, length] {
      auto response = Response::empty(200);
      response.body = daemon::StreamedBody{source, length};
      return response;
    });
    return source;
  }
};

TEST_P(HttpGiving, EveryByteComesInOrderAndTheConnectionStays) {
  std::deque<BodySource::Given> pieces;
  std::string expected;
  for (std::size_t i = 0; i < 40; ++i) {
    BodySource::Given piece{.status = Status::data};
    if (i % 3 != 1) piece.text = "line " + std::to_string(i) + "\n";
    if (i % 3 != 0) piece.bytes = std::string(262'160 + i, static_cast<char>('a' + i % 26));
    expected += piece.text + piece.bytes;
    pieces.push_back(std::move(piece));
  }
  const auto source = add_giver(std::move(pieces));
  start();
  RawClient client(port(), GetParam());
  ASSERT_TRUE(client.send(kGetStream));
  const auto response = client.read_response();
  EXPECT_EQ(response.field("Transfer-Encoding"), "chunked");
  EXPECT_TRUE(response.complete);
  EXPECT_TRUE(response.body == expected);
  EXPECT_TRUE(source->abandoned.wait());
  ASSERT_TRUE(client.send(kGet));
  EXPECT_EQ(client.read_response().status, 200);
}

TEST_P(HttpGiving, WhatIsThereComesBeforeTheWait) {
  const auto source =
      add_giver({{Status::data, "a line\n", "and bytes"}, {.status = Status::pending}, {Status::data, "more", ""}});
  start();
  RawClient client(port(), GetParam());
  ASSERT_TRUE(client.send(kGetStream));
  std::string got;
  while (got.find("and bytes\r\n") == std::string::npos) {
    const auto piece = client.read_some(4096);
    ASSERT_FALSE(piece.empty());
    got += piece;
  }
  ASSERT_TRUE(source->waited.wait());
  EXPECT_EQ(got.find("more"), std::string::npos);
  source->go_on();
  while (got.find("4\r\nmore\r\n0\r\n\r\n") == std::string::npos) {
    const auto piece = client.read_some(4096);
    ASSERT_FALSE(piece.empty()) << got;
    got += piece;
  }
}

TEST_P(HttpGiving, APromisedLengthIsKept) {
  const auto source = add_giver({{Status::data, "0123", "456789"}, {Status::data, "", "abcde"}}, 15);
  start();
  RawClient client(port(), GetParam());
  ASSERT_TRUE(client.send(kGetStream));
  const auto response = client.read_response();
  EXPECT_EQ(response.field("Content-Length"), "15");
  EXPECT_EQ(response.body, "0123456789abcde");
  EXPECT_TRUE(response.complete);
}

TEST_P(HttpGiving, MoreThanWasPromisedCutsTheConnection) {
  const auto source = add_giver({{Status::data, "0123", "456789"}}, 9);
  start();
  RawClient client(port(), GetParam());
  ASSERT_TRUE(client.send(kGetStream));
  EXPECT_FALSE(client.read_response().complete);
  EXPECT_TRUE(source->abandoned.wait());
}

TEST_P(HttpGiving, OneThatThrowsCutsTheConnection) {
  const auto source = add_giver({{Status::data, "half", ""}, {Status::data, "throw", ""}});
  start();
  RawClient client(port(), GetParam());
  ASSERT_TRUE(client.send(kGetStream));
  EXPECT_FALSE(client.read_response().complete);
  EXPECT_TRUE(source->abandoned.wait());
}

TEST_P(HttpGiving, AClientThatGoesIsNoticedWhileNothingIsThere) {
  const auto source = add_giver({{.status = Status::pending}});
  start();
  {
    RawClient client(port(), GetParam());
    ASSERT_TRUE(client.send(kGetStream));
    ASSERT_TRUE(source->waited.wait());
  }
  EXPECT_TRUE(source->abandoned.wait());
}

// Bodies for a handler that takes them whole.
TEST_P(HttpGiving, AWholeBodyComesAsItWasSent) {
  constexpr std::size_t kBytes = 1'000'003;
  add(
      Method::post, "/whole",
      [](daemon::Request request, const daemon::Reply& reply) {
        reply(Response::text(200, std::move(request.body), "text/plain"));
      },
      kBytes);
  start();
  std::string body(kBytes, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 31 >> 3);
  RawClient client(port(), GetParam());
  const std::string head = "POST /whole HTTP/1.1\r\nHost: a.example\r\nContent-Length: ";
  const auto request = head + std::to_string(kBytes) + "\r\n\r\n" + body;
  for (int again = 0; again < 2; ++again) {
    ASSERT_TRUE(client.send(request + std::string(kGet)));  // the next one right behind
    EXPECT_TRUE(client.read_response().body == body);
    EXPECT_EQ(client.read_response().status, 200);
  }
  ASSERT_TRUE(client.send(head + std::to_string(kBytes + 1) + "\r\n\r\n" + body + "."));
  EXPECT_EQ(client.read_response().status, 413);
}

INSTANTIATE_TEST_SUITE_P(PlainAndTls, HttpGiving, testing::Bool());

}  // namespace
}  // namespace kith::test
