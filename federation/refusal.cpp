#include "federation/refusal.hpp"

namespace kith::federation {
namespace {

tl::unexpected<HandshakeRefusal> rejected(RefusalReason reason, std::string local, bool ends) {
  return tl::make_unexpected(HandshakeRefusal(
      core::Error{core::ErrorCode::handshake_rejected, "This message was not accepted.", std::nullopt, std::nullopt},
      reason, std::move(local), ends));
}

}  // namespace

std::string_view reason_name(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::malformed:
      return "malformed";
    case RefusalReason::bad_signature:
      return "bad_signature";
    case RefusalReason::wrong_address:
      return "wrong_address";
    case RefusalReason::wrong_handshake:
      return "wrong_handshake";
    case RefusalReason::own_key:
      return "own_key";
    case RefusalReason::unsound_key:
      return "unsound_key";
    case RefusalReason::key_mismatch:
      return "key_mismatch";
    case RefusalReason::wrong_transcript:
      return "wrong_transcript";
    case RefusalReason::payload_unreadable:
      return "payload_unreadable";
    case RefusalReason::commitment_mismatch:
      return "commitment_mismatch";
    case RefusalReason::inner_signature:
      return "inner_signature";
    case RefusalReason::wrong_confirmation:
      return "wrong_confirmation";
    case RefusalReason::invite:
      return "invite";
    case RefusalReason::wrong_decision:
      return "wrong_decision";
  }
  return {};
}

bool is_failed_proof(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::malformed:
    case RefusalReason::wrong_address:
    case RefusalReason::wrong_handshake:
    case RefusalReason::invite:  // spent and expired ones come from people
    case RefusalReason::wrong_decision:
      return false;
    default:
      return true;
  }
}

tl::unexpected<HandshakeRefusal> refuse(RefusalReason reason, std::string local) {
  return rejected(reason, std::move(local), false);
}

tl::unexpected<HandshakeRefusal> refuse_for_good(RefusalReason reason, std::string local) {
  return rejected(reason, std::move(local), true);
}

}  // namespace kith::federation
