#pragma once
// The messages of step 4 (federation/PROTOCOL.md, "complete"). Plain values; parse checks form only.

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "federation/address.hpp"
#include "federation/identifiers.hpp"

namespace kith::federation::wire {

struct CompleteRequest {
  HandshakeId handshake_id;
  Address initiator;
  Confirmation confirmation;

  [[nodiscard]] static core::Expected<CompleteRequest> parse(std::string_view body);
  std::string serialise() const;
};

struct CompleteAnswer {
  HandshakeId handshake_id;
  Address responder;
  Acknowledgment acknowledgment;

  [[nodiscard]] static core::Expected<CompleteAnswer> parse(std::string_view body);
  std::string serialise() const;
};

}  // namespace kith::federation::wire
