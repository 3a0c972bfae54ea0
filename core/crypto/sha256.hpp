#pragma once
// SHA-256 (FIPS 180-4). Not thread-safe: one Sha256 a thread at a time.

#include <memory>

#include "core/bytes.hpp"

namespace kith::core {

using Digest = FixedBytes<32, struct DigestTag>;

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(ByteView bytes);
  // The digest of all updates; starts afresh.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Digest sha256(ByteView bytes);
// "sha-256:" and 64 lower-case hexadecimal digits: the form of api.md's `digest` fields.
std::string digest_text(const Digest& digest);
std::optional<Digest> parse_digest_text(std::string_view text);

}  // namespace kith::core
