#include "tests/unit/daemon/http_server_fixture.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace kith::test {
namespace {

void set_timeout(int fd) {
  const timeval limit{10, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

std::string decode_chunks(std::string_view text, bool* complete) {
  std::string out;
  while (true) {
    const auto line = text.find("\r\n");
    if (line == std::string_view::npos) return out;
    const auto size = std::stoull(std::string(text.substr(0, line)), nullptr, 16);
    text.remove_prefix(line + 2);
    if (text.size() < size + 2) return out + std::string(text.substr(0, size));
    out.append(text.substr(0, size));
    text.remove_prefix(size + 2);
    if (size == 0) {
      *complete = true;
      return out;
    }
  }
}

}  // namespace

std::string RawResponse::field(std::string_view name) const {
  std::string_view rest = head;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(std::min(line.size() + 2, rest.size()));
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && core::equal_ignoring_case(line.substr(0, colon), name)) {
      return std::string(line.substr(std::min(colon + 2, line.size())));
    }
  }
  return {};
}

RawClient::RawClient(std::uint16_t port, bool tls) : tls_(tls) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  set_timeout(fd_);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) close();
  if (!tls || fd_ < 0) return;
  context_ = SSL_CTX_new(TLS_client_method());
  ssl_ = SSL_new(context_);
  SSL_set_fd(ssl_, fd_);
  if (SSL_connect(ssl_) == 1) return;
  SSL_free(ssl_);
  ssl_ = nullptr;
}

RawClient::RawClient(const std::string& unix_path) {
  fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  set_timeout(fd_);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  unix_path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) close();
}

RawClient::~RawClient() {
  close();
  SSL_CTX_free(context_);
}

