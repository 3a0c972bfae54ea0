// Bodies that stream both ways, with back-pressure, over real sockets.

#include <fcntl.h>

#include <sys/socket.h>
#include <unistd.h>
#include <fstream>

#include <cstdlib>
#include <thread>

#include "tests/unit/daemon/http_server_fixture.hpp"

namespace kith::test {
namespace {

using daemon::Method;
using daemon::Response;

constexpr std::uint64_t kGiB = 1ull << 30;
constexpr std::size_t kMiB = 1u << 20;

class HttpStreaming : public HttpServerTest {
 protected:
  std::shared_ptr<SinkRecord> add_upload(bool keep = true) {
    auto record = std::make_shared<SinkRecord>();
    add_sink(Method::put, "/upload",
             [record, keep](const daemon::Request&) { return std::make_unique<RecordingSink>(record, keep); });
    return record;
  }
  // A sparse file of `size` bytes, sent whole.
  void add_file(std::string pattern, std::uint64_t size) {
    const auto path = folder_ / "file";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_EQ(::ftruncate(fd, static_cast<off_t>(size)), 0);
    ASSERT_EQ(::pwrite(fd, "begin", 5, 0), 5);
    ASSERT_EQ(::pwrite(fd, "end", 3, static_cast<off_t>(size - 3)), 3);
    ::close(fd);
    add_answer(std::move(pattern), [path, size] {
      const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
      auto response = Response::empty(200);
      response.body = daemon::FileSlice{file, 0, size, std::make_shared<OpenFile>(file)};
      return response;
    });
  }
  std::shared_ptr<FedSource> add_source(std::optional<std::uint64_t> length = std::nullopt) {
    auto source = std::make_shared<FedSource>();
    add_answer("/stream", [source, length] {
      auto response = Response::empty(200);
      response.body = daemon::StreamedBody{source, length};
      return response;
    });
    return source;
  }
  static std::string put_head(std::string_view fields) {
    return "PUT /upload HTTP/1.1\r\nHost: a.example\r\n" + std::string(fields) + "\r\n";
  }
  static constexpr std::string_view kGetStream = "GET /stream HTTP/1.1\r\nHost: a.example\r\n\r\n";
};

TEST_F(HttpStreaming, SinkGetsEveryByteInOrder) {
  const auto record = add_upload();
  start();
  std::string body(3 * kMiB + 17, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 31 >> 3);
  RawClient client(port());
  ASSERT_TRUE(client.send(put_head("Content-Length: " + std::to_string(body.size()) + "\r\n") + body));
  EXPECT_EQ(client.read_response().status, 201);
  EXPECT_TRUE(record->bytes == body);
  EXPECT_TRUE(record->destroyed.wait());
}

TEST_F(HttpStreaming, SinkGetsChunkedBodies) {
  const auto record = add_upload();
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(put_head("Transfer-Encoding: chunked\r\n")));
  std::string expected;
  for (std::size_t i = 1; i < 400; ++i) {
    const std::string piece(i * 7, static_cast<char>('a' + i % 26));
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    ASSERT_TRUE(client.send(size + piece + "\r\n"));
    expected += piece;
  }
  ASSERT_TRUE(client.send("0\r\n\r\nGET /nothing HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  EXPECT_EQ(client.read_response().status, 201);
  EXPECT_EQ(client.read_response().status, 404) << "a pipelined request behind the body is answered";
  EXPECT_TRUE(record->bytes == expected);
}

TEST_F(HttpStreaming, EmptyBodyReachesFinish) {
  const auto record = add_upload();
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(put_head("Content-Length: 0\r\n")));
  EXPECT_EQ(client.read_response().body, "0");
  EXPECT_EQ(record->wrote.count(), 0);
}

TEST_F(HttpStreaming, GigabyteUploadStaysInBoundedMemory) {
  const auto record = add_upload(false);
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(put_head("Content-Length: " + std::to_string(kGiB) + "\r\n")));
  const std::string piece(kMiB, 'x');
  const auto before = resident_bytes();
  std::size_t most = 0;
  for (std::uint64_t sent = 0; sent < kGiB; sent += piece.size()) {
    ASSERT_TRUE(client.send(piece));
    most = std::max(most, resident_bytes());
  }
  EXPECT_EQ(client.read_response().body, std::to_string(kGiB));
  EXPECT_LT(most, before + 32 * kMiB);
}

TEST_F(HttpStreaming, GigabyteFileDownloadStaysInBoundedMemory) {
  add_file("/file", kGiB + 5);
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("GET /file HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"));
  const auto before = resident_bytes();
  // Into one buffer: sanitizers keep what is freed for a while, which would count here.
  std::vector<char> space(kMiB);
  std::uint64_t got = 0;
  std::string end;
  for (ssize_t more; (more = ::recv(client.descriptor(), space.data(), space.size(), 0)) > 0;) {
    got += static_cast<std::uint64_t>(more);
    end.append(space.data() + std::max<ssize_t>(more - 3, 0), static_cast<std::size_t>(std::min<ssize_t>(more, 3)));
    end.erase(0, end.size() - std::min<std::size_t>(end.size(), 3));
  }
  EXPECT_EQ(end, "end");
  EXPECT_GT(got, kGiB);
  EXPECT_LT(resident_bytes(), before + 32 * kMiB);
}

