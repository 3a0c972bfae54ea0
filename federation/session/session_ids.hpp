#pragma once
// What names a session on the wire.

#include "core/bytes.hpp"
#include "federation/identifiers.hpp"

namespace kith::federation {

// Chosen at random by the answering side; the header Kith-Session has it in base64url.
using SessionId = core::FixedBytes<16, struct SessionIdTag>;

}  // namespace kith::federation
