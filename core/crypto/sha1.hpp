#pragma once
// SHA-1 (FIPS 180-4): broken, and here only to find what went wrong on the way where a protocol asks for it. Not
// thread-safe: one Sha1 a thread at a time.

#include <memory>

#include "core/bytes.hpp"

namespace kith::core {

using Sha1Digest = FixedBytes<20, struct Sha1DigestTag>;

class Sha1 {
 public:
  Sha1();
  ~Sha1();
  Sha1(Sha1&&) noexcept;
  Sha1& operator=(Sha1&&) noexcept;
  void update(ByteView bytes);
  // The digest of all updates; starts afresh.
  Sha1Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kith::core
