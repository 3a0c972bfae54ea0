#pragma once
// A whole instance's federation in one process, without sockets: real SQLite in a folder of its own, the real handshake
// service, directory and peer door, on a FakePeerNetwork and a FakeClock. restart() throws all of it away and opens the
// same data again, as a crashed and restarted daemon does.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "federation/net/instance_directory.hpp"
#include "federation/net/instance_identity.hpp"
#include "federation/net/peer_door.hpp"
#include "federation/service/handshakes.hpp"
#include "storage/database.hpp"
#include "storage/key_vault.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_peer_network.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::test {

// The accounts of a node: rows of table `users`, nothing else.
class NodeUsers final : public federation::LocalUsers {
 public:
  explicit NodeUsers(core::Clock& clock, core::Random& random) : clock_(clock), random_(random) {}
  core::Expected<std::optional<federation::LocalUser>> find_by_handle(storage::Reader& reader,
                                                                      std::string_view handle) override;
  core::Expected<std::optional<federation::LocalUser>> find_by_id(storage::Reader& reader,
                                                                  const core::UserId& id) override;
  core::Expected<core::UserId> ensure_remote(storage::Transaction& transaction,
                                             const federation::Address& address) override;

 private:
  core::Clock& clock_;
  core::Random& random_;
};

// Uses the database in every call, as an audit log does: called inside a transaction, it would never return.
class NodeEvents final : public federation::ConnectionEvents {
 public:
  std::function<void()> use_database;
  void changed(const core::ConnectionId& id, const core::UserId& user) override;
  void alert(std::string_view kind, std::string_view about, const std::string& detail) override;
  void refused(std::string_view step, const std::string& peer, const std::string& reason) override;

  std::vector<std::string> changes;
  std::vector<std::string> alerts;    // "kind about: detail"
  std::vector<std::string> refusals;  // "step: reason"
};

struct NodeOptions {
  std::string domain;
  std::uint64_t seed = 1;
  bool web_authority = true;  // false: plain HTTP (the domain then needs a port)
  std::string delivery = "push";
  std::string source = "192.0.2.1";  // what others see as its address
};

class FederationNode final : public federation::PrivateChannel {
 public:
  FederationNode(FakePeerNetwork& network, FakeClock& clock, NodeOptions options);
  ~FederationNode() override;

  core::UserId add_user(const std::string& handle, bool admin = false);
  void disable_user(const std::string& handle);
  // Stops as in a crash, and starts again on the same data.
  void restart();
  void stop();
  void start();
  // Another instance key under the same domain, as if the disk was lost.
  void lose_everything();

  // Runs what is due and ends what is over. Number of tasks run.
  std::size_t run();

  federation::Handshakes& handshakes() { return *running().handshakes; }
  federation::Connections& connections() { return *running().connections; }
  federation::Invites& invites() { return *running().invites; }
  federation::Outbox& outbox() { return *running().outbox; }
  federation::InstanceDirectory& directory() { return *running().directory; }
  federation::InstanceIdentity& identity() { return *running().identity; }
  storage::Database& database() { return *running().database; }
  NodeEvents& events() { return events_; }
  const std::string& domain() const { return options_.domain; }
  NodeOptions& options() { return options_; }

  // Shorthands that fail the test when they fail.
  federation::ConnectionView ask(const core::UserId& user, const std::string& peer,
                                 std::optional<std::string> invite = std::nullopt);
  std::vector<federation::ConnectionView> list(const std::optional<core::UserId>& user = std::nullopt);
  // The only connection of all, as an admin sees it.
  federation::ConnectionView only();
  std::int64_t count(const std::string& sql);
  // Everything the database says of handshakes, to compare before and after.
  std::string dump();

  // Sessions are replaced by a direct call of the other node's handlers.
  void know(FederationNode& other) { others_[other.domain()] = &other; }
  enum class Link { fine, lose_request, lose_answer };
  Link link = Link::fine;
  core::Expected<federation::ChannelAnswer> send(const core::ConnectionId& connection, std::string_view method,
                                                 std::string_view target, std::string_view body) override;

 private:
  // In the order of construction; gone in reverse.
  struct Running {
    std::unique_ptr<storage::Database> database;
    std::unique_ptr<storage::KeyVault> vault;
    std::unique_ptr<federation::InstanceIdentity> identity;
    std::unique_ptr<federation::PeerTransport> transport;
    std::unique_ptr<federation::PeerDoor> door;
    std::unique_ptr<federation::InstanceDirectory> directory;
    std::unique_ptr<federation::Outbox> outbox;
    std::unique_ptr<federation::Connections> connections;
    std::unique_ptr<federation::Invites> invites;
    std::unique_ptr<federation::Handshakes> handshakes;
  };
  Running& running();
  FakeAnswer serve(const FakeArrival& arrival);

  FakePeerNetwork& network_;
  FakeClock& clock_;
  NodeOptions options_;
  std::unique_ptr<TempDir> folder_;
  SeededRandom random_;
  NodeUsers users_;
  NodeEvents events_;
  std::map<std::string, FederationNode*> others_;
  std::unique_ptr<Running> running_;
};

// Runs all nodes until none has anything due.
void settle(std::initializer_list<FederationNode*> nodes);
// Lets time pass in steps, running all nodes, until `done` or `longest` is over. True if done.
bool settle_until(FakeClock& clock, std::initializer_list<FederationNode*> nodes, const std::function<bool()>& done,
                  std::chrono::milliseconds longest = std::chrono::hours{2});

}  // namespace kith::test
