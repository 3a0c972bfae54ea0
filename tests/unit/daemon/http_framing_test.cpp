// Heads and bodies that two servers could read differently: raw bytes to a real server, which must say 400 and close.

#include "tests/unit/daemon/http_server_fixture.hpp"

namespace kith::test {
namespace {

using daemon::Method;
using daemon::Response;

class HttpFraming : public HttpServerTest {
 protected:
  HttpFraming() {
    const auto echo = [](const daemon::Request& request, const daemon::Reply& reply) {
      reply(Response::text(200, request.path + "|" + request.body, "text/plain"));
    };
    add(Method::get, "/", echo);
    add(Method::get, "/a/b", echo);
    add(Method::get, "/item/{name}", [](const daemon::Request& request, const daemon::Reply& reply) {
      reply(Response::text(200, std::string(request.path_value("name")), "text/plain"));
    });
    add(Method::post, "/echo", echo, 1024);
    start();
  }
  // One answer of that status, nothing behind it, then the end.
  void expect_refused(std::string_view bytes, std::string_view status = "400") {
    const auto answer = exchange(bytes);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::string(status) + " ")) << answer << "\nfor: " << bytes;
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
    EXPECT_NE(answer.find("application/problem+json"), std::string::npos);
    EXPECT_EQ(answer.find("HTTP/1.1 ", 8), std::string::npos) << "a second answer: " << answer;
  }
  void expect_field_refused(std::string_view fields, std::string_view body = "") {
    expect_refused("POST /echo HTTP/1.1\r\nHost: a.example\r\n" + std::string(fields) + "\r\n\r\n" + std::string(body));
  }
  void expect_chunks_refused(std::string_view chunks) { expect_field_refused("Transfer-Encoding: chunked", chunks); }
};

