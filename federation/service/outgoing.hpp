#pragma once
// The messages this side sends: init, poll, verify and complete as initiator, exchange as responder. Each is a task of
// the outbox; its bytes are stored before they first go out, so a lost answer or a restart sends the same again
// (PROTOCOL.md, "Handshake", "Rules").

#include <atomic>

#include "federation/peers.hpp"
#include "federation/service/exchange_outcome.hpp"
#include "federation/service/handshake_context.hpp"
#include "federation/service/inbound_steps.hpp"

namespace kith::federation {

class Outgoing {
 public:
  Outgoing(HandshakeContext& context, InboundSteps& inbound)
      : context_(context), inbound_(inbound), outcome_(context) {}

  // Takes its kinds of task from the outbox.
  void attach(Outbox& outbox);

 private:
  // What came back: an answer to check, or why there is none.
  struct Reply {
    std::optional<SignedMessage> answer;
    std::optional<core::Error> final_refusal;  // signed: this handshake is over
    core::Error error;
    bool https = false;
  };
  using RowWork = std::function<Expected<OutboxResult>(storage::Transaction&, HandshakeRow&, Effects&)>;

  OutboxResult init(const OutboxTask& task);
  OutboxResult exchange(const OutboxTask& task);
  OutboxResult poll(const OutboxTask& task);
  OutboxResult verify(const OutboxTask& task);
  OutboxResult complete(const OutboxTask& task);

  // init: learns the peer's key and makes the message. Nothing: it is there to be sent.
  std::optional<OutboxResult> prepare_init(const HandshakeRow& row);
  Expected<OutboxResult> make_init(storage::Transaction& transaction, HandshakeRow& row, const InstanceKey& key,
                                   Effects& effects);
  Expected<OutboxResult> on_init_answer(storage::Transaction& transaction, HandshakeRow& row, const Reply& reply,
                                        Effects& effects);
  Expected<OutboxResult> on_init_taken(storage::Transaction& transaction, HandshakeRow& row, Effects& effects);
  Expected<void> start_anew(storage::Transaction& transaction, HandshakeRow& row);
  // exchange: is the asker's domain really that instance? Nothing: yes, go on.
  std::optional<OutboxResult> check_peer(const HandshakeRow& row);
  OutboxResult on_poll_answer(const HandshakeRow& row, std::string_view request, const SignedMessage& answer);

  std::optional<HandshakeRow> load(const OutboxTask& task);
  // Makes and stores the step's message unless it is there.
  Expected<SignedMessage> stored_request(const HandshakeRow& row, Step step,
                                         const std::function<Expected<SignedMessage>(storage::Reader&)>& make);
  Expected<Reply> ask(const HandshakeRow& row, Step step, const SignedMessage& request,
                      std::chrono::milliseconds timeout = std::chrono::seconds{20});
  // In one transaction, with the row as it stands now; skipped (done) when it is no longer in `phase`.
  OutboxResult settle(const HandshakeRow& row, Phase phase, const RowWork& work);
  OutboxResult try_again(const HandshakeRow& row, std::string_view step, const core::Error& error);
  OutboxResult give_up(const HandshakeRow& row, Step step, const core::Error& refusal);
  Expected<OutboxResult> on_refused_answer(storage::Transaction& transaction, HandshakeRow& row, Step step,
                                           const HandshakeRefusal& refusal, Effects& effects);

  HandshakeContext& context_;
  InboundSteps& inbound_;
  ExchangeOutcome outcome_;
  std::atomic<bool> long_poll_ = false;  // one poll at a time may wait at the peer, so that the others get their turn
};

}  // namespace kith::federation
