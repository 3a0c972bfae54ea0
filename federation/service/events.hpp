#pragma once
// What the handshake service tells the rest of the daemon: changes for the page's live updates, alerts for the
// operator, and reasons for the local audit log that never go out on the wire.
//
// Implementations are thread-safe, quick and never call back into federation. Always called outside of transactions:
// changed() and alert() after the change is on disk, refused() also when nothing was changed.

#include <string>
#include <string_view>

#include "core/id.hpp"

namespace kith::federation {

class ConnectionEvents {
 public:
  virtual ~ConnectionEvents() = default;
  // Something a user sees of the connection is different now: read it again. Called once for its local user.
  virtual void changed(const core::ConnectionId& id, const core::UserId& user) = 0;
  // An operator should look: `kind` is one of core/alerts.hpp, `about` an address as claimed, `detail` a sentence.
  virtual void alert(std::string_view kind, std::string_view about, const std::string& detail) {
    (void)kind;
    (void)about;
    (void)detail;
  }
  // Why something from `peer` (a domain or an address as claimed) was refused.
  virtual void refused(std::string_view step, const std::string& peer, const std::string& reason) {
    (void)step;
    (void)peer;
    (void)reason;
  }
};

}  // namespace kith::federation
