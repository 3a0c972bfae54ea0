#pragma once
// The handshake service: kith/1's four steps with their state in the database, so that either side may stop at any
// point and go on later (PROTOCOL.md, "Handshake", "Rules", "Poll").
//
// Three ways in: messages of peers (answer, poll), the wishes of people (start, approve, …), and the outbox, whose
// tasks send this side's messages. Thread-safe; blocks on the database, and only the outbox's tasks block on peers.
// References given must outlive it.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/id.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "federation/service/connections.hpp"
#include "federation/service/events.hpp"
#include "federation/service/invites.hpp"
#include "federation/service/outbox.hpp"
#include "federation/service/private_channel.hpp"
#include "federation/signing.hpp"
#include "storage/database.hpp"
#include "storage/key_vault.hpp"

namespace kith::federation {

class InstanceDirectory;
class InstanceIdentity;
class PeerDoor;

// What goes out for a POST /handshake/…: JSON, with Kith-Signature when `signature` is not empty.
struct WireAnswer {
  int status = 200;
  std::string body;
  std::string signature;                            // base64url, of the header Kith-Signature
  std::optional<std::chrono::seconds> retry_after;  // of the header Retry-After
  // "application/json", or "application/problem+json" for errors
  std::string content_type;
};

// A message as it came in.
struct WireQuestion {
  std::string_view body;
  std::string_view signature;  // of the header Kith-Signature; empty when there was none
  std::string_view source;     // the client's IP address, for the limits
};

// Tuning; bounds stand in federation/limits.hpp.
struct HandshakeOptions {
  std::string delivery = "push";       // "poll": peers can't reach this instance
  std::chrono::seconds poll_wait{25};  // asked of the peer in each poll
  std::chrono::seconds poll_pause{5};  // between polls, growing to a minute
};

class Handshakes {
 public:
  struct Parts {
    storage::Database& database;
    const storage::KeyVault& vault;
    const core::Clock& clock;
    core::Random& random;
    core::Logger log;
    LocalUsers& users;
    const InstanceIdentity& identity;
    InstanceDirectory& directory;
    PeerDoor& door;
    Outbox& outbox;
    ConnectionEvents& events;
    HandshakeOptions options;
  };
  explicit Handshakes(Parts parts);
  ~Handshakes();
  Handshakes(const Handshakes&) = delete;
  Handshakes& operator=(const Handshakes&) = delete;

  // Messages of peers: POST /handshake/{init,exchange,verify,complete}. Errors are answers too: this never fails.
  [[nodiscard]] WireAnswer answer(Step step, const WireQuestion& question);
  // POST /handshake/poll. `reply` is called exactly once: before this returns, or later from another thread when there
  // is a decision, a newer poll of the same handshake, or the wait is over. It must not block.
  void poll(const WireQuestion& question, std::function<void(WireAnswer)> reply);

  // Wishes of people. `user` empty: an admin, who may act on all. not_found for what is somebody else's.
  struct Wish {
    std::string peer;                   // "bob@b.example"
    std::string purpose;                // at most 280 characters
    std::optional<std::string> invite;  // the link, or its fragment; then `peer` may be empty
  };
  [[nodiscard]] Expected<ConnectionView> start(const core::UserId& user, const Wish& wish);
  // `fingerprint` must be the one shown (spaces and case don't matter): else fingerprint_mismatch, and nothing changes.
  [[nodiscard]] Expected<ConnectionView> approve(const std::optional<core::UserId>& user, const core::ConnectionId& id,
                                                 std::string_view fingerprint);
  [[nodiscard]] Expected<ConnectionView> reject(const std::optional<core::UserId>& user, const core::ConnectionId& id);
  // False revokes at once.
  [[nodiscard]] Expected<ConnectionView> confirm_words(const std::optional<core::UserId>& user,
                                                       const core::ConnectionId& id, bool match);
  // Tries at once what waits for its next try.
  [[nodiscard]] Expected<ConnectionView> retry(const std::optional<core::UserId>& user, const core::ConnectionId& id);
  // New permanent keys; the peer learns of them in the background.
  [[nodiscard]] Expected<ConnectionView> rotate(const std::optional<core::UserId>& user, const core::ConnectionId& id);
  // Ends a connection, or an unfinished handshake, now; the peer learns of it in the background.
  [[nodiscard]] Expected<ConnectionView> revoke(const std::optional<core::UserId>& user, const core::ConnectionId& id);
  // All of a user's, when the account goes or is disabled.
  [[nodiscard]] Expected<void> revoke_all(const core::UserId& user);
  // When the account goes: ended ones are shown to nobody any more and don't say what they were for. They go on
  // answering peers; those whose peer has yet to hear of the end stay as they are, for a later call.
  [[nodiscard]] Expected<void> hide_ended(const core::UserId& user);

  // Requests of the private API, in a session of this connection: POST …/rotate and …/revoke. Done twice is fine.
  [[nodiscard]] Expected<void> on_rotate(const core::ConnectionId& id, std::string_view body);
  [[nodiscard]] Expected<void> on_revoke(const core::ConnectionId& id, std::string_view body);
  // The peer said, signed, that this connection has ended on its side.
  [[nodiscard]] Expected<void> on_ended_there(const core::ConnectionId& id);
  // What rotations and revocations go out through. Set before the outbox first runs.
  void set_channel(PrivateChannel& channel);

  // Ends what is past its time: handshakes after 14 days, tombstones after 15, polls whose wait is over. The scheduler
  // calls it at next_deadline(), or every second while polls wait.
  void expire();
  // When expire() has something to do next.
  std::optional<core::Timestamp> next_deadline();
  // Answers all waiting polls: before the listeners stop.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kith::federation