void RawClient::close() {
  SSL_free(ssl_);
  ssl_ = nullptr;
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void RawClient::abort() {
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

void RawClient::end_sending() {
  ::shutdown(fd_, SHUT_WR);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ssl_ ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                           : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawClient::fill() {
  std::vector<char> space(256 * 1024);
  const auto got =
      ssl_ ? SSL_read(ssl_, space.data(), static_cast<int>(space.size())) : ::recv(fd_, space.data(), space.size(), 0);
  if (got <= 0) return false;
  buffer_.append(space.data(), static_cast<std::size_t>(got));
  return true;
}

std::string RawClient::read_some(std::size_t most) {
  if (buffer_.empty()) fill();
  auto out = buffer_.substr(0, most);
  buffer_.erase(0, out.size());
  return out;
}

std::string RawClient::read_all(bool* closed) {
  errno = 0;
  while (fill()) {
  }
  if (closed) *closed = errno != EAGAIN && errno != EWOULDBLOCK;
  return std::exchange(buffer_, {});
}

bool RawClient::at_end() {
  bool closed = false;
  return read_all(&closed).empty() && closed;
}

bool RawClient::nothing_for(std::chrono::milliseconds time) {
  pollfd state{fd_, POLLIN, 0};
  return buffer_.empty() && ::poll(&state, 1, static_cast<int>(time.count())) == 0;
}

RawResponse RawClient::read_response(bool head_only) {
  RawResponse out;
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return out;
  }
  out.head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  out.status = std::stoi(out.head.substr(9, 3));
  const bool empty = head_only || out.status < 200 || out.status == 204 || out.status == 304;
  if (empty) {
    out.complete = true;
  } else if (out.field("Transfer-Encoding") == "chunked") {
    while (out.body = decode_chunks(buffer_, &out.complete), !out.complete && fill()) {
    }
    if (out.complete) buffer_.erase(0, buffer_.find("0\r\n\r\n", 0) + 5);
  } else if (const auto length = out.field("Content-Length"); !length.empty()) {
    const auto size = std::stoull(length);
    while (buffer_.size() < size && fill()) {
    }
    out.complete = buffer_.size() >= size;
    out.body = buffer_.substr(0, size);
    buffer_.erase(0, out.body.size());
  } else {
    out.body = read_all(&out.complete);
  }
  return out;
}

bool eventually(const std::function<bool()>& condition) {
  const auto limit = std::chrono::steady_clock::now() + 10s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > limit) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

void make_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  EVP_PKEY* pair = EVP_EC_gen("P-256");
  X509* x509 = X509_new();
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
  X509_set_pubkey(x509, pair);
  X509_NAME* name = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(x509, name);
  X509_sign(x509, pair, EVP_sha256());
  FILE* file = std::fopen(certificate.c_str(), "w");
  PEM_write_X509(file, x509);
  std::fclose(file);
  file = std::fopen(key.c_str(), "w");
  PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(x509);
  EVP_PKEY_free(pair);
}

HttpServerTest::HttpServerTest() {
  options_.listeners.push_back({});
  options_.listeners[0].address = "127.0.0.1:0";
  options_.timeouts.linger = 300ms;
  options_.on_finished = [this](const daemon::FinishedRequest& request) {
    const std::lock_guard lock(mutex_);
    finished_.push_back(request);
  };
}

HttpServerTest::~HttpServerTest() {
  server_.reset();
  handlers_.reset();
  disk_.reset();
}

std::vector<daemon::FinishedRequest> HttpServerTest::finished() const {
  const std::lock_guard lock(mutex_);
  return finished_;
}

void HttpServerTest::add(daemon::Method method, std::string pattern, daemon::Handler handler, std::size_t max_body) {
  daemon::Route route;
  route.method = method;
  route.pattern = std::move(pattern);
  route.max_body = max_body;
  route.handle = std::move(handler);
  router_.add(std::move(route));
}

void HttpServerTest::add_sink(daemon::Method method, std::string pattern, daemon::SinkHandler open) {
  daemon::Route route;
  route.method = method;
  route.pattern = std::move(pattern);
  route.open_sink = std::move(open);
  router_.add(std::move(route));
}

void HttpServerTest::add_answer(std::string pattern, std::function<daemon::Response()> response) {
  add(daemon::Method::get, std::move(pattern),
      [response](const daemon::Request&, const daemon::Reply& reply) { reply(response()); });
}

void HttpServerTest::start(core::Logger logger) {
  handlers_ = std::make_unique<core::WorkerPool>("test-handler", handler_threads_, handler_queue_);
  disk_ = std::make_unique<core::WorkerPool>("test-disk", 2, 64);
  auto started = daemon::HttpServer::start(options_, router_, *handlers_, *disk_, clock_, random_, std::move(logger));
  ASSERT_TRUE(started) << started.error().detail;
  server_ = std::move(*started);
}

std::string HttpServerTest::exchange(std::string_view bytes) {
  RawClient client(port());
  client.send(bytes);
  bool closed = false;
  auto answer = client.read_all(&closed);
  EXPECT_TRUE(closed) << "the server kept the connection open";
  return answer;
}

std::string HttpServerTest::get(std::string_view path, std::string_view fields) {
  return exchange("GET " + std::string(path) + " HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n" +
                  std::string(fields) + "\r\n");
}

HelloServerTest::HelloServerTest() {
  add_answer("/hello", [] { return daemon::Response::text(200, "hello", "text/plain"); });
}

void HelloServerTest::add_waiting(Signal& entered, Signal& go) {
  add(daemon::Method::get, "/wait", [&](const daemon::Request&, const daemon::Reply& reply) {
    entered.raise();
    go.wait();
    reply(daemon::Response::text(200, "waited", "text/plain"));
  });
}

daemon::BodySource::Result FedSource::read(std::span<std::uint8_t> space) {
  const std::lock_guard lock(mutex_);
  if (failed_) return {Status::failed, 0};
  if (queue_.empty()) {
    if (ended_) return {Status::end, 0};
    waited.raise();
    return {Status::pending, 0};
  }
  auto& front = queue_.front();
  const auto taken = std::min(front.size(), space.size());
  std::copy_n(front.begin(), taken, space.begin());
  front.erase(0, taken);
  if (front.empty()) queue_.pop_front();
  return {Status::data, taken};
}

void FedSource::on_ready(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

void FedSource::change(const std::function<void()>& edit) {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    edit();
    wake = wake_;
  }
  if (wake) wake();
}

}  // namespace kith::test
