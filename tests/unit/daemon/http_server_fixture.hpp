#pragma once
// A real HttpServer on a free loopback port, and a client that sends and reads raw bytes.

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "core/clock.hpp"
#include "core/encoding.hpp"
#include "core/random.hpp"
#include "daemon/http/server.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::test {

using namespace std::chrono_literals;

// Keeps a file open while it is sent; lets go what comes before `sound_until`.
class OpenFile final : public daemon::SentFile {
 public:
  explicit OpenFile(int file, std::uint64_t sound_until = UINT64_MAX) : file_(file), sound_until_(sound_until) {}
  ~OpenFile() override { ::close(file_); }
  bool may_send(std::uint64_t offset, std::uint64_t length) override { return offset + length <= sound_until_; }

 private:
  int file_;
  std::uint64_t sound_until_;
};

// What the client read: parsed no further than needed.
struct RawResponse {
  int status = 0;
  std::string head;
  std::string body;
  bool complete = false;  // by Content-Length, chunks or the end of the connection
  std::string field(std::string_view name) const;
};

// A blocking client socket, TLS if asked for. Reads time out after 10 s, so that a broken server fails the test.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, bool tls = false);
  explicit RawClient(const std::string& unix_path);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return fd_ >= 0 && (!tls_ || ssl_ != nullptr); }
  bool send(std::string_view bytes);
  RawResponse read_response(bool head_only = false);
  // Everything until the server closes; `closed` tells whether it did.
  std::string read_all(bool* closed = nullptr);
  std::string read_some(std::size_t most);
  bool at_end();  // waits for the server's close
  // The server says nothing and keeps the connection for that long.
  bool nothing_for(std::chrono::milliseconds time);
  void end_sending();
  void abort();  // RST
  void close();
  int descriptor() const { return fd_; }

 private:
  bool fill();
  int fd_ = -1;
  bool tls_ = false;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  std::vector<char> space_ = std::vector<char>(256 * 1024);
  std::string buffer_;
};

// Counts events and lets a test wait for them.
class Signal {
 public:
  void raise() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  bool wait(int count = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 10s, [&] { return count_ >= count; });
  }
  int count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

// Waits until `condition` holds, for up to 10 s.
bool eventually(const std::function<bool()>& condition);
std::size_t open_descriptors();
std::size_t resident_bytes();
// Self-signed certificate for localhost, and its key.
void make_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key);

class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest();
  ~HttpServerTest() override;

  // Routes are added before start().
  void add(daemon::Method method, std::string pattern, daemon::Handler handler, std::size_t max_body = 0);
  void add_sink(daemon::Method method, std::string pattern, daemon::SinkHandler open);
  // A route answering `response()`.
  void add_answer(std::string pattern, std::function<daemon::Response()> response);
  void start(core::Logger logger = core::Logger::none());
  std::uint16_t port() const { return server_->ports().at(0); }
  // Sends `bytes` over a fresh connection, returns all that came back; the server must close within 10 s.
  std::string exchange(std::string_view bytes);
  std::string get(std::string_view path, std::string_view fields = "");
  std::vector<daemon::FinishedRequest> finished() const;

  TempDir folder_;
  daemon::HttpOptions options_;
  daemon::Router router_;
  core::SystemClock clock_;
  core::SystemRandom random_;
  std::size_t handler_threads_ = 2;
  std::size_t handler_queue_ = 64;
  std::unique_ptr<core::WorkerPool> handlers_;
  std::unique_ptr<core::WorkerPool> disk_;
  std::unique_ptr<daemon::HttpServer> server_;

 private:
  mutable std::mutex mutex_;  // guards finished_
  std::vector<daemon::FinishedRequest> finished_;
};

// A server with a little to do.
class HelloServerTest : public HttpServerTest {
 protected:
  static constexpr std::string_view kGet = "GET /hello HTTP/1.1\r\nHost: a.example\r\n\r\n";
  HelloServerTest();
  // A GET route that waits for `go`, and raises `entered` before.
  void add_waiting(Signal& entered, Signal& go);
};

// Collects a body; what happened to it can be waited for.
struct SinkRecord {
  std::mutex mutex;
  std::string bytes;
  std::atomic<std::uint64_t> size = 0;
  Signal opened, wrote, finished, destroyed;
  std::function<core::Expected<void>()> on_write;
  std::optional<core::Error> finish_error;
};
class RecordingSink final : public daemon::BodySink {
 public:
  explicit RecordingSink(std::shared_ptr<SinkRecord> record, bool keep = true)
      : record_(std::move(record)), keep_(keep) {
    record_->opened.raise();
  }
  ~RecordingSink() override { record_->destroyed.raise(); }
  core::Expected<void> write(core::ByteView piece) override {
    if (record_->on_write) {
      if (auto result = record_->on_write(); !result) return result;
    }
    if (keep_) {
      const std::lock_guard lock(record_->mutex);
      record_->bytes.append(core::as_text(piece));
    }
    record_->size += piece.size();
    record_->wrote.raise();
    return {};
  }
  core::Expected<daemon::Response> finish() override {
    record_->finished.raise();
    if (record_->finish_error) return tl::make_unexpected(*record_->finish_error);
    return daemon::Response::text(201, std::to_string(record_->size), "text/plain");
  }

 private:
  std::shared_ptr<SinkRecord> record_;
  bool keep_;
};

// Gives what the test puts in; pending meanwhile.
class FedSource final : public daemon::BodySource {
 public:
  void put(std::string bytes) {
    change([&] { queue_.push_back(std::move(bytes)); });
  }
  void finish() {
    change([&] { ended_ = true; });
  }
  void fail() {
    change([&] { failed_ = true; });
  }
  Result read(std::span<std::uint8_t> space) override;
  void on_ready(std::function<void()> wake) override;
  void abandon() override { abandoned.raise(); }

  Signal abandoned;
  Signal waited;

 private:
  void change(const std::function<void()>& edit);
  std::mutex mutex_;
  std::deque<std::string> queue_;
  bool ended_ = false;
  bool failed_ = false;
  std::function<void()> wake_;
};

}  // namespace kith::test
