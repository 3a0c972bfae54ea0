#pragma once
// POST /handshake/{exchange,verify,complete}: the steps of a handshake that is known here (PROTOCOL.md, "Handshake").
// exchange is taken by the initiator, pushed or fetched by a poll; verify and complete by the responder.

#include "federation/service/handshake_context.hpp"

namespace kith::federation {

class InboundSteps {
 public:
  explicit InboundSteps(HandshakeContext& context) : context_(context) {}

  [[nodiscard]] WireAnswer exchange(const SignedMessage& request);
  [[nodiscard]] WireAnswer verify(const SignedMessage& request);
  [[nodiscard]] WireAnswer complete(const SignedMessage& request);

 private:
  // Takes the step of this row, which is in the state that expects it.
  using Take = Expected<WireAnswer> (InboundSteps::*)(storage::Transaction&, HandshakeRow&, const SignedMessage&,
                                                      Effects&);
  WireAnswer answer(Step step, const SignedMessage& request, Take take);
  Expected<WireAnswer> find_and_take(storage::Transaction& transaction, Step step, const SignedMessage& request,
                                     Take take, Effects& effects);
  Expected<WireAnswer> take_exchange(storage::Transaction& transaction, HandshakeRow& row, const SignedMessage& request,
                                     Effects& effects);
  Expected<WireAnswer> take_verify(storage::Transaction& transaction, HandshakeRow& row, const SignedMessage& request,
                                   Effects& effects);
  Expected<WireAnswer> take_complete(storage::Transaction& transaction, HandshakeRow& row, const SignedMessage& request,
                                     Effects& effects);
  // The answer to a refusal; ends the row when it is for good.
  Expected<WireAnswer> refuse_step(storage::Transaction& transaction, HandshakeRow& row, Step step,
                                   const SignedMessage& request, const HandshakeRefusal& refusal, Effects& effects);

  HandshakeContext& context_;
};

}  // namespace kith::federation
