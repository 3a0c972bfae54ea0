#include "core/crypto/sha1.hpp"

#include <botan/hash.h>

namespace kith::core {

struct Sha1::State {
  std::unique_ptr<Botan::HashFunction> hash = Botan::HashFunction::create_or_throw("SHA-1");
};

Sha1::Sha1() : state_(std::make_unique<State>()) {}
Sha1::~Sha1() = default;
Sha1::Sha1(Sha1&&) noexcept = default;
Sha1& Sha1::operator=(Sha1&&) noexcept = default;

void Sha1::update(ByteView bytes) {
  state_->hash->update(bytes.data(), bytes.size());
}

Sha1Digest Sha1::finish() {
  Sha1Digest digest;
  state_->hash->final(digest.data.data());
  return digest;
}

}  // namespace kith::core
