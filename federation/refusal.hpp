#pragma once
// Why a handshake message was not taken: what may be told to the peer, and what only the local audit log gets to know
// (federation/PROTOCOL.md, "Errors"). Plain values.

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "core/error.hpp"

namespace kith::federation {

enum class RefusalReason : std::uint8_t {
  malformed,            // not the message of this step, or not well-formed
  bad_signature,        // Kith-Signature does not hold for this step, direction and key
  wrong_address,        // names another instance or person than this handshake
  wrong_handshake,      // another handshake_id
  own_key,              // one of our own keys as the peer's
  unsound_key,          // a low-order or non-canonical key
  key_mismatch,         // another instance key than expected
  wrong_transcript,     // th1 differs
  payload_unreadable,   // sealed payload does not open or makes no sense
  commitment_mismatch,  // the revealed nonce is not the one committed to
  inner_signature,      // verify: the permanent key did not sign this
  wrong_confirmation,   // complete: the MAC differs
  invite,               // an invite that is unknown, spent, expired or not proven
  wrong_decision,       // an answer to an approval where a rejection was sent, or the other way round
};
// "commitment_mismatch": for the audit log.
std::string_view reason_name(RefusalReason reason);
// Whether it shows somebody who has not the keys they should have, rather than a mistake or a message that came late.
bool is_failed_proof(RefusalReason reason);

struct HandshakeRefusal {
  core::Error wire;  // for the peer: cryptographic failures all look alike
  RefusalReason reason = RefusalReason::malformed;
  std::string local;  // for the audit log
  // True: a validly signed message showed that this handshake can't go on; end it (a receiver answers with a signed
  // refusal). False: nothing may change, not even a counter the peer could see.
  bool ends = false;

  HandshakeRefusal(core::Error error, RefusalReason why, std::string local_detail, bool ends_handshake)
      : wire(std::move(error)), reason(why), local(std::move(local_detail)), ends(ends_handshake) {}
  // What parsing found wrong.
  HandshakeRefusal(core::Error error)  // NOLINT: meant to convert
      : wire(std::move(error)), reason(RefusalReason::malformed), local(wire.detail) {}
};

template <class T>
using StepResult = tl::expected<T, HandshakeRefusal>;

// handshake_rejected for the peer, changing nothing.
[[nodiscard]] tl::unexpected<HandshakeRefusal> refuse(RefusalReason reason, std::string local);
// handshake_rejected for the peer, ending the handshake.
[[nodiscard]] tl::unexpected<HandshakeRefusal> refuse_for_good(RefusalReason reason, std::string local);

}  // namespace kith::federation
