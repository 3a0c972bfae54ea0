#pragma once
// What a peer's refusal means here. Pure, thread-safe.

#include <string_view>

#include "core/error.hpp"
#include "federation/peers.hpp"

namespace kith::federation {

// The Error that an answer of a status other than 2xx stands for: by the `code` of its problem document (RFC 9457)
// where that is one a peer may say of itself, else peer_error (502 and 504: peer_unreachable, a proxy before a daemon
// that is down). The detail is the peer's words, bounded, printable, and marked as such. Nothing here is signed: it may
// be shown and may delay a retry, but must not end a handshake or connection (federation/PROTOCOL.md, "Handshake").
core::Error error_from_answer(std::string_view domain, const PeerResponse& answer);

}  // namespace kith::federation
