// TLS: streaming, broken and silent clients, certificates.

#include <fcntl.h>
#include <sys/socket.h>

#include <ctime>
#include <fstream>

#include "tests/unit/daemon/http_server_fixture.hpp"

namespace kith::test {
namespace {

using daemon::Method;
using daemon::Response;

class HttpTls : public HelloServerTest {
 protected:
  HttpTls() {
    make_certificate(folder_ / "cert.pem", folder_ / "key.pem");
    options_.listeners[0].certificate = folder_ / "cert.pem";
    options_.listeners[0].key = folder_ / "key.pem";
  }
};

TEST_F(HttpTls, ServesAndStreams) {
  const auto record = std::make_shared<SinkRecord>();
  add_sink(Method::put, "/upload", [record](const daemon::Request& request) {
    EXPECT_TRUE(request.secure);
    return std::make_unique<RecordingSink>(record);
  });
  std::ofstream(folder_ / "file") << std::string(5u << 20, 'f');
  add_answer("/file", [path = folder_ / "file"] {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    auto response = Response::empty(200);
    response.body = daemon::FileSlice{file, 0, 5u << 20, std::make_shared<OpenFile>(file)};
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

TEST_F(HttpTls, SilentHandshakeStopsNobodyAndEnds) {
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

TEST_F(HttpTls, HalfARecordIsWaitedForWithoutWork) {
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

TEST_F(HttpTls, PipelineBeyondWhatIsKeptIsAnsweredWhole) {
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

TEST_F(HttpTls, PlainHttpIsTurnedAway) {
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(kGet));
  EXPECT_EQ(client.read_all().find("HTTP/1.1 200"), std::string::npos);
}

TEST_F(HttpTls, ReloadsCertificatesAndKeepsGoodOnes) {
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

}  // namespace
}  // namespace kith::test
