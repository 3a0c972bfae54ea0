#pragma once
// The keys of one session, from the bytes of its auth messages, the sealed key and the Diffie-Hellman of both
// ephemerals (PROTOCOL.md, "Session keys"). They live in memory only and wipe themselves.

#include <cstdint>
#include <string_view>

#include "core/crypto/aead.hpp"
#include "core/crypto/hmac.hpp"
#include "core/crypto/x25519.hpp"
#include "core/secret.hpp"

namespace kith::federation {

using SessionKey = core::Secret<32, struct SessionKeyTag>;  // what the opener seals to the other's box key
using SessionMacKey = core::Secret<32, struct SessionMacKeyTag>;

struct SessionKeys {
  core::AeadKey o2a;  // opener to answerer: sealed requests
  core::AeadKey a2o;  // answerer to opener: sealed answers
  SessionMacKey mac;  // direct requests and answers
};

// `request` and `answer` are the exact bytes of the bodies.
SessionKeys derive_session_keys(std::string_view request, std::string_view answer, const SessionKey& session_key,
                                const core::SharedSecret& shared);

// u64(counter) ‖ 0x80000000.
core::AeadNonce request_nonce(std::uint64_t counter);
// u64(counter) ‖ u32(index, top bit set on the last frame). `index` is below 2^31.
core::AeadNonce frame_nonce(std::uint64_t counter, std::uint32_t index, bool last);

}  // namespace kith::federation
