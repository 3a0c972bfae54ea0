// What one core does with the primitives that traffic between instances is made of. Prints MiB/s, a line each; run() in
// federation.py puts transfers beside them.
//   kith_bench_crypto

#include <botan/aead.h>

#include <chrono>
#include <cstdio>

#include "core/crypto/aead.hpp"
#include "core/crypto/content_coding.hpp"
#include "core/crypto/sha256.hpp"

namespace {

using namespace kith::core;
using Clock = std::chrono::steady_clock;
constexpr std::size_t kFrame = 256 * 1024;
constexpr int kRounds = 4096;  // 1 GiB
constexpr double kMiB = 1 << 20;

template <class Work>
double best_rate(Work work) {
  double best = 0;
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto begin = Clock::now();
    for (int i = 0; i < kRounds; ++i) work(i);
    const std::chrono::duration<double> took = Clock::now() - begin;
    best = std::max(best, kRounds * static_cast<double>(kFrame) / kMiB / took.count());
  }
  return best;
}

AeadNonce nonce_of(int i) {
  AeadNonce nonce;
  nonce.data[0] = static_cast<std::uint8_t>(i);
  nonce.data[1] = static_cast<std::uint8_t>(i >> 8);
  return nonce;
}

}  // namespace

int main() {
  Bytes frame(kFrame + kAeadTag);
  const AeadKey key;
  for (const auto& [name, cipher] :
       {std::pair{"aes256gcm", AeadCipher::aes256gcm}, std::pair{"chacha20poly1305", AeadCipher::chacha20poly1305}}) {
    Aead aead(cipher, key);
    std::printf("%s %.0f\n", name, best_rate([&](int i) { aead.seal(nonce_of(i), {}, frame); }));
  }
  // What end-to-end encrypted exchanges cost, beside the cipher they are made of.
  Aead aes128(Aes128Key{});
  std::printf("aes128gcm %.0f\n", best_rate([&](int i) { aes128.seal(nonce_of(i), {}, frame); }));
  ContentEncoder encoder(key.view(), CodingSalt());
  Bytes sealed;
  std::printf("content_coding_seal %.0f\n", best_rate([&](int) {
                sealed.clear();
                encoder.write(ByteView(frame).first(kFrame), sealed);
              }));
  Sha256 hash;
  std::printf("sha256 %.0f\n", best_rate([&](int) { hash.update(frame); }));
  // The peer: Botan's AES-256-GCM in place.
  auto botan = Botan::AEAD_Mode::create_or_throw("AES-256/GCM", static_cast<Botan::Cipher_Dir>(0));
  botan->set_key(key.view().data(), key.view().size());
  Botan::secure_vector<std::uint8_t> tail;
  std::printf("botan_aes256gcm %.0f\n", best_rate([&](int i) {
                const auto nonce = nonce_of(i);
                botan->start(nonce.data.data(), nonce.data.size());
                botan->process(frame.data(), kFrame);
                tail.clear();
                botan->finish(tail);
              }));
  return 0;
}
