#pragma once
// What a person can do about an error in a connection's timeline. Pure.

#include <string>
#include <string_view>

namespace kith::federation {

// `code` is the wire name of an error; empty when there is nothing to do but wait.
inline std::string timeline_help(std::string_view code) {
  if (code == "peer_unreachable") return "The other instance does not answer; it is tried again by itself.";
  if (code == "timestamp_out_of_range") return "Set the clocks: this instance's and the other's differ by minutes.";
  if (code == "key_mismatch") {
    return "The other instance shows another key than expected. Ask its people whether they changed it; an admin can "
           "accept the new key.";
  }
  if (code == "peer_blocked") return "An admin blocked this instance.";
  if (code == "handshake_rejected") return "The other instance refused. Ask its people, then ask anew.";
  if (code == "handshake_ended") return "It is over at the other instance. Ask anew.";
  if (code == "too_many_requests" || code == "busy") return "The other instance has too much to do; it is tried again.";
  if (code == "not_ready") return "The other instance is one step behind; it is tried again by itself.";
  if (code == "not_found") return "The other instance knows nothing of it. Ask anew.";
  return {};
}

}  // namespace kith::federation
