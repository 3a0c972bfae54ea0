#include "daemon/api/wanted_share.hpp"

#include "daemon/api/people.hpp"
#include "federation/address.hpp"
#include "federation/service/connections.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

// The row among the users of whom the caller may share with: anybody here, or who is connected to them.
Expected<core::UserId> viewer_of(const Call& call, const std::string& with) {
  KITH_TRY_ASSIGN(person, find_person(call.services, with));
  if (const auto* local = std::get_if<LocalPerson>(&person)) {
    if (local->id == call.user()) return fail(ErrorCode::bad_request, "these are your own already");
    return local->id;
  }
  KITH_TRY_ASSIGN(address, federation::Address::parse(std::get<RemotePerson>(person).address));
  KITH_TRY_ASSIGN(connection, call.services.connections.find_active(call.user(), address));
  if (!connection) {
    return fail(ErrorCode::not_found, "You have no connection with " + address.text() + ": ask for one first.");
  }
  return connection->peer_user;
}

}  // namespace

Expected<std::optional<assets::Strip>> strip_in(const core::Json& body) {
  KITH_TRY_ASSIGN(text, core::optional_text(body, "strip", 16));
  if (!text) return std::optional<assets::Strip>();
  const auto strip = assets::strip_from_name(*text);
  if (!strip) return fail(ErrorCode::bad_request, "strip must be location, all or none");
  return strip;
}

Expected<WantedShare> wanted_share(const Call& call, const core::Json& body) {
  KITH_TRY_ASSIGN(with, core::required_text(body, "with", 512));
  KITH_TRY_ASSIGN(expires_at, core::optional_timestamp(body, "expires_at"));
  if (expires_at && *expires_at <= call.services.clock.now()) {
    return fail(ErrorCode::bad_request, "expires_at must lie ahead");
  }
  WantedShare wanted;
  wanted.terms.expires_at = expires_at;
  KITH_TRY_ASSIGN(strip, strip_in(body));
  if (strip) wanted.terms.strip = *strip;
  KITH_TRY_ASSIGN(viewer, viewer_of(call, with));
  wanted.viewer = std::move(viewer);
  return wanted;
}

}  // namespace kith::daemon
