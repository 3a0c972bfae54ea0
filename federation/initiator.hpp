#pragma once
// The initiator's side of a handshake, one pure function a step (federation/PROTOCOL.md, "Handshake", "States").
// Each takes the state before and gives what to send and the state after; on a refusal nothing has changed, and
// HandshakeRefusal::ends says whether the handshake must end. Storing, sending, repeating and asking people is the
// caller's. Requests are kept by the caller: it needs their bytes to repeat them, and here to check the answers.
// Thread-safe: no state of their own.

#include <chrono>
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

namespace kith::federation::initiator {

struct InitInputs {
  Address initiator;
  Address responder;
  std::string purpose;
  wire::Delivery delivery = wire::Delivery::push;
  core::Timestamp timestamp;
  InstanceKey expected_instance;  // the responder's, by pin, invite or discovery
  struct Invite {
    WireInviteId id;
    InviteSecret secret;
  };
  std::optional<Invite> invite;
  std::vector<KeyStatement> key_statements;  // our own, if the peer may have an older key of ours
};
struct StartedInit {
  SignedMessage request;
  InitSent state;
  HandshakeId handshake_id;
  core::BoxPublicKey initiator_key;  // for judge_crossed
};
// Takes 16 bytes of `random` for the id, 32 for the temporary key, 16 for the nonce. bad_request for a purpose that
// breaks the rules or an address of our own instance.
[[nodiscard]] core::Expected<StartedInit> make_init(const core::SigningKey& instance_key, InitInputs inputs,
                                                    core::Random& random);

struct InitAnswered {
  wire::InitStatus status;  // crossed: this handshake ends, the state is only to be dropped
  core::Timestamp timestamp;
  std::vector<KeyStatement> key_statements;
  AwaitingExchange state;  // replaces InitSent: the temporary key is not needed any more
};
// A validly signed answer of another instance key than expected is refused for good, with code and reason key_mismatch.
[[nodiscard]] StepResult<InitAnswered> on_init_answer(const InitSent& state, std::string_view request_body,
                                                      const SignedMessage& answer);

struct ExchangeApproved {
  SignedMessage answer;
  Words words;
  Exchanged state;
};
struct ExchangeRejected {
  SignedMessage answer;  // forget the keys
};
using ExchangeOutcome = std::variant<ExchangeApproved, ExchangeRejected>;
// `own` are the permanent keys made for this connection. Takes 24 bytes of `random` for an approval.
[[nodiscard]] StepResult<ExchangeOutcome> on_exchange(const AwaitingExchange& state,
                                                      const core::SigningKey& instance_key,
                                                      const PermanentPublicKeys& own, const SignedMessage& request,
                                                      core::Random& random);

SignedMessage make_verify(const Exchanged& state, const core::SigningKey& instance_key,
                          const core::SigningKey& permanent_key, core::Timestamp timestamp);
[[nodiscard]] StepResult<Verified> on_verify_answer(const Exchanged& state, std::string_view request_body,
                                                    const SignedMessage& answer);

SignedMessage make_complete(const Verified& state, const core::SigningKey& instance_key);
// Established.
[[nodiscard]] StepResult<WireConnectionId> on_complete_answer(const Verified& state, std::string_view request_body,
                                                              const SignedMessage& answer);

SignedMessage make_poll(const Parties& parties, const core::SigningKey& instance_key, std::chrono::seconds wait,
                        std::optional<SignedMessage> exchange_answer);
// The exchange request inside, if any, goes to on_exchange.
[[nodiscard]] StepResult<wire::PollAnswer> on_poll_answer(const Parties& parties, std::string_view request_body,
                                                          const SignedMessage& answer);

}  // namespace kith::federation::initiator
