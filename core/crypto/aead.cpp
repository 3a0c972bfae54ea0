#include "core/crypto/aead.hpp"

#include <openssl/evp.h>
#include <sodium.h>

#include <stdexcept>

namespace kith::core {
namespace {

struct ContextDeleter {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, ContextDeleter>;

constexpr int kTagLength = static_cast<int>(kAeadTag);
constexpr int kSeal = 1, kOpen = 0;
// EVP counts in int; nothing kith seals comes near it.
constexpr std::size_t kMostBytes = 1 << 30;

// Sets up nonce and associated data for one message.
bool begin(EVP_CIPHER_CTX* context, int direction, const AeadNonce& nonce, ByteView associated) {
  int ignored = 0;
  return EVP_CipherInit_ex(context, nullptr, nullptr, nullptr, nonce.data.data(), direction) == 1 &&
         EVP_CipherUpdate(context, nullptr, &ignored, associated.data(), static_cast<int>(associated.size())) == 1;
}

}  // namespace

// OpenSSL, because it runs AES-256-GCM at twice Botan's speed and ChaCha20-Poly1305 at six times
// (tests/bench/crypto.cpp), and a transfer between two instances does little else.
struct Aead::State {
  State(const EVP_CIPHER* kind, ByteView key) {
    if (!context || EVP_CipherInit_ex(context.get(), kind, nullptr, key.data(), nullptr, kSeal) != 1)
      throw std::runtime_error("OpenSSL gave no cipher: out of memory");
  }
  Context context{EVP_CIPHER_CTX_new()};
};

Aead::Aead(AeadCipher cipher, const AeadKey& key)
    : state_(std::make_unique<State>(cipher == AeadCipher::aes256gcm ? EVP_aes_256_gcm() : EVP_chacha20_poly1305(),
                                     key.view())) {}
Aead::Aead(const Aes128Key& key) : state_(std::make_unique<State>(EVP_aes_128_gcm(), key.view())) {}
Aead::~Aead() = default;
Aead::Aead(Aead&&) noexcept = default;
Aead& Aead::operator=(Aead&&) noexcept = default;

void Aead::seal(const AeadNonce& nonce, ByteView associated, std::span<std::uint8_t> buffer) {
  auto* context = state_->context.get();
  const auto size = buffer.size() - kAeadTag;
  int written = 0;
  if (buffer.size() < kAeadTag || buffer.size() > kMostBytes || !begin(context, kSeal, nonce, associated) ||
      EVP_CipherUpdate(context, buffer.data(), &written, buffer.data(), static_cast<int>(size)) != 1 ||
      EVP_CipherFinal_ex(context, buffer.data() + size, &written) != 1 ||
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagLength, buffer.data() + size) != 1) {
    throw std::runtime_error("OpenSSL failed to encrypt");  // nothing unencrypted may go on from here
  }
}

bool Aead::open(const AeadNonce& nonce, ByteView associated, std::span<std::uint8_t> buffer) {
  if (buffer.size() < kAeadTag || buffer.size() > kMostBytes) return false;
  auto* context = state_->context.get();
  const auto size = buffer.size() - kAeadTag;
  int written = 0;
  const bool good = begin(context, kOpen, nonce, associated) &&
                    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagLength, buffer.data() + size) == 1 &&
                    EVP_CipherUpdate(context, buffer.data(), &written, buffer.data(), static_cast<int>(size)) == 1 &&
                    EVP_CipherFinal_ex(context, buffer.data() + size, &written) == 1;
  if (!good) wipe(buffer);
  return good;
}

bool has_hardware_aes() {
  return crypto_aead_aes256gcm_is_available() == 1;
}

Bytes xchacha_seal(const Secret<32>& key, ByteView associated, ByteView message, Random& random) {
  constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
  Bytes out(kXChaChaOverhead + message.size());
  random.fill(std::span(out).first(kNonce));
  crypto_aead_xchacha20poly1305_ietf_encrypt(out.data() + kNonce, nullptr, message.data(), message.size(),
                                             associated.data(), associated.size(), nullptr, out.data(),
                                             key.view().data());
  return out;
}

Expected<Bytes> xchacha_open(const Secret<32>& key, ByteView associated, ByteView sealed) {
  constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
  if (sealed.size() >= kXChaChaOverhead) {
    Bytes out(sealed.size() - kXChaChaOverhead);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, sealed.data() + kNonce,
                                                   sealed.size() - kNonce, associated.data(), associated.size(),
                                                   sealed.data(), key.view().data()) == 0) {
      return out;
    }
  }
  return fail(ErrorCode::bad_request, "the sealed bytes do not open");
}

}  // namespace kith::core
