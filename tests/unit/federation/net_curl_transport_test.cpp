#include <csignal>
#include <future>

#include "core/encoding.hpp"
#include "federation/net/curl_transport.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/federation/net_test_server.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;
using std::chrono::milliseconds;
using test::plain_answer;
using test::TestConnection;
using test::TestServer;
using Tls = TestServer::Tls;

CurlTransportOptions on_loopback() {
  CurlTransportOptions options;
  options.addresses.allow_private = true;
  return options;
}

std::unique_ptr<CurlTransport> make(CurlTransportOptions options = on_loopback()) {
  static const auto kIgnored = std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's server side writes without MSG_NOSIGNAL
  static_cast<void>(kIgnored);
  return std::move(*CurlTransport::create(std::move(options)));
}

PeerRequest get(const std::string& url) {
  PeerRequest request;
  request.method = "GET";
  request.url = url;
  request.total_timeout = milliseconds(5'000);
  return request;
}

// Answers every request with the same bytes and keeps the connection.
TestServer::Script always(std::string answer) {
  return
      [answer = std::move(answer)](TestConnection& connection, const std::string&) { return connection.write(answer); };
}
// The same, then closes.
TestServer::Script once(std::string answer) {
  return [answer = std::move(answer)](TestConnection& connection, const std::string&) {
    connection.write(answer);
    return false;
  };
}

struct CollectingSink final : ResponseSink {
  bool head(const PeerResponse& response) override {
    status = response.status;
    return status != stop_at_status;
  }
  bool body(core::ByteView piece) override {
    received += piece.size();
    return received < stop_at_bytes;
  }
  bool wanted() const override { return is_wanted; }
  int status = 0;
  int stop_at_status = 0;
  std::size_t received = 0;
  std::size_t stop_at_bytes = std::numeric_limits<std::size_t>::max();
  std::atomic<bool> is_wanted = true;
};

TEST(CurlTransport, SendsTheRequestAsItIsAndNothingElse) {
  TestServer server(Tls::none, always(plain_answer("{}")));
  auto transport = make();
  PeerRequest request;
  request.url = server.url() + "/handshake/init?x=a%20b";
  request.headers = {{"Content-Type", "application/json"}, {"Kith-Signature", "abc"}, {"Empty", ""}};
  request.body = std::string(100'000, 'x');
  const auto answer = transport->send(request);
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "{}");
  EXPECT_EQ(find_header(answer->headers, "content-type"), "application/json");
  EXPECT_FALSE(answer->tls);

  const auto sent = server.requests().at(0);
  EXPECT_EQ(sent.substr(0, sent.find("\r\n\r\n")),
            "POST /handshake/init?x=a%20b HTTP/1.1\r\nHost: " + server.authority() +
                "\r\nUser-Agent: kith\r\nContent-Type: application/json\r\nKith-Signature: abc\r\nEmpty:\r\n"
                "Content-Length: 100000");
  EXPECT_TRUE(sent.ends_with(request.body));
}

TEST(CurlTransport, SendsOtherMethods) {
  TestServer server(Tls::none, always("HTTP/1.1 204 No Content\r\n\r\n"));
  auto transport = make();
  for (const auto* method : {"GET", "DELETE", "PUT", "HEAD"}) {
    auto request = get(server.url() + "/x");
    request.method = method;
    if (request.method == "PUT") request.body = "content";
    ASSERT_TRUE(transport->send(request)) << method;
    EXPECT_TRUE(server.requests().back().starts_with(std::string(method) + " /x HTTP/1.1\r\n"));
    EXPECT_EQ(server.requests().back().ends_with("content"), request.method == "PUT");
  }
}

TEST(CurlTransport, RefusesHeadersAndMethodsThatWouldBreakTheRequest) {
  TestServer server(Tls::none, always(plain_answer("{}")));
  auto transport = make();
  auto request = get(server.url() + "/");
  request.headers = {{"Kith-Session", "a\r\nHost: other"}};
  EXPECT_EQ(transport->send(request).error().code, ErrorCode::internal);
  request.headers = {{"Kith Session", "a"}};
  EXPECT_EQ(transport->send(request).error().code, ErrorCode::internal);
  request = get(server.url() + "/");
  request.method = "GET /other HTTP/1.1\r\n\r\nGET";
  EXPECT_EQ(transport->send(request).error().code, ErrorCode::internal);
  EXPECT_TRUE(server.requests().empty());
}

TEST(CurlTransport, HandsARedirectBackInsteadOfFollowingIt) {
  TestServer target(Tls::none, always(plain_answer("{}")));
  TestServer server(Tls::none,
                    always("HTTP/1.1 302 Found\r\nLocation: " + target.url() + "/\r\nContent-Length: 0\r\n\r\n"));
  const auto answer = make()->send(get(server.url() + "/"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(target.connections(), 0);
}

TEST(CurlTransport, IgnoresProxiesOfTheEnvironment) {
  TestServer server(Tls::none, always(plain_answer("{}")));
  TestServer proxy(Tls::none, always(plain_answer("{}")));
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  ::setenv("ALL_PROXY", proxy.url().c_str(), 1);
  EXPECT_TRUE(make()->send(get(server.url() + "/")));
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
  EXPECT_EQ(proxy.connections(), 0);
  EXPECT_EQ(server.connections(), 1);
}

TEST(CurlTransport, SpeaksNothingButHttp) {
  EXPECT_FALSE(make()->send(get("file:///etc/passwd")));
  EXPECT_FALSE(make()->send(get("ftp://127.0.0.1/")));
  EXPECT_FALSE(make()->send(get("http://user:secret@127.0.0.1/")));
}

TEST(CurlTransport, CutsAnswersThatAreTooLong) {
  const std::string body(1001, 'x');
  for (const auto& answer : {plain_answer(body), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body,
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + body + "\r\n0\r\n\r\n"}) {
    TestServer server(Tls::none, once(answer));
    auto request = get(server.url() + "/");
    request.max_response = 1000;
    const auto refused = make()->send(request);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::peer_error) << refused.error().detail;
    request.max_response = 1001;
    EXPECT_EQ(make()->send(request)->body, body);
  }
}

TEST(CurlTransport, RefusesHeadsThatAreNotAsTheyShouldBe) {
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 101; ++i) many += "A: b\r\n";
  std::string endless;
  for (int i = 0; i < 2000; ++i) endless += "HTTP/1.1 100 Continue\r\nName: value\r\n\r\n";
  for (const auto& answer :
       {many + "\r\n", "HTTP/1.1 200 OK\r\nA: " + std::string(40'000, 'x') + "\r\n\r\n", endless + plain_answer("{}"),
        std::string("HTTP/1.1 200 OK\r\nA: b\r\n folded\r\nContent-Length: 0\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 0\r\n\r\n"),
        std::string("SSH-2.0-OpenSSH_9\r\n\r\n")}) {
    TestServer server(Tls::none, once(answer));
    const auto refused = make()->send(get(server.url() + "/"));
    ASSERT_FALSE(refused) << answer.substr(0, 200);
    EXPECT_EQ(refused.error().code, ErrorCode::peer_error) << answer.substr(0, 200) << refused.error().detail;
  }
}

TEST(CurlTransport, TakesTheFinalAnswerAfterInterimOnes) {
  TestServer server(Tls::none, always("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + plain_answer("{}")));
  const auto answer = make()->send(get(server.url() + "/"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_FALSE(find_header(answer->headers, "Link"));
}

TEST(CurlTransport, GivesUpOnAnAnswerThatIsTooSlow) {
  TestServer server(Tls::none, [](TestConnection& connection, const std::string&) {
    connection.wait_for_close();
    return false;
  });
  auto request = get(server.url() + "/");
  request.total_timeout = milliseconds(200);
  const auto refused = make()->send(request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::peer_unreachable);
}

TEST(CurlTransport, GivesUpOnAStreamThatStandsStill) {
  TestServer server(Tls::none, [](TestConnection& connection, const std::string&) {
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome");
    connection.wait_for_close();
    return false;
  });
  auto options = on_loopback();
  options.stalled = milliseconds(100);
  CollectingSink sink;
  auto request = get(server.url() + "/");
  request.total_timeout = milliseconds(0);
  const auto refused = make(options)->stream(request, sink);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::peer_unreachable);
  EXPECT_EQ(sink.received, 4U);
}

TEST(CurlTransport, TellsAnAnswerCutOffFromAWholeOne) {
  TestServer server(Tls::none, once("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
  EXPECT_EQ(make()->send(get(server.url() + "/")).error().code, ErrorCode::peer_unreachable);
  TestServer silent(Tls::none, once(""));
  EXPECT_EQ(make()->send(get(silent.url() + "/")).error().code, ErrorCode::peer_unreachable);
}

TEST(CurlTransport, StreamsMoreThanItWouldCollect) {
  const std::string body(5'000'000, 'x');
  TestServer server(Tls::none, always(plain_answer(body)));
  CollectingSink sink;
  ASSERT_TRUE(make()->stream(get(server.url() + "/"), sink));
  EXPECT_EQ(sink.received, body.size());
  EXPECT_EQ(sink.status, 200);
}

TEST(CurlTransport, EndsAStreamWhenTheSinkHasEnough) {
  TestServer server(Tls::none, [](TestConnection& connection, const std::string&) {
    connection.write("HTTP/1.1 200 OK\r\n\r\n");
    while (connection.write(std::string(65'536, 'x'))) {  // without an end
    }
    return false;
  });
  auto transport = make();
  CollectingSink enough;
  enough.stop_at_bytes = 100'000;
  EXPECT_EQ(transport->stream(get(server.url() + "/"), enough).error().code, ErrorCode::peer_error);
  CollectingSink unwilling;
  unwilling.stop_at_status = 200;
  EXPECT_EQ(transport->stream(get(server.url() + "/"), unwilling).error().code, ErrorCode::peer_error);
  EXPECT_EQ(unwilling.received, 0U);
}

TEST(CurlTransport, EndsASilentStreamThatNobodyWantsAnyMore) {
  std::promise<void> arrived;
  TestServer server(Tls::none, [&](TestConnection& connection, const std::string&) {
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome");
    arrived.set_value();
    connection.wait_for_close();
    return false;
  });
  auto transport = make();
  CollectingSink sink;
  auto request = get(server.url() + "/");
  request.total_timeout = milliseconds(0);
  auto running = std::async(std::launch::async, [&] { return transport->stream(request, sink); });
  arrived.get_future().wait();
  sink.is_wanted = false;
  EXPECT_EQ(running.get().error().code, ErrorCode::peer_error);
}

TEST(CurlTransport, StopEndsWhatRunsAndRefusesWhatComes) {
  std::promise<void> arrived;
  TestServer server(Tls::none, [&](TestConnection& connection, const std::string&) {
    arrived.set_value();
    connection.wait_for_close();
    return false;
  });
  auto transport = make();
  auto request = get(server.url() + "/");
  request.total_timeout = milliseconds(60'000);
  auto running = std::async(std::launch::async, [&] { return transport->send(request); });
  arrived.get_future().wait();
  transport->stop();
  EXPECT_EQ(running.get().error().code, ErrorCode::busy);
  EXPECT_EQ(transport->send(request).error().code, ErrorCode::busy);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(CurlTransport, KeepsConnectionsAndStillKnowsTheirCertificate) {
  TestServer server(Tls::v13, always(plain_answer("{}")));
  auto transport = make();
  for (int i = 0; i < 3; ++i) {
    const auto answer = transport->send(get(server.url() + "/"));
    ASSERT_TRUE(answer) << answer.error().detail;
    ASSERT_TRUE(answer->tls);
    EXPECT_EQ(answer->tls->spki, server.spki());
    EXPECT_TRUE(answer->tls->tls13);
    EXPECT_FALSE(answer->tls->web_authority) << "self-signed";
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(CurlTransport, TellsWhetherAnAuthorityVouchesForTheName) {
  test::TempDir folder;
  TestServer server(Tls::v12, always(plain_answer("{}")));
  server.write_certificate(folder / "ca.pem");
  auto options = on_loopback();
  options.ca_file = (folder / "ca.pem").string();
  auto transport = make(options);
  for (int i = 0; i < 2; ++i) {  // a new connection, then a kept one
    const auto by_address = transport->send(get(server.url("127.0.0.1") + "/"));
    ASSERT_TRUE(by_address) << by_address.error().detail;
    EXPECT_TRUE(by_address->tls->web_authority);
    EXPECT_FALSE(by_address->tls->tls13);
    EXPECT_TRUE(transport->send(get(server.url("localhost") + "/"))->tls->web_authority);
    EXPECT_FALSE(transport->send(get(server.url("127.0.0.2") + "/"))->tls->web_authority) << "not in the certificate";
  }
}

TEST(CurlTransport, RefusesACaFileThatIsNone) {
  auto options = on_loopback();
  options.ca_file = "/dev/null";
  EXPECT_FALSE(CurlTransport::create(options));
  options.ca_file = "/nowhere/ca.pem";
  EXPECT_EQ(CurlTransport::create(options).error().code, ErrorCode::bad_request);
}

TEST(CurlTransport, ShowsNoRequestToAnotherCertificateThanTheOneNamed) {
  TestServer server(Tls::v13, always(plain_answer("{}")));
  auto transport = make();
  ASSERT_TRUE(transport->send(get(server.url() + "/any")));  // a kept connection is there, but not one for this
  auto request = get(server.url() + "/secret");
  request.only_spki = core::Digest{};
  const auto refused = transport->send(request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::peer_error) << refused.error().detail;
  request.only_spki = server.spki();
  EXPECT_TRUE(transport->send(request));
  ASSERT_EQ(server.requests().size(), 2U);
  EXPECT_TRUE(server.requests()[0].starts_with("GET /any "));
  EXPECT_TRUE(server.requests()[1].starts_with("GET /secret "));
}

TEST(CurlTransport, ShowsNoRequestToACertificateOfNoAuthorityWhereOneIsAskedFor) {
  TestServer server(Tls::v13, always(plain_answer("{}")));
  auto transport = make();
  ASSERT_TRUE(transport->send(get(server.url() + "/any")));  // a kept connection is there, but not one for this
  auto request = get(server.url() + "/secret");
  request.web_authority_only = true;
  const auto refused = transport->send(request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::peer_unreachable);
  EXPECT_THAT(refused.error().detail, testing::HasSubstr("not of a known authority for this name"));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(CurlTransport, InsistsOnAnAuthorityForThisVeryName) {
  test::TempDir folder;
  TestServer server(Tls::v12, always(plain_answer("{}")));
  server.write_certificate(folder / "ca.pem");
  auto options = on_loopback();
  options.ca_file = (folder / "ca.pem").string();
  auto transport = make(options);
  for (int i = 0; i < 2; ++i) {  // a new connection, then a kept one
    auto request = get(server.url("localhost") + "/");
    request.web_authority_only = true;
    const auto answer = transport->send(request);
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_TRUE(answer->tls->web_authority);
    request.url = server.url("127.0.0.2") + "/";
    EXPECT_EQ(transport->send(request).error().code, ErrorCode::peer_unreachable) << "not in the certificate";
  }
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(CurlTransport, ShowsNoRequestBelowTls13WhenACertificateIsNamed) {
  TestServer server(Tls::v12, always(plain_answer("{}")));
  auto request = get(server.url() + "/secret");
  request.only_spki = server.spki();
  const auto refused = make()->send(request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::peer_error) << refused.error().detail;
  EXPECT_TRUE(server.requests().empty());
  TestServer plain(Tls::none, always(plain_answer("{}")));
  request.url = plain.url() + "/secret";
  EXPECT_EQ(make()->send(request).error().code, ErrorCode::peer_error);
  EXPECT_EQ(plain.connections(), 0);
}

TEST(CurlTransport, ConnectsToNoPrivateAddressUnlessAllowed) {
  for (const auto tls : {Tls::none, Tls::v13}) {
    TestServer server(tls, always(plain_answer("{}")));
    auto transport = make(CurlTransportOptions{});
    for (const auto* host : {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"}) {
      const auto refused = transport->send(get(server.url(host) + "/"));
      ASSERT_FALSE(refused) << host;
      EXPECT_EQ(refused.error().code, ErrorCode::peer_unreachable);
      EXPECT_THAT(refused.error().detail, testing::HasSubstr("allow_private_addresses")) << host;
    }
    EXPECT_FALSE(make()->send(get(server.url("0.0.0.0") + "/"))) << "no host, even where private ones are allowed";
    EXPECT_EQ(server.connections(), 0);
  }
}

TEST(CurlTransport, TellsARefusedConnection) {
  std::string url;
  {
    TestServer server(Tls::none, always(""));
    url = server.url();
  }
  EXPECT_EQ(make()->send(get(url + "/")).error().code, ErrorCode::peer_unreachable);
}

TEST(CurlTransport, ServesManyThreadsAtOnce) {
  TestServer server(Tls::none, always(plain_answer("{}")));
  auto transport = make();
  std::vector<std::future<int>> counts;
  for (int i = 0; i < 8; ++i) {
    counts.push_back(std::async(std::launch::async, [&] {
      int good = 0;
      for (int j = 0; j < 25; ++j) good += transport->send(get(server.url() + "/")).has_value();
      return good;
    }));
  }
  for (auto& count : counts) EXPECT_EQ(count.get(), 25);
  EXPECT_LE(server.connections(), 8);
}

}  // namespace
}  // namespace kith::federation
