#pragma once
// The responder takes the answer to its exchange, pushed back or handed in by a poll (PROTOCOL.md, "exchange").

#include "federation/service/handshake_context.hpp"

namespace kith::federation {

class ExchangeOutcome {
 public:
  explicit ExchangeOutcome(HandshakeContext& context) : context_(context) {}

  // `row` is decided; afterwards it is exchanged, or ended where it was rejected. A refusal (also one that ends the
  // handshake, which is done here) comes back as its error, for the timeline.
  [[nodiscard]] Expected<StepResult<void>> take(storage::Transaction& transaction, HandshakeRow& row,
                                                const SignedMessage& answer, Effects& effects);

 private:
  HandshakeContext& context_;
};

}  // namespace kith::federation
