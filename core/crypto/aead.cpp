#include "core/crypto/aead.hpp"

#include <botan/aead.h>
#include <sodium.h>

namespace kith::core {
namespace {

// Botan 2 and 3 spell these differently, and agree on the values.
constexpr auto kEncrypt = static_cast<Botan::Cipher_Dir>(0);
constexpr auto kDecrypt = static_cast<Botan::Cipher_Dir>(1);

std::unique_ptr<Botan::AEAD_Mode> make_mode(AeadCipher cipher, Botan::Cipher_Dir direction, const AeadKey& key) {
  auto mode = Botan::AEAD_Mode::create_or_throw(cipher == AeadCipher::aes256gcm ? "AES-256/GCM" : "ChaCha20Poly1305",
                                                direction);
  mode->set_key(key.view().data(), key.view().size());
  return mode;
}

// How much of `size` bytes can be worked on in place before finish() must get the rest, of at least `minimum` bytes.
std::size_t bulk_of(std::size_t size, std::size_t minimum, std::size_t granularity) {
  return size < minimum ? 0 : (size - minimum) / granularity * granularity;
}

}  // namespace

struct Aead::State {
  std::unique_ptr<Botan::AEAD_Mode> encrypt, decrypt;
  Botan::secure_vector<std::uint8_t> tail;
};

Aead::Aead(AeadCipher cipher, const AeadKey& key)
    : state_(std::make_unique<State>(State{make_mode(cipher, kEncrypt, key), make_mode(cipher, kDecrypt, key), {}})) {}
Aead::~Aead() = default;
Aead::Aead(Aead&&) noexcept = default;
Aead& Aead::operator=(Aead&&) noexcept = default;

void Aead::seal(const AeadNonce& nonce, ByteView associated, std::span<std::uint8_t> buffer) {
  auto& mode = *state_->encrypt;
  auto& tail = state_->tail;
  mode.set_associated_data(associated.data(), associated.size());
  mode.start(nonce.data.data(), nonce.data.size());
  const auto size = buffer.size() - kAeadTag;
  const auto bulk = bulk_of(size, 0, mode.update_granularity());
  mode.process(buffer.data(), bulk);
  tail.assign(buffer.begin() + static_cast<std::ptrdiff_t>(bulk), buffer.begin() + static_cast<std::ptrdiff_t>(size));
  mode.finish(tail);
  std::copy(tail.begin(), tail.end(), buffer.begin() + static_cast<std::ptrdiff_t>(bulk));
}

bool Aead::open(const AeadNonce& nonce, ByteView associated, std::span<std::uint8_t> buffer) {
  if (buffer.size() < kAeadTag) return false;
  auto& mode = *state_->decrypt;
  auto& tail = state_->tail;
  mode.set_associated_data(associated.data(), associated.size());
  mode.start(nonce.data.data(), nonce.data.size());
  const auto bulk = bulk_of(buffer.size(), kAeadTag, mode.update_granularity());
  mode.process(buffer.data(), bulk);
  tail.assign(buffer.begin() + static_cast<std::ptrdiff_t>(bulk), buffer.end());
  try {
    mode.finish(tail);
  } catch (const Botan::Exception&) {  // the tag is wrong
    wipe(buffer);
    return false;
  }
  std::copy(tail.begin(), tail.end(), buffer.begin() + static_cast<std::ptrdiff_t>(bulk));
  return true;
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
