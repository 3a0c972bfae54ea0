#pragma once
// Invites: the link that carries one, and the MAC that shows a handshake holds its secret
// (federation/PROTOCOL.md, "Invites"). Pure functions; the secret wipes itself, a built link doesn't.

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "federation/address.hpp"
#include "federation/fingerprint.hpp"
#include "federation/identifiers.hpp"

namespace kith::federation {

struct InviteLink {
  Address address;  // of the person who invites
  Fingerprint fingerprint;
  WireInviteId id;
  InviteSecret secret;
};

// `<web_url>/invite#kith1.<address>.<fingerprint>.<id>.<secret>`; a slash at the end of web_url is dropped.
std::string build_invite_link(std::string_view web_url, const InviteLink& link);
// Takes a whole link or what stands behind its '#'; bad_request for anything that is not exactly one.
[[nodiscard]] core::Expected<InviteLink> parse_invite_link(std::string_view text);

// What an init with an invite binds itself to.
struct InviteBinding {
  const Address& initiator;
  const Address& responder;
  const InstanceKey& instance_key;  // the initiator's
  const HandshakeId& handshake_id;
  const core::BoxPublicKey& initiator_key;
  const Commitment& commitment;
};
InviteMac invite_mac(const InviteSecret& secret, const InviteBinding& binding);
[[nodiscard]] bool check_invite_mac(const InviteSecret& secret, const InviteBinding& binding, const InviteMac& mac);

}  // namespace kith::federation
