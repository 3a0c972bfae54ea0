#pragma once
// The opening side of sessions: opens one with a peer when a request needs it, renews it, and sends requests over it,
// direct or sealed as the protocol says (PROTOCOL.md, "Sessions"). Keys are in memory only.
//
// Thread-safe and blocking (network, database). While one thread opens a session with a peer, others for the same
// connection wait for it. References given must outlive it. Errors of every request:
//   not_found          no established connection of the two
//   connection_ended   it ended (the peer said so in a way that can be believed, or it ended here)
//   peer_unreachable, busy, peer_blocked   as PeerDoor says; busy also when kMaxWaitingOfPeer users wait for the peer
//   peer_error         what came back is not to be believed or makes no sense
//   wrong_state        the peer can't be reached by design (it polls): only it opens sessions
//   timestamp_out_of_range, not_verified, …   the peer refused the session, in its words

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "federation/net/peer_door.hpp"
#include "federation/service/private_channel.hpp"
#include "federation/session/sealed_frames.hpp"
#include "federation/session/sealed_request.hpp"
#include "federation/session/session_connections.hpp"
#include "federation/session/session_problem.hpp"

namespace kith::federation {

class SessionOpener final : public PrivateChannel {
 public:
  struct Parts {
    PeerDoor& door;
    SessionConnections& connections;
    const core::Clock& clock;
    core::Random& random;
    core::Logger log;
    bool aes = core::has_hardware_aes();  // what this side says of itself
    // The peer said, in a way that can be believed, that the connection has ended. Must not block; may be empty.
    std::function<void(const core::ConnectionId&)> on_ended = {};
  };
  explicit SessionOpener(Parts parts);
  ~SessionOpener() override;

  // The active connection of the two: not_found, bad_request for what is no address.
  [[nodiscard]] Expected<ConnectionRecord> connection_of(const core::UserId& user, std::string_view peer);

  [[nodiscard]] Expected<InnerAnswer> request(const ConnectionRecord& connection, const InnerRequest& request,
                                              Urgency urgency = Urgency::user);
  // The head has been given to the sink, and content in pieces; fails when it is cut.
  [[nodiscard]] Expected<void> stream(const ConnectionRecord& connection, const InnerRequest& request, AnswerSink& sink,
                                      Urgency urgency = Urgency::user);

  // PrivateChannel, for the outbox's revocations and rotations.
  [[nodiscard]] Expected<ChannelAnswer> send(const core::ConnectionId& connection, std::string_view method,
                                             std::string_view target, std::string_view body) override;

  // Forgets the keys of a connection that ended.
  void connection_ended(const core::ConnectionId& id);

 private:
  struct Session;
  struct Line;
  struct Attempt;
  struct AuthDraft;
  class WaitingPlace;
  using SessionPointer = std::shared_ptr<Session>;
  Expected<WaitingPlace> wait_place(const ConnectionRecord& connection, Urgency urgency);
  Expected<SessionPointer> session_for(const ConnectionRecord& connection, Urgency urgency);
  Expected<SessionPointer> open(const ConnectionRecord& connection, Urgency urgency);
  Expected<AuthDraft> draft_auth(const ConnectionRecord& connection, const OwnKeys& own, const PeerKeys& peer);
  Expected<SessionPointer> begin_session(const AuthDraft& draft, const PeerResponse& reply);
  core::Error refused(const ConnectionRecord& connection, const core::VerifyKey& key, std::string_view body,
                      const PeerResponse& answer);
  Expected<void> run(const ConnectionRecord& connection, Attempt& attempt);
  Expected<void> send_sealed(Session& session, Attempt& attempt);
  Expected<void> send_direct(Session& session, Attempt& attempt);
  void forget(const core::ConnectionId& id, const SessionPointer& session);
  std::shared_ptr<Line> line_of(const core::ConnectionId& id);
  void note_ended(const core::ConnectionId& id);

  const Parts parts_;
  std::mutex mutex_;  // guards the two below
  std::map<core::ConnectionId, std::shared_ptr<Line>> lines_;
  std::map<std::string, int> waiting_;  // users' requests, by the peer's domain
};

}  // namespace kith::federation
