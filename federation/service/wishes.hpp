#pragma once
// What people ask of the handshake service: start, approve, reject, confirm the words, retry, rotate, revoke. Each is
// one transaction; whatever has to travel is left to the outbox. See Handshakes for what each does and refuses.

#include "federation/service/handshake_context.hpp"
#include "federation/service/upkeep.hpp"

namespace kith::federation {

class Wishes {
 public:
  Wishes(HandshakeContext& context, Upkeep& upkeep) : context_(context), upkeep_(upkeep) {}

  using Who = std::optional<core::UserId>;
  [[nodiscard]] Expected<core::ConnectionId> start(const core::UserId& user, const Handshakes::Wish& wish);
  [[nodiscard]] Expected<core::ConnectionId> approve(const Who& user, const core::ConnectionId& id,
                                                     std::string_view fingerprint);
  [[nodiscard]] Expected<core::ConnectionId> reject(const Who& user, const core::ConnectionId& id);
  [[nodiscard]] Expected<core::ConnectionId> confirm_words(const Who& user, const core::ConnectionId& id, bool match);
  [[nodiscard]] Expected<core::ConnectionId> retry(const Who& user, const core::ConnectionId& id);
  [[nodiscard]] Expected<core::ConnectionId> rotate(const Who& user, const core::ConnectionId& id);
  [[nodiscard]] Expected<core::ConnectionId> revoke(const Who& user, const core::ConnectionId& id);
  [[nodiscard]] Expected<void> revoke_all(const core::UserId& user);
  [[nodiscard]] Expected<void> hide_ended(const core::UserId& user);

 private:
  using Deed = std::function<Expected<void>(storage::Transaction&, HandshakeRow&, Effects&)>;
  Expected<core::ConnectionId> on_row(const Who& user, const core::ConnectionId& id, const Deed& deed);
  Expected<void> make_way(storage::Transaction& transaction, const HandshakeRow& row, Effects& effects);

  HandshakeContext& context_;
  Upkeep& upkeep_;
};

}  // namespace kith::federation