TEST_F(HttpStreaming, SlowSinkHoldsTheClientBack) {
  const auto record = add_upload(false);
  Signal go;
  record->on_write = [&]() -> core::Expected<void> {
    go.wait();
    return {};
  };
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(put_head("Content-Length: " + std::to_string(kGiB) + "\r\n")));
  ::fcntl(client.descriptor(), F_SETFL, O_NONBLOCK);
  const std::string piece(kMiB, 'x');
  std::size_t taken = 0;
  // Fills what the kernel and the server hold until neither takes more.
  for (int idle = 0; idle < 100;) {
    const auto sent = ::send(client.descriptor(), piece.data(), piece.size(), MSG_NOSIGNAL);
    idle = sent > 0 ? 0 : idle + 1;
    taken += sent > 0 ? static_cast<std::size_t>(sent) : 0;
    if (sent <= 0) std::this_thread::sleep_for(1ms);
  }
  EXPECT_LT(taken, 64 * kMiB);
  client.abort();
  go.raise();
  EXPECT_TRUE(record->destroyed.wait());
  EXPECT_EQ(record->finished.count(), 0);
}

TEST_F(HttpStreaming, SinkErrorIsAnsweredAndEndsTheUpload) {
  const auto record = add_upload();
  record->on_write = [] { return core::fail(core::ErrorCode::storage_full, "The disk is full."); };
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(put_head("Content-Length: 100000000\r\n") + std::string(100000, 'x')));
  const auto response = client.read_response();
  EXPECT_EQ(response.status, 507);
  EXPECT_NE(response.body.find("storage_full"), std::string::npos);
  EXPECT_EQ(response.field("Connection"), "close");
  EXPECT_TRUE(record->destroyed.wait());
  EXPECT_EQ(record->finished.count(), 0);
}

TEST_F(HttpStreaming, WhatASinkThrowsIsA500) {
  const auto record = add_upload();
  record->on_write = []() -> core::Expected<void> { throw std::runtime_error("boom"); };
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(put_head("Content-Length: 5\r\n") + "hello"));
  EXPECT_EQ(client.read_response().status, 500);
}

