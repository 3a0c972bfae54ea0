#pragma once
// Bounds and delays this instance chooses for handshakes (federation/PROTOCOL.md, "Limits and times"). A peer may
// choose others: nothing here is covered by a signature. What the protocol fixes stands in protocol_constants.hpp.

#include <chrono>
#include <cstddef>

namespace kith::federation {

// Undecided inbound handshakes.
inline constexpr std::size_t kMaxPendingPerResponder = 32;
inline constexpr std::size_t kMaxPendingPerInstance = 8;
inline constexpr std::size_t kMaxPendingPerSource = 16;
inline constexpr std::size_t kMaxPendingInAll = 1024;
inline constexpr int kSourcePrefixV4 = 24;
inline constexpr int kSourcePrefixV6 = 48;

// How long people may take, and how long an ended handshake is remembered.
inline constexpr std::chrono::hours kApprovalTime{14 * 24};
inline constexpr std::chrono::hours kTombstoneTime{15 * 24};

// What is sent and read of the `detail` of a signed refusal ("Errors").
inline constexpr std::size_t kMaxRefusalTextBytes = 1024;

}  // namespace kith::federation
