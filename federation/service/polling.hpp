#pragma once
// POST /handshake/poll on the responder's side: an initiator nobody can reach asks for the decision and hands in its
// answer (PROTOCOL.md, "Poll"). A poll that may wait is parked without a thread. Thread-safe.

#include <functional>

#include "federation/service/exchange_outcome.hpp"
#include "federation/service/handshake_context.hpp"
#include "federation/wire/poll.hpp"

namespace kith::federation {

class Polling {
 public:
  explicit Polling(HandshakeContext& context) : context_(context), outcome_(context) {}

  void poll(const SignedMessage& request, std::function<void(WireAnswer)> reply);
  // Answers the poll that waits for this handshake, if there is one, with how things stand now.
  void answer_waiting(const core::ConnectionId& id);
  void answer_overdue();
  void stop();

 private:
  struct Verdict;
  Expected<Verdict> judge(const SignedMessage& request);
  Expected<Verdict> stand(storage::Transaction& transaction, HandshakeRow& row, const SignedMessage& request,
                          Effects& effects);
  void answer_now(const WaitingPoll& poll);

  HandshakeContext& context_;
  ExchangeOutcome outcome_;
};

}  // namespace kith::federation
