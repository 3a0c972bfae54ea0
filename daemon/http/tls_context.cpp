#include "daemon/http/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

std::string openssl_reason() {
  const char* reason = ERR_reason_error_string(ERR_get_error());
  return reason ? reason : "unknown";
}

core::Unexpected cannot(const std::string& what, const std::filesystem::path& file) {
  return fail(ErrorCode::internal, "cannot " + what + " " + file.string() + ": " + openssl_reason());
}

// Clients that offer protocols must offer this one (RFC 7301, section 3.2).
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* offered,
                    unsigned int offered_length, void*) {
  static constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* selected = nullptr;
  if (SSL_select_next_proto(&selected, out_length, kHttp11, sizeof kHttp11, offered, offered_length) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = selected;
  return SSL_TLSEXT_ERR_OK;
}

Expected<core::Digest> spki_digest(const X509* certificate) {
  unsigned char* der = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (length <= 0) return fail(ErrorCode::internal, "cannot encode the certificate's public key");
  const auto digest = core::sha256({der, static_cast<std::size_t>(length)});
  OPENSSL_free(der);
  return digest;
}

void set_options(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // A missing close_notify cuts nothing short here: Content-Length and chunks say where bodies end.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_mode(context,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
  static constexpr unsigned char kSessionContext[] = {'k', 'i', 't', 'h'};
  SSL_CTX_set_session_id_context(context, kSessionContext, sizeof kSessionContext);
}

}  // namespace

Expected<TlsContext::Loaded> TlsContext::read() const {
  ERR_clear_error();
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) return fail(ErrorCode::internal, "cannot set up TLS: " + openssl_reason());
  set_options(context.get());
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_.c_str()) != 1) {
    return cannot("read the certificate", certificate_);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_.c_str(), SSL_FILETYPE_PEM) != 1) {
    return cannot("read the key", key_);
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) return cannot("use the key", key_);
  KITH_TRY_ASSIGN(spki, spki_digest(SSL_CTX_get0_certificate(context.get())));
  return Loaded{context, spki};
}

Expected<std::unique_ptr<TlsContext>> TlsContext::load(std::filesystem::path certificate, std::filesystem::path key) {
  std::unique_ptr<TlsContext> out(new TlsContext(std::move(certificate), std::move(key)));
  KITH_TRY(out->reload());
  return out;
}

Expected<void> TlsContext::check() const {
  KITH_TRY(read());
  return {};
}

Expected<void> TlsContext::reload() {
  KITH_TRY_ASSIGN(loaded, read());
  const std::lock_guard lock(mutex_);
  loaded_ = std::move(loaded);
  return {};
}

SslPtr TlsContext::accept(int descriptor) const {
  std::shared_ptr<SSL_CTX> context;
  {
    const std::lock_guard lock(mutex_);
    context = loaded_.context;
  }
  SslPtr ssl(SSL_new(context.get()));  // keeps the context by a count of its own
  if (!ssl || SSL_set_fd(ssl.get(), descriptor) != 1) return nullptr;
  SSL_set_accept_state(ssl.get());
  return ssl;
}

core::Digest TlsContext::spki() const {
  const std::lock_guard lock(mutex_);
  return loaded_.spki;
}

}  // namespace kith::daemon
