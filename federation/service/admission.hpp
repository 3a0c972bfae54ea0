#pragma once
// Who may still ask: limits on undecided handshakes, and who gives way when a place is needed (PROTOCOL.md, "Limits").
// Fake pendings count like real ones. Inside the caller's transaction; stateless.

#include <string>
#include <string_view>

#include "federation/service/lifecycle.hpp"

namespace kith::federation {

// The network an address belongs to, for the limit a source: IPv4 /24, IPv6 /48, as text. What is no IP address is a
// source of its own.
std::string source_network(std::string_view ip);

class Admission {
 public:
  Admission(const HandshakeStore& store, const Lifecycle& lifecycle, const core::Clock& clock)
      : store_(store), lifecycle_(lifecycle), clock_(clock) {}

  // Bounds the rows that strangers leave behind, whatever becomes of them: for every inbound row, before it is stored.
  // Fails with too_many_requests for a network that made too many of late, or when so many ended handshakes are
  // remembered that only fresh ones could be forgotten; pinned instances (row.privileged) are never refused here.
  [[nodiscard]] Expected<void> make_record(storage::Transaction& transaction, const HandshakeRow& row) const;
  // Makes room for one more undecided row, not yet stored, or fails with too_many_requests. Pinned instances
  // (row.privileged) are only bound by the limit an instance, and never give way to others.
  [[nodiscard]] Expected<void> make_room(storage::Transaction& transaction, const HandshakeRow& row,
                                         Effects& effects) const;

 private:
  Expected<void> forget_oldest(storage::Transaction& transaction, const HandshakeRow& row) const;
  Expected<void> make_room_among(storage::Transaction& transaction, std::string_view scope, storage::Values values,
                                 std::size_t limit, Effects& effects) const;

  const HandshakeStore& store_;
  const Lifecycle& lifecycle_;
  const core::Clock& clock_;
};

}  // namespace kith::federation
