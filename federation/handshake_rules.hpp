#pragma once
// Rules of a handshake that need no keys (federation/PROTOCOL.md, "Rules"). Pure functions.

#include <cstdint>
#include <string_view>

#include "core/error.hpp"
#include "core/time.hpp"
#include "federation/identifiers.hpp"

namespace kith::federation {

// True within kTimestampTolerance of `now`, either way, both ends included. For the first sight of init and auth only.
bool timestamp_acceptable(core::Timestamp sent, core::Timestamp now);

// Which of two crossed handshakes goes on: the one with the smaller initiator_key, compared as bytes.
enum class CrossedVerdict : std::uint8_t { ours_goes_on, theirs_goes_on };
CrossedVerdict judge_crossed(const core::BoxPublicKey& our_initiator_key,
                             const core::BoxPublicKey& their_initiator_key);

// The handshake_id of any handshake request, to find its row before the signature is checked.
[[nodiscard]] core::Expected<HandshakeId> peek_handshake_id(std::string_view body);

}  // namespace kith::federation
