#pragma once
// The messages of step 3 (federation/PROTOCOL.md, "verify"). Plain values; parse checks form only.

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/time.hpp"
#include "federation/address.hpp"
#include "federation/identifiers.hpp"

namespace kith::federation::wire {

struct VerifyRequest {
  HandshakeId handshake_id;
  Address initiator;
  core::Timestamp timestamp;
  core::Signature signature;  // by the initiator's permanent key

  [[nodiscard]] static core::Expected<VerifyRequest> parse(std::string_view body);
  std::string serialise() const;
};

struct VerifyAnswer {
  HandshakeId handshake_id;
  Address responder;
  core::Timestamp timestamp;
  core::Signature signature;  // by the responder's permanent key

  [[nodiscard]] static core::Expected<VerifyAnswer> parse(std::string_view body);
  std::string serialise() const;
};

}  // namespace kith::federation::wire
