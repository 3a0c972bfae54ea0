#pragma once
// What a TLS handshake showed: the chain is checked against the trust store and the host's name as any client would,
// but unless it is insisted on, the outcome is only recorded (SSL_get_verify_result), so that it is known for as long
// as the connection is kept. OpenSSL types are forward declared; curl hands the objects over.

#include <memory>
#include <string>

#include "federation/peers.hpp"

struct ssl_st;
struct ssl_ctx_st;
struct x509_store_st;

namespace kith::federation {

// The certificates of the authorities that are believed. Loaded once, shared by all connections; thread-safe.
class TrustStore {
 public:
  // `ca_file`: PEM; empty: the system's. bad_request when the file can't be read or holds no certificate.
  [[nodiscard]] static Expected<TrustStore> load(const std::string& ca_file);
  x509_store_st* get() const { return store_.get(); }

 private:
  explicit TrustStore(std::shared_ptr<x509_store_st> store) : store_(std::move(store)) {}
  std::shared_ptr<x509_store_st> store_;
};

// Sets `context` up to record instead of fail. `host` (a name, or a numeric address without brackets) must stay where
// it is as long as the connection lives. False when OpenSSL has no memory.
[[nodiscard]] bool record_verification(ssl_ctx_st* context, const TrustStore& trust, const std::string& host);
// The same, but the handshake fails when the check does: no request is shown to whoever it was.
[[nodiscard]] bool insist_on_verification(ssl_ctx_st* context, const TrustStore& trust, const std::string& host);

// Of a connection whose handshake is done; nothing when the peer showed no certificate.
std::optional<TlsFacts> facts_of(const ssl_st* connection);

}  // namespace kith::federation
