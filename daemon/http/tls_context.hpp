#pragma once
// The server side of TLS for one listener: 1.2 and later, ALPN http/1.1, a certificate that can be read again while
// running (RFC 8446; RFC 7301). Thread-safe.

#include <filesystem>
#include <memory>
#include <mutex>

#include "core/crypto/sha256.hpp"
#include "core/error.hpp"
#include "daemon/http/socket_stream.hpp"

struct ssl_ctx_st;

namespace kith::daemon {

class TlsContext {
 public:
  // Fails when certificate or key cannot be read or don't belong together; the error names the file.
  [[nodiscard]] static core::Expected<std::unique_ptr<TlsContext>> load(std::filesystem::path certificate,
                                                                        std::filesystem::path key);
  // What reload() would take up, without doing so.
  [[nodiscard]] core::Expected<void> check() const;
  // New sessions get what the files hold now; on an error everything stays.
  [[nodiscard]] core::Expected<void> reload();
  // A session waiting for the client's hello on `descriptor`; nothing when memory is out.
  SslPtr accept(int descriptor) const;
  // SHA-256 of the DER SubjectPublicKeyInfo of the leaf.
  core::Digest spki() const;

 private:
  struct Loaded {
    std::shared_ptr<ssl_ctx_st> context;
    core::Digest spki;
  };
  TlsContext(std::filesystem::path certificate, std::filesystem::path key)
      : certificate_(std::move(certificate)), key_(std::move(key)) {}
  core::Expected<Loaded> read() const;

  const std::filesystem::path certificate_;
  const std::filesystem::path key_;
  mutable std::mutex mutex_;  // guards loaded_
  Loaded loaded_;
};

}  // namespace kith::daemon
