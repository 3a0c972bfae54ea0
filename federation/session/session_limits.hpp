#pragma once
// Numbers of sessions. The first part is protocol (PROTOCOL.md, "Sessions"): both sides must agree on it. The second is
// tuning: each side may choose its own.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kith::federation {

// Protocol.
inline constexpr std::size_t kMaxSealedRequest = 1024 * 1024;  // ciphertext with its tag
inline constexpr std::size_t kFrameHead = 4;                   // the length before each frame
inline constexpr std::size_t kMaxFramePlain = 256 * 1024;
inline constexpr std::size_t kMaxFrame = kMaxFramePlain + 16;  // ciphertext with its tag
inline constexpr std::uint32_t kLastFrame = 0x8000'0000;       // top bit of the number in the nonce
inline constexpr std::uint64_t kReplayWindow = 2'048;
inline constexpr std::chrono::hours kSessionLife{2};         // no request starts later
inline constexpr std::chrono::seconds kOldSessionGrace{60};  // after its successor's first use
inline constexpr std::chrono::hours kSessionRenewAge{1};
inline constexpr std::uint64_t kSessionRenewBytes = 64ull << 30;
inline constexpr std::uint64_t kMaxContentRange = 1ull << 30;
inline constexpr std::size_t kMaxNotifiedAssets = 500;
inline constexpr std::size_t kMaxPageItems = 500;

// Tuning.
// Content in each of the frames kith sends: with head and tag exactly 256 KiB, so a frame is made where it is sent
// from.
inline constexpr std::size_t kFrameContent = 256 * 1024 - kFrameHead - 16;
inline constexpr std::size_t kMaxFrameZero = 64 * 1024;          // JSON of an answer head; a longer one is refused
inline constexpr std::size_t kMaxSmallAnswer = 2 * 1024 * 1024;  // content of answers held in memory: pages, thumbnails
// Requests of users that wait for one peer at once; one more is told to come back.
inline constexpr int kMaxWaitingOfPeer = 8;
// Bytes a second, on average over a stretch of waiting for the peer: less ends the transfer.
inline constexpr std::uint64_t kLeastPace = 1024;
inline constexpr std::chrono::seconds kPaceStretch{60};
inline constexpr std::size_t kMaxSessions = 4'096;
inline constexpr std::size_t kMaxSessionsPerConnection = 4;
inline constexpr std::size_t kMaxAuthsPerConnection = 600;  // within the ten minutes their hashes are kept

}  // namespace kith::federation
