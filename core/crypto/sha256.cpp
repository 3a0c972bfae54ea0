#include "core/crypto/sha256.hpp"

#include <botan/hash.h>

#include "core/encoding.hpp"

namespace kith::core {

struct Sha256::State {
  std::unique_ptr<Botan::HashFunction> hash = Botan::HashFunction::create_or_throw("SHA-256");
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(ByteView bytes) {
  state_->hash->update(bytes.data(), bytes.size());
}

Digest Sha256::finish() {
  Digest digest;
  state_->hash->final(digest.data.data());
  return digest;
}

Digest sha256(ByteView bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

namespace {
constexpr std::string_view kDigestPrefix = "sha-256:";
}

std::string digest_text(const Digest& digest) {
  return std::string(kDigestPrefix) + to_hex(digest.view());
}

std::optional<Digest> parse_digest_text(std::string_view text) {
  if (!text.starts_with(kDigestPrefix)) return std::nullopt;
  const auto bytes = from_hex(text.substr(kDigestPrefix.size()));
  if (!bytes) return std::nullopt;
  return Digest::from(*bytes);
}

}  // namespace kith::core