TEST_F(HttpStreaming, WhatFailsInsideIsLoggedAndNotTold) {
  const auto record = add_upload();
  record->finish_error = core::Error{core::ErrorCode::internal, "rename /srv/secret failed", {}, {}};
  start(core::Logger(core::LogLevel::error, core::LogFormat::text));
  testing::internal::CaptureStderr();
  RawClient client(port());
  ASSERT_TRUE(client.send(put_head("Content-Length: 5\r\n") + "hello"));
  const auto response = client.read_response();
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("secret"), std::string::npos) << response.body;
  EXPECT_NE(log.find("rename /srv/secret failed"), std::string::npos) << log;
  EXPECT_NE(log.find(response.field("X-Request-Id")), std::string::npos);
  EXPECT_NE(log.find("/upload"), std::string::npos);
}

TEST_F(HttpStreaming, FinishErrorsAreAnswered) {
  const auto record = add_upload();
  record->finish_error = core::Error{core::ErrorCode::quota_exceeded, "Delete something first.", {}, {}};
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(put_head("Content-Length: 5\r\n") + "hello"));
  const auto response = client.read_response();
  EXPECT_EQ(response.status, 507);
  EXPECT_NE(response.body.find("Delete something first."), std::string::npos);
}

TEST_F(HttpStreaming, ContinueComesOnlyAfterTheSinkWasOpened) {
  const auto record = add_upload();
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(put_head("Content-Length: 5\r\nExpect: 100-continue\r\n")));
  EXPECT_EQ(client.read_response().status, 100);
  EXPECT_EQ(record->opened.count(), 1);
  ASSERT_TRUE(client.send("hello"));
  EXPECT_EQ(client.read_response().status, 201);
}

TEST_F(HttpStreaming, RefusedUploadGetsNoContinue) {
  add_sink(Method::put, "/upload", [](const daemon::Request&) -> core::Expected<std::unique_ptr<daemon::BodySink>> {
    return core::fail(core::ErrorCode::unauthorized, "Log in first.");
  });
  start();
  const auto answer = exchange(put_head("Content-Length: 5\r\nExpect: 100-continue\r\n"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 401 "));
  EXPECT_EQ(answer.find("100 Continue"), std::string::npos);
}

TEST_F(HttpStreaming, RefusedUploadIsSeenByAClientThatSendsOn) {
  add_sink(Method::put, "/upload", [](const daemon::Request&) -> core::Expected<std::unique_ptr<daemon::BodySink>> {
    return core::fail(core::ErrorCode::too_large, "Too much.");
  });
  start();
  RawClient client(port());
  client.send(put_head("Content-Length: 50000000\r\n"));
  const std::string piece(kMiB, 'x');
  for (int i = 0; i < 20; ++i) client.send(piece);
  EXPECT_EQ(client.read_response().status, 413);
}

TEST_F(HttpStreaming, AbortedUploadDropsTheSink) {
  const auto record = add_upload();
  start();
  {
    RawClient client(port());
    ASSERT_TRUE(client.send(put_head("Content-Length: 1000\r\n") + "part"));
    ASSERT_TRUE(record->wrote.wait());
  }
  EXPECT_TRUE(record->destroyed.wait());
  EXPECT_EQ(record->finished.count(), 0);
  EXPECT_TRUE(eventually([&] { return finished().size() == 1; }));
  EXPECT_FALSE(finished()[0].complete);
}

TEST_F(HttpStreaming, PendingSourceIsWokenFromAnotherThread) {
  const auto source = add_source();
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(kGetStream));
  ASSERT_TRUE(source->waited.wait());
  source->put("hello ");
  source->put("world");
  source->finish();
  const auto response = client.read_response();
  EXPECT_EQ(response.field("Transfer-Encoding"), "chunked");
  EXPECT_TRUE(response.complete);
  EXPECT_EQ(response.body, "hello world");
  ASSERT_TRUE(client.send("GET /nothing HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  EXPECT_EQ(client.read_response().status, 404);
}

TEST_F(HttpStreaming, EachPieceIsSentAtOnce) {
  const auto source = add_source();
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(kGetStream));
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(source->waited.wait(i + 1));
    const auto mark = "event" + std::to_string(i) + "\n";
    source->put(mark);
    std::string got;
    while (got.find(mark) == std::string::npos) {
      const auto piece = client.read_some(4096);
      ASSERT_FALSE(piece.empty());
      got += piece;
    }
  }
  source->finish();
}

TEST_F(HttpStreaming, SourceOfKnownLengthHasContentLength) {
  const auto source = add_source(11);
  source->put("hello world");
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(kGetStream));
  const auto response = client.read_response();
  EXPECT_EQ(response.field("Content-Length"), "11");
  EXPECT_EQ(response.body, "hello world");
  EXPECT_TRUE(source->abandoned.wait());
}

