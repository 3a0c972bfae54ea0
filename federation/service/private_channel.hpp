#pragma once
// A request over a session to the peer of a connection, as the outbox's rotations and revocations need it. Sessions
// implement it. Thread-safe and blocking.

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/id.hpp"

namespace kith::federation {

struct ChannelAnswer {
  int status = 0;
  std::string body;
};

class PrivateChannel {
 public:
  virtual ~PrivateChannel() = default;
  // Opens a session if there is none. `target` begins with "/api/private/v1/"; `body` is JSON or empty.
  // Errors: peer_unreachable, peer_error (nothing to believe came back), connection_ended (the peer said so, signed).
  // It also works while the connection is ending (ConnectionRecord::ending), so that the peer can be told.
  [[nodiscard]] virtual core::Expected<ChannelAnswer> send(const core::ConnectionId& connection,
                                                           std::string_view method, std::string_view target,
                                                           std::string_view body) = 0;
};

}  // namespace kith::federation
