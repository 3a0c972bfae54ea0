#include "tests/unit/federation/net_test_server.hpp"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <stdexcept>

#include "core/encoding.hpp"

namespace kith::test {

std::string plain_answer(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

bool TestConnection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const long done = tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                      : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (done <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

long TestConnection::read_some(char* out, std::size_t size) {
  return tls_ != nullptr ? SSL_read(tls_, out, static_cast<int>(size)) : ::recv(socket_, out, size, 0);
}

std::string TestConnection::read_request() {
  char buffer[16384];
  while (true) {
    const auto head_end = pending_.find("\r\n\r\n");
    if (head_end != std::string::npos) {
      std::size_t length = 0;
      const auto field = core::to_lower_ascii(pending_.substr(0, head_end)).find("\r\ncontent-length: ");
      if (field != std::string::npos) {
        std::from_chars(pending_.data() + field + 18, pending_.data() + head_end, length);
      }
      if (pending_.size() >= head_end + 4 + length) {
        auto request = pending_.substr(0, head_end + 4 + length);
        pending_.erase(0, request.size());
        return request;
      }
    }
    const long got = read_some(buffer, sizeof buffer);
    if (got <= 0) return {};
    pending_.append(buffer, static_cast<std::size_t>(got));
  }
}

void TestConnection::wait_for_close() {
  char buffer[1024];
  while (read_some(buffer, sizeof buffer) > 0) {
  }
}

TestServer::TestServer(Tls tls, Script script)
    : tls_(tls), script_(std::move(script)), context_(nullptr, SSL_CTX_free), certificate_(nullptr, X509_free) {
  if (tls_ != Tls::none) make_certificate();
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_ANY);  // 127.0.0.2 too
  socklen_t length = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("no port to listen on");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_loop(); });
}

TestServer::~TestServer() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    std::lock_guard lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
}

std::string TestServer::authority(std::string_view host) const {
  return std::string(host) + ":" + std::to_string(port_);
}

std::string TestServer::url(std::string_view host) const {
  return (tls_ == Tls::none ? "http://" : "https://") + authority(host);
}

std::vector<std::string> TestServer::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}

void TestServer::write_certificate(const std::filesystem::path& file) const {
  const std::unique_ptr<FILE, int (*)(FILE*)> out(std::fopen(file.c_str(), "w"), std::fclose);
  if (!out || PEM_write_X509(out.get(), certificate_.get()) != 1) throw std::runtime_error("no certificate written");
}

void TestServer::make_certificate() {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  certificate_.reset(X509_new());
  X509* cert = certificate_.get();
  X509_set_version(cert, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
  X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
  X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
  X509_set_pubkey(cert, key.get());
  X509_NAME* name = X509_get_subject_name(cert);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(cert, name);
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  X509_add_ext(cert, names, -1);
  X509_EXTENSION_free(names);
  if (X509_sign(cert, key.get(), EVP_sha256()) == 0) throw std::runtime_error("no certificate made");

  context_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_use_certificate(context_.get(), cert);
  SSL_CTX_use_PrivateKey(context_.get(), key.get());
  if (tls_ == Tls::v12) SSL_CTX_set_max_proto_version(context_.get(), TLS1_2_VERSION);

  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  spki_ = core::sha256({der, static_cast<std::size_t>(size)});
  OPENSSL_free(der);
}

void TestServer::accept_loop() {
  while (!stopping_) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    ++connections_;
    std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket] { serve(socket); });
  }
}

void TestServer::serve(int socket) {
  std::unique_ptr<SSL, void (*)(SSL*)> tls(nullptr, SSL_free);
  bool ready = true;
  if (tls_ != Tls::none) {
    tls.reset(SSL_new(context_.get()));
    SSL_set_fd(tls.get(), socket);
    ready = SSL_accept(tls.get()) == 1;
  }
  TestConnection connection(socket, tls.get());
  while (ready) {
    const auto request = connection.read_request();
    if (request.empty()) break;
    {
      std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    ready = script_(connection, request);
  }
  if (tls) SSL_shutdown(tls.get());
  std::lock_guard lock(mutex_);
  sockets_.remove(socket);
  ::close(socket);
}

}  // namespace kith::test