TEST_F(HttpStreaming, SourceForHttp10EndsWithTheConnection) {
  const auto source = add_source();
  source->put("old");
  source->finish();
  start();
  const auto answer = exchange("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(answer.find("chunked"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\nold"));
}

TEST_F(HttpStreaming, FailedSourceCutsTheConnection) {
  const auto source = add_source();
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(kGetStream));
  source->put("half");
  ASSERT_TRUE(source->waited.wait());
  source->fail();
  EXPECT_FALSE(client.read_response().complete);
  EXPECT_TRUE(source->abandoned.wait());
}

TEST_F(HttpStreaming, SourceShorterThanPromisedCutsTheConnection) {
  const auto source = add_source(100);
  source->put("short");
  source->finish();
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(kGetStream));
  EXPECT_FALSE(client.read_response().complete);
  EXPECT_TRUE(client.at_end());
}

TEST_F(HttpStreaming, GoneClientAbandonsAPendingSource) {
  const auto source = add_source();
  start();
  {
    RawClient client(port());
    ASSERT_TRUE(client.send(kGetStream));
    ASSERT_TRUE(source->waited.wait());
  }
  EXPECT_TRUE(source->abandoned.wait());
  EXPECT_TRUE(eventually([&] { return server_->open_connections() == 0; }));
}

