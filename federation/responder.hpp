#pragma once
// The responder's side of a handshake, one pure function a step (federation/PROTOCOL.md, "Handshake", "States").
// As in initiator.hpp: state in, bytes and state out, nothing changed by a refusal. Thread-safe.

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/random.hpp"
#include "core/time.hpp"
#include "federation/handshake_state.hpp"
#include "federation/refusal.hpp"
#include "federation/signing.hpp"
#include "federation/wire/init.hpp"
#include "federation/wire/poll.hpp"
#include "federation/words.hpp"

namespace kith::federation::responder {

// An init that is well-formed, signed by the key it names, meant for `own_domain`, of another instance and another key
// than ours, with sound keys and statements that hold. Not judged here: timestamp (timestamp_acceptable), pins, limits,
// the user, whether the bytes came before.
[[nodiscard]] StepResult<wire::InitRequest> check_init(const SignedMessage& request, const Domain& own_domain,
                                                       const InstanceKey& own_instance);

struct InitDecision {
  wire::InitStatus status = wire::InitStatus::pending;
  core::Timestamp timestamp;
  const InviteSecret* invite_secret = nullptr;  // of the invite the request names; must be given if it names one
  std::vector<KeyStatement> key_statements;     // our own, if any
};
struct AnsweredInit {
  SignedMessage answer;
  AwaitingDecision state;
};
// Checks the invite's MAC (refused for good, reason invite, if it doesn't hold or no secret is given) and answers.
// Takes 32 bytes of `random` for the temporary key, which is wiped before this returns.
[[nodiscard]] StepResult<AnsweredInit> answer_init(const wire::InitRequest& init, std::string_view request_body,
                                                   const core::SigningKey& instance_key, const InitDecision& decision,
                                                   core::Random& random);

struct StartedExchange {
  SignedMessage request;
  ExchangeSent state;
};
// `own` are the permanent keys made for this connection. Takes 16 bytes of `random` for nonce_B, then 24.
StartedExchange make_approval(const AwaitingDecision& state, const core::SigningKey& instance_key,
                              const PermanentPublicKeys& own, core::Random& random);
// Forget the keys; of the state only `parties` is needed to check the answer.
SignedMessage make_rejection(const AwaitingDecision& state, const core::SigningKey& instance_key);

struct ExchangeAnswered {
  Words words;
  Exchanged state;
};
[[nodiscard]] StepResult<ExchangeAnswered> on_exchange_answer(const ExchangeSent& state, std::string_view request_body,
                                                              const SignedMessage& answer);
[[nodiscard]] StepResult<void> on_rejection_answer(const Parties& parties, std::string_view request_body,
                                                   const SignedMessage& answer);

struct AnsweredVerify {
  SignedMessage answer;
  Verified state;
};
[[nodiscard]] StepResult<AnsweredVerify> on_verify(const Exchanged& state, const core::SigningKey& instance_key,
                                                   const core::SigningKey& permanent_key, const SignedMessage& request,
                                                   core::Timestamp timestamp);

struct AnsweredComplete {
  SignedMessage answer;
  WireConnectionId connection;  // established
};
[[nodiscard]] StepResult<AnsweredComplete> on_complete(const Verified& state, const core::SigningKey& instance_key,
                                                       const SignedMessage& request);

// A poll of this handshake, signed by its initiator; an exchange answer in it is checked by on_exchange_answer.
[[nodiscard]] StepResult<wire::PollRequest> check_poll(const Parties& parties, const SignedMessage& request);
SignedMessage answer_poll(const Parties& parties, const core::SigningKey& instance_key, std::string_view request_body,
                          wire::PollStatus status, std::optional<SignedMessage> exchange_request);

}  // namespace kith::federation::responder
