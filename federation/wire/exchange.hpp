#pragma once
// The messages of step 2 and what is sealed inside them (federation/PROTOCOL.md, "exchange"). Plain values; parse
// checks form only. What a parsed payload was opened from is the caller's to wipe.

#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "federation/address.hpp"
#include "federation/identifiers.hpp"
#include "federation/permanent_keys.hpp"

namespace kith::federation::wire {

struct ExchangeRequest {
  // What an approval carries, and a rejection doesn't.
  struct Approval {
    ResponderNonce nonce;
    core::Bytes sealed;  // of SealedKeys
  };
  HandshakeId handshake_id;
  Address initiator;
  Address responder;
  InitTranscript transcript;
  std::optional<Approval> approval;  // nothing: rejected

  [[nodiscard]] static core::Expected<ExchangeRequest> parse(std::string_view body);
  std::string serialise() const;
};

struct ExchangeAnswer {
  struct Keys {
    Address initiator;
    core::Bytes sealed;  // of SealedKeys with the nonce
  };
  HandshakeId handshake_id;
  std::optional<Keys> keys;  // nothing: the answer to a rejection

  [[nodiscard]] static core::Expected<ExchangeAnswer> parse(std::string_view body);
  std::string serialise() const;
};

// The JSON inside `sealed`: {"sign_key","box_key"}, and the initiator's with "nonce".
struct SealedKeys {
  PermanentPublicKeys keys;
  std::optional<InitiatorNonce> nonce;

  [[nodiscard]] static core::Expected<SealedKeys> parse(std::string_view body);
  std::string serialise() const;
};

}  // namespace kith::federation::wire