TEST_F(HttpStreaming, GoneClientIsNoticedBehindAFullPipeline) {
  const auto source = add_source();
  start();
  {
    RawClient client(port());
    ASSERT_TRUE(client.send(kGetStream));
    ASSERT_TRUE(source->waited.wait());
    ASSERT_TRUE(client.send(std::string(100'000, 'x')));
  }
  EXPECT_TRUE(source->abandoned.wait());
}

TEST_F(HttpStreaming, HalfClosedClientStillGetsItsAnswer) {
  add_file("/file", 20 * kMiB);
  Signal go;
  add(Method::get, "/later", [&](const daemon::Request&, const daemon::Reply& reply) {
    go.wait();
    reply(Response::text(200, "later", "text/plain"));
  });
  start();
  RawClient file(port());
  ASSERT_TRUE(file.send("GET /file HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  file.end_sending();
  EXPECT_TRUE(file.read_response().complete);
  RawClient later(port());
  ASSERT_TRUE(later.send("GET /later HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  later.end_sending();
  go.raise();
  EXPECT_EQ(later.read_response().body, "later");
  EXPECT_TRUE(later.at_end());
}

TEST_F(HttpStreaming, FastSourceIsHeldBackByASlowReader) {
  struct Endless final : daemon::BodySource {
    Result read(std::span<std::uint8_t> space) override {
      made += space.size();
      return {Status::data, space.size()};
    }
    void abandon() override { gone.raise(); }
    std::atomic<std::uint64_t> made = 0;
    Signal gone;
  };
  const auto source = std::make_shared<Endless>();
  add_answer("/stream", [source] {
    auto response = Response::empty(200);
    response.body = daemon::StreamedBody{source, std::nullopt};
    return response;
  });
  start();
  {
    RawClient client(port());
    ASSERT_TRUE(client.send(kGetStream));
    std::uint64_t last = 0;
    // Stands still once the buffers are full.
    for (int still = 0; still < 50; still = source->made == last && last > 0 ? still + 1 : 0, last = source->made) {
      std::this_thread::sleep_for(2ms);
    }
    EXPECT_LT(source->made, 64 * kMiB);
    ASSERT_FALSE(client.read_some(16 * kMiB).empty());
  }
  EXPECT_TRUE(source->gone.wait());
}

TEST_F(HttpStreaming, AbortedTransfersLeakNoDescriptors) {
  add_file("/file", 64 * kMiB);
  const auto record = add_upload(false);
  start();
  ASSERT_FALSE(get("/nothing").empty());
  ASSERT_TRUE(eventually([&] { return server_->open_connections() == 0; }));
  const auto before = open_descriptors();
  for (int i = 0; i < 50; ++i) {
    RawClient download(port());
    ASSERT_TRUE(download.send("GET /file HTTP/1.1\r\nHost: a.example\r\n\r\n"));
    download.read_some(1000);
    RawClient upload(port());
    ASSERT_TRUE(upload.send(put_head("Content-Length: 1000000\r\n") + std::string(1000, 'x')));
    if (i % 2 == 0) {
      download.abort();
      upload.abort();
    }
  }
  EXPECT_TRUE(eventually([&] { return server_->open_connections() == 0; }));
  EXPECT_TRUE(eventually([&] { return open_descriptors() == before; })) << open_descriptors() << " were " << before;
}

TEST_F(HttpStreaming, FileThatIsNotInMemoryComesWhole) {
  // Not on tmpfs, which is never cold.
  std::string path = "/var/tmp/kith-cold-XXXXXX";
  const int file = ::mkstemp(path.data());
  ASSERT_GE(file, 0);
  ::unlink(path.c_str());
  std::string content(20 * kMiB, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 7 >> 5);
  ASSERT_EQ(::write(file, content.data(), content.size()), static_cast<ssize_t>(content.size()));
  ASSERT_EQ(::fsync(file), 0);
  ASSERT_EQ(::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED), 0);
  add_answer("/cold", [&] {
    auto response = Response::empty(200);
    response.body = daemon::FileSlice{file, 1, content.size() - 1, nullptr};
    return response;
  });
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("GET /cold HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  EXPECT_TRUE(client.read_response().body == content.substr(1));
  server_.reset();
  ::close(file);
}

TEST_F(HttpStreaming, FileThatIsFoundDamagedOnTheWayIsCutOff) {
  const auto path = folder_ / "damaged";
  constexpr std::size_t kSound = 8 * kMiB;
  std::ofstream(path) << std::string(20 * kMiB, 'f');
  add_answer("/damaged", [path, kSound] {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    auto response = Response::empty(200);
    response.body = daemon::FileSlice{file, 0, 20 * kMiB, std::make_shared<OpenFile>(file, kSound)};
    return response;
  });
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("GET /damaged HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  const auto response = client.read_response();
  EXPECT_FALSE(response.complete);
  EXPECT_LE(response.body.size(), kSound);
}

TEST_F(HttpStreaming, HeadHasTheFieldsOfGetAndNoBody) {
  const auto source = add_source(1000);
  add_answer("/text", [] { return Response::text(200, "twelve bytes", "text/plain"); });
  start();
  RawClient client(port());
  ASSERT_TRUE(
      client.send("HEAD /text HTTP/1.1\r\nHost: a.example\r\n\r\nHEAD /stream HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  EXPECT_EQ(client.read_response(true).field("Content-Length"), "12");
  EXPECT_EQ(client.read_response(true).field("Content-Length"), "1000");
  EXPECT_TRUE(source->abandoned.wait());
  ASSERT_TRUE(client.send("GET /text HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"));
  EXPECT_EQ(client.read_response().body, "twelve bytes");
  EXPECT_TRUE(client.at_end());
}

}  // namespace
}  // namespace kith::test
