#pragma once
// A small HTTP server on a loopback socket that does exactly what a test tells it, proper or not; with TLS if wanted,
// under a self-signed certificate of its own for `localhost` and 127.0.0.1. Requests are answered on a thread a
// connection.

#include <atomic>
#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/crypto/sha256.hpp"

struct ssl_st;
struct ssl_ctx_st;
struct x509_st;

namespace kith::test {

class TestConnection {
 public:
  TestConnection(int socket, ssl_st* tls) : socket_(socket), tls_(tls) {}
  // False when the client has gone.
  bool write(std::string_view bytes);
  // One request with its head and Content-Length body; empty at the end.
  std::string read_request();
  // Blocks until the client closes.
  void wait_for_close();

 private:
  long read_some(char* out, std::size_t size);
  int socket_;
  ssl_st* tls_;
  std::string pending_;
};

class TestServer {
 public:
  enum class Tls { none, v12, v13 };
  // Answers one request; false closes the connection.
  using Script = std::function<bool(TestConnection&, const std::string& request)>;

  TestServer(Tls tls, Script script);
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::string url(std::string_view host = "127.0.0.1") const;
  std::string authority(std::string_view host = "127.0.0.1") const;
  int connections() const { return connections_; }
  std::vector<std::string> requests() const;
  core::Digest spki() const { return spki_; }
  void write_certificate(const std::filesystem::path& file) const;

 private:
  void make_certificate();
  void accept_loop();
  void serve(int socket);

  const Tls tls_;
  const Script script_;
  int listener_ = -1;
  int port_ = 0;
  std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st*)> context_;
  std::unique_ptr<x509_st, void (*)(x509_st*)> certificate_;
  core::Digest spki_;
  std::atomic<int> connections_ = 0;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;  // guards the three below
  std::vector<std::string> requests_;
  std::list<int> sockets_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

// "HTTP/1.1 200 OK" with `body` and its length.
std::string plain_answer(std::string_view body);

}  // namespace kith::test
