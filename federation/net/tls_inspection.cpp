#include "federation/net/tls_inspection.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace kith::federation {
namespace {

bool expect_host(X509_VERIFY_PARAM* parameters, const std::string& host) {
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1) return true;
  ERR_clear_error();
  return X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size()) == 1;
}

// Run in the place of OpenSSL's own check; the error left in `context` becomes SSL_get_verify_result().
int verify(X509_STORE_CTX* context, void* host) {
  bool holds = expect_host(X509_STORE_CTX_get0_param(context), *static_cast<const std::string*>(host));
  holds = holds && X509_verify_cert(context) == 1;
  if (holds) {
    X509_STORE_CTX_set_error(context, X509_V_OK);
  } else if (X509_STORE_CTX_get_error(context) == X509_V_OK) {
    X509_STORE_CTX_set_error(context, X509_V_ERR_UNSPECIFIED);
  }
  ERR_clear_error();
  return holds ? 1 : 0;
}

int verify_and_go_on(X509_STORE_CTX* context, void* host) {
  verify(context, host);
  return 1;
}

bool set_up(ssl_ctx_st* context, const TrustStore& trust, const std::string& host,
            int (*judge)(X509_STORE_CTX*, void*)) {
  if (SSL_CTX_set1_verify_cert_store(context, trust.get()) != 1) return false;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  // OpenSSL hands the argument back as it got it; verify() only reads.
  SSL_CTX_set_cert_verify_callback(context, judge, const_cast<std::string*>(&host));
  return true;
}

}  // namespace

Expected<TrustStore> TrustStore::load(const std::string& ca_file) {
  std::shared_ptr<X509_STORE> store(X509_STORE_new(), X509_STORE_free);
  if (!store) return core::fail(core::ErrorCode::internal, "no memory for the trust store");
  const int loaded =
      ca_file.empty() ? X509_STORE_set_default_paths(store.get()) : X509_STORE_load_file(store.get(), ca_file.c_str());
  ERR_clear_error();
  if (loaded != 1) {
    return core::fail(core::ErrorCode::bad_request,
                      "federation.ca_file: " + ca_file + " can't be read as a file of PEM certificates");
  }
  return TrustStore(std::move(store));
}

bool record_verification(ssl_ctx_st* context, const TrustStore& trust, const std::string& host) {
  return set_up(context, trust, host, verify_and_go_on);
}

bool insist_on_verification(ssl_ctx_st* context, const TrustStore& trust, const std::string& host) {
  return set_up(context, trust, host, verify);
}

std::optional<TlsFacts> facts_of(const ssl_st* connection) {
  X509* leaf = SSL_get0_peer_certificate(connection);
  if (leaf == nullptr) return std::nullopt;
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &der);
  if (size <= 0) return std::nullopt;
  TlsFacts facts;
  facts.spki = core::sha256({der, static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  facts.tls13 = SSL_version(connection) >= TLS1_3_VERSION;
  facts.web_authority = SSL_get_verify_result(connection) == X509_V_OK;
  return facts;
}

}  // namespace kith::federation
