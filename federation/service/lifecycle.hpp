#pragma once
// What happens to a handshake as a whole: it is approved, established, ended, or gives way to a crossed one
// (PROTOCOL.md, "Rules"). Everything runs inside the caller's transaction; what is to be told afterwards collects in
// Effects. Stateless beside its references; thread-safe.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "federation/local_users.hpp"
#include "federation/net/instance_identity.hpp"
#include "federation/refusal.hpp"
#include "federation/service/handshake_store.hpp"
#include "federation/service/handshakes.hpp"
#include "federation/service/outbox.hpp"

namespace kith::federation {

// What a transaction did that others must hear of once it is on disk.
struct Effects {
  std::vector<std::pair<core::ConnectionId, core::UserId>> changed;
  struct Refused {
    std::string step;
    std::string peer;
    std::string reason;
    bool failed_proof;
  };
  struct Alert {
    std::string_view kind;  // of core/alerts.hpp
    std::string about;
    std::string detail;
  };
  std::vector<Alert> alerts;
  std::vector<Refused> refusals;            // for the audit log, told also when nothing was changed
  std::vector<core::ConnectionId> decided;  // polls of these have news
  std::vector<std::string> domains;         // used more, or less, than before
  std::vector<std::string> https_domains;   // established over HTTPS
  bool wake = false;                        // the outbox has something to do

  void touch(const HandshakeRow& row);
  void refuse(std::string_view step, const std::string& peer, RefusalReason reason, const std::string& local = {});
};

class Lifecycle {
 public:
  Lifecycle(const Handshakes::Parts& parts, const HandshakeStore& store) : parts_(parts), store_(store) {}

  struct End {
    ConnectionState state;
    std::string_view reason;
    std::optional<core::ConnectionId> successor = std::nullopt;
    bool keep_steps = false;  // known messages still get their answers
    bool keep_keys = false;   // to tell the peer in a session
    bool hide = false;        // nobody decided it and nobody misses it
  };
  // Wipes secrets, gives the invite back, drops what the outbox had to send. The row stays as a tombstone.
  [[nodiscard]] Expected<void> end(storage::Transaction& transaction, HandshakeRow& row, const End& how,
                                   Effects& effects) const;
  // (responder) Makes the permanent keys and the exchange request; the outbox delivers it.
  [[nodiscard]] Expected<void> approve(storage::Transaction& transaction, HandshakeRow& row, Effects& effects) const;
  // (responder) Makes the refusal and forgets the keys.
  [[nodiscard]] Expected<void> reject(storage::Transaction& transaction, HandshakeRow& row, Effects& effects) const;
  // The last step is done. An older connection of the pair, and other handshakes of it, end.
  [[nodiscard]] Expected<void> establish(storage::Transaction& transaction, HandshakeRow& row,
                                         const WireConnectionId& wire_id, Effects& effects) const;
  // Our own handshake gives way to theirs, which counts as approved: we asked for the same.
  [[nodiscard]] Expected<void> yield(storage::Transaction& transaction, HandshakeRow& ours, HandshakeRow& theirs,
                                     Effects& effects) const;
  // A handshake of the same pair in the other direction, undecided on the wire, with the same instance key.
  [[nodiscard]] Expected<std::optional<HandshakeRow>> crossing(storage::Reader& reader, const HandshakeRow& row) const;
  // The state the store keeps for `row`, as the parties of a handshake.
  Parties parties_of(const HandshakeRow& row) const;

 private:
  const Handshakes::Parts& parts_;
  const HandshakeStore& store_;
};

}  // namespace kith::federation
