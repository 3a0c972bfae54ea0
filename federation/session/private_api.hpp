#pragma once
// The private API as it is served (PROTOCOL.md, "Private API"): checks that a request belongs to a session, opens
// sealed ones, answers from what was shared with that very user, and seals the answer the way the request came.
//
// Routes on the public listener, each with one call of handle():
//   POST /api/private/v1/sealed   and, for direct requests, every other path below /api/private/v1/
// POST /api/auth goes to SessionAcceptor::authenticate (session/session_acceptor.hpp).
// Bodies of up to kMaxSealedRequest are to be taken for …/sealed, 64 KiB for the rest.
//
// Thread-safe and blocking (database, disk): called on worker threads. References given must outlive it and every
// answer it gave. Errors are problem documents (RFC 9457): plain when about the session itself, else inside the sealed
// answer.

#include <functional>
#include <memory>
#include <string_view>

#include "core/error.hpp"
#include "core/id.hpp"
#include "federation/session/private_message.hpp"

namespace kith::federation {

class NotificationInbox;
class SessionAcceptor;
class SharedAssets;

class PrivateApi {
 public:
  struct Parts {
    SessionAcceptor& sessions;
    SharedAssets& assets;
    NotificationInbox& notifications;
    // POST …/rotate and …/revoke: Handshakes::on_rotate and on_revoke.
    std::function<Expected<void>(const core::ConnectionId&, std::string_view body)> on_rotate;
    std::function<Expected<void>(const core::ConnectionId&, std::string_view body)> on_revoke;
  };
  explicit PrivateApi(Parts parts);
  ~PrivateApi();
  PrivateApi(const PrivateApi&) = delete;
  PrivateApi& operator=(const PrivateApi&) = delete;

  [[nodiscard]] PrivateResponse handle(const PrivateRequest& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kith::federation
