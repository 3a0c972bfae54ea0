#pragma once
// What the parts of the handshake service share, and the two things each of them does: a change with its effects, and
// an answer to the wire. Thread-safe.

#include <atomic>
#include <functional>
#include <string>

#include "federation/refusal.hpp"
#include "federation/service/handshake_store.hpp"
#include "federation/service/handshakes.hpp"
#include "federation/service/lifecycle.hpp"
#include "federation/service/poll_waiters.hpp"

namespace kith::federation {

struct HandshakeContext {
  explicit HandshakeContext(Handshakes::Parts given)
      : parts(std::move(given)), store(parts.vault, parts.clock), lifecycle(parts, store) {}
  HandshakeContext(const HandshakeContext&) = delete;
  HandshakeContext& operator=(const HandshakeContext&) = delete;

  // One write transaction; its effects are told when it is on disk, and only then.
  using Work = std::function<Expected<void>(storage::Transaction&, Effects&)>;
  [[nodiscard]] Expected<void> change(const Work& work);

  // An error nobody signs: it changes nothing with the peer.
  static WireAnswer problem(const core::Error& error);
  static WireAnswer signed_answer(const SignedMessage& message);
  // Signed, if it ends the handshake for good.
  WireAnswer refusal(Step step, std::string_view request, const core::Error& error) const;
  // The same for a check that failed; the local audit log hears why, inside a transaction once that is over.
  WireAnswer refused(Step step, std::string_view request, const HandshakeRefusal& refusal, const std::string& peer,
                     Effects& effects) const;
  WireAnswer refused(Step step, std::string_view request, const HandshakeRefusal& refusal,
                     const std::string& peer) const;

  // peer_blocked when an admin blocked the instance on the other side of `row`. Asked once its signature held.
  [[nodiscard]] static Expected<void> require_not_blocked(storage::Reader& reader, const HandshakeRow& row);

  Handshakes::Parts parts;
  HandshakeStore store;
  Lifecycle lifecycle;
  PollWaiters polls;
  std::atomic<PrivateChannel*> channel = nullptr;
  // Answers the polls that wait for these handshakes. Set once, before anything runs.
  std::function<void(const core::ConnectionId&)> answer_poll;

 private:
  void publish(const Effects& effects);
  void tell_refusals(const Effects& effects) const;
  // Keeps the row of an instance from being swept while something with it goes on.
  Expected<void> update_use(storage::Transaction& transaction, const std::string& domain) const;
  Expected<void> keep_https(storage::Transaction& transaction, const std::string& domain) const;
};

// The stored answer for bytes seen before, 410 for a handshake that has ended, 409 for other bytes; nothing when the
// step was not taken yet.
[[nodiscard]] Expected<std::optional<WireAnswer>> answer_again(const HandshakeContext& context, storage::Reader& reader,
                                                               const HandshakeRow& row, Step step,
                                                               std::string_view request);

}  // namespace kith::federation
