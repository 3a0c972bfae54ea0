#pragma once
// The messages of step 1 (federation/PROTOCOL.md, "init"). Plain values; parse checks everything but signatures and
// soundness of keys, and fails with bad_request / too_large naming the field. serialise gives what parse takes.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/time.hpp"
#include "federation/address.hpp"
#include "federation/identifiers.hpp"
#include "federation/key_statement.hpp"

namespace kith::federation::wire {

enum class Delivery : std::uint8_t { push, poll };
enum class InitStatus : std::uint8_t { pending, crossed };

// Shows knowledge of an invite's secret without showing the secret.
struct InviteClaim {
  WireInviteId id;
  InviteMac mac;
};

struct InitRequest {
  HandshakeId handshake_id;
  Address initiator;
  Address responder;
  std::string purpose;  // UTF-8, at most kMaxPurposeCodePoints, no control characters
  core::BoxPublicKey initiator_key;
  Commitment commitment;
  InstanceKey instance_key;
  Delivery delivery = Delivery::push;
  core::Timestamp timestamp;
  std::optional<InviteClaim> invite;
  std::vector<KeyStatement> key_statements;

  [[nodiscard]] static core::Expected<InitRequest> parse(std::string_view body);
  std::string serialise() const;
};

struct InitAnswer {
  HandshakeId handshake_id;
  Address responder;
  core::BoxPublicKey responder_key;
  InstanceKey instance_key;
  core::Timestamp timestamp;
  InitStatus status = InitStatus::pending;
  std::vector<KeyStatement> key_statements;

  [[nodiscard]] static core::Expected<InitAnswer> parse(std::string_view body);
  std::string serialise() const;
};

// At most kMaxPurposeCodePoints code points of UTF-8 without control characters (C0, DEL, C1).
bool is_purpose(std::string_view text);

}  // namespace kith::federation::wire
