#pragma once
// What sessions need of the connections: who is trusted with what keys at this moment. ConnectionBook is Connections
// seen this way; tests put in their own. Thread-safe, blocking (database).

#include <cstdint>
#include <functional>
#include <optional>

#include "federation/service/connections.hpp"

namespace kith::federation {

class SessionConnections {
 public:
  virtual ~SessionConnections() = default;
  // As in Connections: nothing where there is none; ended ones are found with active = false.
  [[nodiscard]] virtual Expected<std::optional<ConnectionRecord>> find(const core::ConnectionId& id) = 0;
  [[nodiscard]] virtual Expected<std::optional<ConnectionRecord>> find_by_wire_id(const WireConnectionId& id) = 0;
  [[nodiscard]] virtual Expected<std::optional<ConnectionRecord>> find_active(const core::UserId& local_user,
                                                                              const Address& peer) = 0;
  [[nodiscard]] virtual Expected<OwnKeys> own_keys(const core::ConnectionId& id, std::uint64_t epoch) = 0;
  [[nodiscard]] virtual Expected<PeerKeys> peer_keys(const core::ConnectionId& id, std::uint64_t epoch) = 0;
  [[nodiscard]] virtual Expected<void> own_epoch_used(const core::ConnectionId& id, std::uint64_t epoch) = 0;
  [[nodiscard]] virtual Expected<void> peer_epoch_used(const core::ConnectionId& id, std::uint64_t epoch) = 0;
};

class ConnectionBook final : public SessionConnections {
 public:
  explicit ConnectionBook(Connections& connections) : connections_(connections) {}

  Expected<std::optional<ConnectionRecord>> find(const core::ConnectionId& id) override {
    return connections_.find(id);
  }
  Expected<std::optional<ConnectionRecord>> find_by_wire_id(const WireConnectionId& id) override {
    return connections_.find_by_wire_id(id);
  }
  Expected<std::optional<ConnectionRecord>> find_active(const core::UserId& local_user, const Address& peer) override {
    return connections_.find_active(local_user, peer);
  }
  Expected<OwnKeys> own_keys(const core::ConnectionId& id, std::uint64_t epoch) override {
    return connections_.own_keys(id, epoch);
  }
  Expected<PeerKeys> peer_keys(const core::ConnectionId& id, std::uint64_t epoch) override {
    return connections_.peer_keys(id, epoch);
  }
  Expected<void> own_epoch_used(const core::ConnectionId& id, std::uint64_t epoch) override {
    return connections_.own_epoch_used(id, epoch);
  }
  Expected<void> peer_epoch_used(const core::ConnectionId& id, std::uint64_t epoch) override {
    return connections_.peer_epoch_used(id, epoch);
  }

 private:
  Connections& connections_;
};

}  // namespace kith::federation
