#pragma once
// Authenticated encryption with associated data: AES-256-GCM (NIST SP 800-38D) and ChaCha20-Poly1305 (RFC 8439) for
// traffic, XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) for secrets at rest and handshake payloads.

#include <cstddef>
#include <memory>
#include <span>

#include "core/bytes.hpp"
#include "core/error.hpp"
#include "core/random.hpp"
#include "core/secret.hpp"

namespace kith::core {

enum class AeadCipher { aes256gcm, chacha20poly1305 };
using AeadKey = Secret<32>;
using Aes128Key = Secret<16>;
inline constexpr std::size_t kAeadTag = 16;
using AeadNonce = FixedBytes<12, struct AeadNonceTag>;

// One key set up once, used for many messages. Not thread-safe: one user at a time. Never use a nonce twice.
class Aead {
 public:
  Aead(AeadCipher cipher, const AeadKey& key);
  explicit Aead(const Aes128Key& key);  // AES-128-GCM, for the content coding of RFC 8188
  ~Aead();
  Aead(Aead&&) noexcept;
  Aead& operator=(Aead&&) noexcept;

  // Encrypts the first size()-kAeadTag bytes of `buffer` in place and writes the tag into the last kAeadTag.
  void seal(const AeadNonce& nonce, ByteView associated, std::span<std::uint8_t> buffer);
  // Checks and decrypts in place; the plaintext is the first size()-kAeadTag bytes. False, with `buffer` wiped, when
  // the tag is wrong or `buffer` is shorter than a tag.
  [[nodiscard]] bool open(const AeadNonce& nonce, ByteView associated, std::span<std::uint8_t> buffer);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// True where AES runs in hardware, so that both sides may choose AES-256-GCM.
bool has_hardware_aes();

// 24-byte random nonce ‖ ciphertext ‖ tag: 40 bytes longer than the message. Thread-safe.
inline constexpr std::size_t kXChaChaOverhead = 40;
Bytes xchacha_seal(const Secret<32>& key, ByteView associated, ByteView message, Random& random);
// bad_request when it does not open. The caller wipes secrets it takes out.
[[nodiscard]] Expected<Bytes> xchacha_open(const Secret<32>& key, ByteView associated, ByteView sealed);

}  // namespace kith::core
