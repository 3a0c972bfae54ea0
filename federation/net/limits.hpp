#pragma once
// What the network side takes and keeps at most. Numbers of the protocol are marked with their section of
// federation/PROTOCOL.md; the rest are choices of this daemon.

#include <chrono>
#include <cstddef>

namespace kith::federation::net_limits {

using std::chrono::milliseconds;
using std::chrono::seconds;

// "Conventions": bodies are at most 64 KiB but for sealed requests.
inline constexpr std::size_t kDiscoveryDocument = 64 * 1024;

// Answers' heads, 1xx answers and trailers included.
inline constexpr std::size_t kHeaderBytes = 32 * 1024;
inline constexpr std::size_t kHeaderCount = 100;
// What curl reads at once while streaming, and otherwise.
inline constexpr long kStreamBuffer = 512 * 1024;
inline constexpr long kCallBuffer = 16 * 1024;
// Kept connections: a peer and mode, all together, and for how long idle.
inline constexpr std::size_t kIdlePerOrigin = 8;
inline constexpr std::size_t kIdleTotal = 64;
inline constexpr seconds kIdleLife{60};
// A transfer without a byte for so long is dead.
inline constexpr seconds kStalled{30};

// Requests to one peer at once; a further one in the background waits this long for a place, a user's not at all.
inline constexpr int kCallsPerPeer = 8;
inline constexpr int kStreamsPerPeer = 40;  // more than transfers run at once: a list still finds a place
inline constexpr milliseconds kPlaceWait{1'000};
// How long a peer that failed is left alone: doubled from the first to the last value. A failure that took longer than
// kFastFailure made somebody wait, so it is the prober's turn to find out when the peer is back.
inline constexpr milliseconds kFastFailure{300};
inline constexpr milliseconds kFastBackOffFirst{250};
inline constexpr milliseconds kFastBackOffLast{5'000};
inline constexpr milliseconds kSlowBackOffFirst{1'000};
inline constexpr milliseconds kSlowBackOffLast{60'000};
// A peer nobody asked for this long is no longer probed.
inline constexpr std::chrono::minutes kProbeInterest{30};
inline constexpr milliseconds kProbeTimeout{8'000};
inline constexpr std::size_t kPeersInMemory = 4'096;
// last_seen is written to disk at most this often a peer.
inline constexpr std::chrono::minutes kSeenGranularity{5};

// Rows of instances nobody here vouched for and no connection uses.
inline constexpr std::size_t kStrangers = 1'024;
// Alerts about one domain's key are at least this far apart.
inline constexpr std::chrono::hours kAlertAgain{1};
// What is kept of a peer's own words in an error.
inline constexpr std::size_t kPeerWords = 240;
inline constexpr std::size_t kPeerName = 200;

}  // namespace kith::federation::net_limits
