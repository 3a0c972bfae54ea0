#include "federation/session/session_keys.hpp"

#include "core/length_prefixed.hpp"
#include "federation/session/session_limits.hpp"

namespace kith::federation {
namespace {

core::AeadNonce nonce_of(std::uint64_t counter, std::uint32_t number) {
  core::AeadNonce nonce;
  for (std::size_t i = 0; i < 8; ++i) nonce.data[i] = static_cast<std::uint8_t>(counter >> (56 - 8 * i));
  for (std::size_t i = 0; i < 4; ++i) nonce.data[8 + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  return nonce;
}

}  // namespace

SessionKeys derive_session_keys(std::string_view request, std::string_view answer, const SessionKey& session_key,
                                const core::SharedSecret& shared) {
  const core::Digest salt = core::labelled_hash("kith/1 auth", {request, answer});
  core::Secret<64> material;
  std::copy(session_key.view().begin(), session_key.view().end(), material.writable().begin());
  std::copy(shared.view().begin(), shared.view().end(), material.writable().begin() + 32);
  const core::Prk prk = core::hkdf_extract(salt.view(), material.view());
  SessionKeys keys;
  keys.o2a = core::hkdf_expand(prk, "kith/1 session o2a");
  keys.a2o = core::hkdf_expand(prk, "kith/1 session a2o");
  const core::Secret<32> mac = core::hkdf_expand(prk, "kith/1 session mac");
  std::copy(mac.view().begin(), mac.view().end(), keys.mac.writable().begin());
  return keys;
}

core::AeadNonce request_nonce(std::uint64_t counter) {
  return nonce_of(counter, kLastFrame);
}

core::AeadNonce frame_nonce(std::uint64_t counter, std::uint32_t index, bool last) {
  return nonce_of(counter, last ? index | kLastFrame : index);
}

}  // namespace kith::federation
