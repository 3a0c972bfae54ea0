#pragma once
// What happens to an established connection: its keys are rotated, or it is revoked (PROTOCOL.md, "Private API").
// Both are stored before the peer is told, and told until it answers.

#include <string_view>

#include "federation/service/handshake_context.hpp"

namespace kith::federation {

class Upkeep {
 public:
  explicit Upkeep(HandshakeContext& context) : context_(context) {}

  // Takes "rotate" and "revoke" tasks from the outbox.
  void attach(Outbox& outbox);

  // New permanent keys of the next epoch, and the message that tells of them. wrong_state while one is under way.
  [[nodiscard]] Expected<void> rotate(storage::Transaction& transaction, HandshakeRow& row, Effects& effects);
  // Ends an established connection; its keys stay until the peer was told.
  [[nodiscard]] Expected<void> revoke(storage::Transaction& transaction, HandshakeRow& row, std::string_view reason,
                                      Effects& effects);

  [[nodiscard]] Expected<void> on_rotate(const core::ConnectionId& id, std::string_view body);
  [[nodiscard]] Expected<void> on_revoke(const core::ConnectionId& id, std::string_view body);
  // The peer said so in a way that can be believed.
  [[nodiscard]] Expected<void> ended_by_peer(const core::ConnectionId& id);

 private:
  OutboxResult deliver_rotation(const OutboxTask& task);
  OutboxResult deliver_revocation(const OutboxTask& task);
  Expected<void> take_rotation(storage::Transaction& transaction, HandshakeRow& row, std::string_view body,
                               Effects& effects);
  HandshakeContext& context_;
};

}  // namespace kith::federation