TEST_F(HttpFraming, RefusesRepeatedContentLength) {
  expect_field_refused("Content-Length: 5\r\nContent-Length: 5", "hello");
  expect_field_refused("Content-Length: 5\r\nContent-Length: 6", "hello");
  expect_field_refused("Content-Length: 5, 5", "hello");
}
TEST_F(HttpFraming, RefusesContentLengthWithTransferEncoding) {
  expect_field_refused("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n");
  expect_field_refused("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n");
}
TEST_F(HttpFraming, RefusesContentLengthThatIsNoNumber) {
  for (const char* value : {"", "+5", "-5", "5 5", "0x5", "5a", "9999999999999999999999"}) {
    expect_field_refused(std::string("Content-Length: ") + value, "hello");
  }
}
TEST_F(HttpFraming, RefusesTransferEncodingOtherThanChunked) {
  for (const char* value : {"gzip", "gzip, chunked", "chunked, chunked", "identity", "xchunked", "\"chunked\"", ""}) {
    expect_field_refused(std::string("Transfer-Encoding: ") + value, "0\r\n\r\n");
  }
  expect_field_refused("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n");
}
TEST_F(HttpFraming, RefusesTransferEncodingInHttp10) {
  expect_refused("POST /echo HTTP/1.0\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
}
TEST_F(HttpFraming, RefusesBareLineFeeds) {
  expect_refused("GET / HTTP/1.1\nHost: a.example\n\n");
  expect_refused("GET / HTTP/1.1\r\nHost: a.example\nX: y\r\n\r\n");
}
TEST_F(HttpFraming, RefusesBareCarriageReturns) {
  expect_refused("GET / HTTP/1.1\r\nHost: a.example\rX: y\r\n\r\n");
  expect_refused("GET /\r HTTP/1.1\r\nHost: a.example\r\n\r\n");
}
TEST_F(HttpFraming, RefusesNulAndControls) {
  expect_refused(std::string("GET / HTTP/1.1\r\nHost: a.example\r\nX: a") + '\0' + "b\r\n\r\n");
  expect_field_refused(
      "X: a\x01"
      "b");
  expect_field_refused("X: a\x7f");
}
TEST_F(HttpFraming, RefusesFoldedFields) {
  expect_field_refused("X: a\r\n b");
  expect_field_refused("X: a\r\n\tb");
  expect_refused("GET / HTTP/1.1\r\n Host: a.example\r\n\r\n");
}
TEST_F(HttpFraming, RefusesSpaceBeforeColonAndEmptyNames) {
  expect_field_refused("Content-Length : 5", "hello");
  expect_field_refused("Content-Length\t: 5", "hello");
  expect_field_refused(": nothing");
  expect_field_refused("no colon");
  expect_field_refused("X(y): z");
}
TEST_F(HttpFraming, RefusesMissingSecondAndMalformedHost) {
  expect_refused("GET / HTTP/1.1\r\n\r\n");
  expect_refused("GET / HTTP/1.1\r\nHost: a.example\r\nHost: a.example\r\n\r\n");
  for (const char* host : {"", "a b", "a.example/x", "user@a.example", "a.example:", "a.example:x", "a.example:99999",
                           "[::1", "[zz]", "::1", "a,b", "a.example:0"}) {
    expect_refused("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n");
  }
}
TEST_F(HttpFraming, TakesHostsWithPortAndIpv6) {
  for (const char* host : {"a.example", "A.Example:8471", "127.0.0.1:80", "[::1]:8470", "[2001:db8::1]"}) {
    EXPECT_TRUE(exchange("GET / HTTP/1.1\r\nConnection: close\r\nHost: " + std::string(host) + "\r\n\r\n")
                    .starts_with("HTTP/1.1 200"))
        << host;
  }
}
TEST_F(HttpFraming, RefusesBadRequestLines) {
  for (const char* line : {"GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET /  HTTP/1.1", "GET",
                           "G(T / HTTP/1.1", "GET / HTTP/2.0", "GET / HTTP/1.2", "GET / HTTP/0.9", "GET / HTTPS/1.1",
                           "GET / http/1.1", "GET / HTTP/1.1x", "GET a HTTP/1.1", "GET /\x80 HTTP/1.1"}) {
    expect_refused(std::string(line) + "\r\nHost: a.example\r\n\r\n");
  }
}
TEST_F(HttpFraming, RefusesTargetsThatMislead) {
  for (const char* target :
       {"/#x", "/a/../b", "/a/./b", "/a/%2e%2e/b", "/a/%2E/b", "/..", "/%00", "/a%", "/a%2", "/a%zz", "/?q=%",
        "/?q=%00", "/%ff", "http://b.example/", "ftp://a.example/", "http://u@a.example/"}) {
    expect_refused("GET " + std::string(target) + " HTTP/1.1\r\nHost: a.example\r\n\r\n");
  }
}
TEST_F(HttpFraming, TakesAbsoluteFormOfItsOwnHostAndCollapsesSlashes) {
  const std::string fields = " HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n";
  EXPECT_NE(exchange("GET http://A.example/a/b" + fields).find("/a/b|"), std::string::npos);
  EXPECT_NE(exchange("GET //a///b" + fields).find("/a/b|"), std::string::npos);
  EXPECT_NE(exchange("GET /a/b?x#y" + fields).find(" 400 "), std::string::npos);
}
TEST_F(HttpFraming, EncodedSlashStaysInsideItsSegment) {
  EXPECT_TRUE(get("/a%2Fb").starts_with("HTTP/1.1 404"));
  EXPECT_NE(get("/item/x%2Fy").find("\r\n\r\nx/y"), std::string::npos);
}
TEST_F(HttpFraming, RefusesBadChunks) {
  for (const char* chunks : {"\r\n\r\n", "x\r\n", "-1\r\n", "+5\r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n",
                             "5 \r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n",
                             "5\r\nhello\n0\r\n\r\n", "1234567890abcdef\r\n", " 5\r\nhello\r\n0\r\n\r\n",
                             "5;a\nb\r\nhello\r\n0\r\n\r\n", "5\rhello\r\n0\r\n\r\n", "0\r\nTrailer: a\n\r\n"}) {
    expect_chunks_refused(chunks);
  }
}
TEST_F(HttpFraming, RefusesFloodsOfChunkExtensionsAndTrailers) {
  expect_chunks_refused("5;" + std::string(5000, 'x'));
  std::string many;
  for (int i = 0; i < 500; ++i) many += "1;abcdefghij\r\nx\r\n";
  expect_chunks_refused(many);
  expect_chunks_refused("0\r\n" + std::string(5000, 'x'));
}
TEST_F(HttpFraming, TakesChunksHoweverTheyAreCut) {
  const std::string request =
      "POST /echo HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: Chunked\r\nConnection: close\r\n\r\n"
      "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nA: b\r\n\r\n";
  RawClient client(port());
  for (const char byte : request) ASSERT_TRUE(client.send({&byte, 1}));
  EXPECT_EQ(client.read_response().body, "/echo|hello world");
}
TEST_F(HttpFraming, LimitsHeadTargetAndFields) {
  expect_refused("GET / HTTP/1.1\r\nHost: a.example\r\nX: " + std::string(17000, 'x') + "\r\n\r\n", "431");
  std::string fields;
  for (int i = 0; i < 101; ++i) fields += "X-" + std::to_string(i) + ": y\r\n";
  expect_refused("GET / HTTP/1.1\r\nHost: a.example\r\n" + fields + "\r\n", "431");
  expect_refused("GET /" + std::string(9000, 'x') + " HTTP/1.1\r\nHost: a.example\r\n\r\n", "414");
  expect_refused("GET /" + std::string(20000, 'x') + " HTTP/1.1\r\nHost: a.example\r\n\r\n", "414");
}
TEST_F(HttpFraming, FifteenThousandSlashesAreHarmless) {
  const auto answer = get(std::string(8000, '/'));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer.substr(0, 100);
  expect_refused("GET " + std::string(15000, '/') + " HTTP/1.1\r\nHost: a.example\r\n\r\n", "414");
}
TEST_F(HttpFraming, LimitsBufferedBodies) {
  expect_refused("POST /echo HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1025\r\n\r\n", "413");
  expect_refused("POST /echo HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n401\r\n" +
                     std::string(1025, 'x') + "\r\n0\r\n\r\n",
                 "413");
  expect_refused("GET / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1\r\n\r\nx", "413");
}
TEST_F(HttpFraming, AnswersUnknownPathsAndMethods) {
  EXPECT_TRUE(get("/nothing").starts_with("HTTP/1.1 404"));
  const auto wrong = exchange("DELETE /echo HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(wrong.starts_with("HTTP/1.1 405"));
  EXPECT_NE(wrong.find("Allow: POST, OPTIONS\r\n"), std::string::npos);
  EXPECT_NE(wrong.find("\"code\":\"method_not_allowed\""), std::string::npos);
  EXPECT_TRUE(exchange("BREW / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 405"));
  EXPECT_TRUE(exchange("get / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 405"));
  const auto options = exchange("OPTIONS / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(options.starts_with("HTTP/1.1 204"));
  EXPECT_NE(options.find("Allow: GET, HEAD, OPTIONS\r\n"), std::string::npos);
  EXPECT_TRUE(
      exchange("OPTIONS * HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 204"));
}

}  // namespace
}  // namespace kith::test
