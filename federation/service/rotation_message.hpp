#pragma once
// The body of POST /api/private/v1/rotate and what its signatures cover (PROTOCOL.md, "Private API"). Plain value.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/crypto/ed25519.hpp"
#include "core/error.hpp"
#include "federation/address.hpp"
#include "federation/identifiers.hpp"
#include "federation/permanent_keys.hpp"

namespace kith::federation {

struct RotationMessage {
  std::string event_id;
  std::uint64_t epoch = 0;
  PermanentPublicKeys keys;
  core::Signature old_signature;
  core::Signature new_signature;
  core::Signature instance_signature;

  // bad_request naming the field.
  [[nodiscard]] static core::Expected<RotationMessage> parse(std::string_view body);
  std::string serialise() const;
};

// LP("kith/1 rotate") LP(connection id) LP(from) LP(to) u64(epoch) LP(sign_key) LP(box_key).
core::Bytes rotation_bytes(const WireConnectionId& connection, const Address& from, const Address& to,
                           std::uint64_t epoch, const PermanentPublicKeys& keys);

// The ULID in the field event_id of a body, bad_request when it isn't one.
[[nodiscard]] core::Expected<std::string> event_id_of(std::string_view body);

}  // namespace kith::federation
