#pragma once
// All limits of client/ in one place.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kith::client {

inline constexpr std::size_t kMaxAnswerBytes = 1 << 20;  // of an answer that is no content
inline constexpr std::size_t kMaxFiles = 100;            // in an exchange
inline constexpr std::size_t kMaxNameBytes = 255;
inline constexpr std::size_t kMaxSealedName = 2048;  // characters
inline constexpr std::size_t kMaxSecretLine = 4096;  // a password or token from a file or standard input

// Live transfers: chunks of a request that are on their way at once (docs/live.md), what is kept of a stream, how long
// a sender tries to reach the server again, and ended requests whose receipt may still come.
inline constexpr int kLiveCarriers = 4;
inline constexpr std::size_t kLiveKept = 64;  // pieces
inline constexpr std::size_t kLiveRequests = 16, kLiveEnded = 256;
inline constexpr std::chrono::seconds kLivePatience{300};
inline constexpr std::size_t kMaxLiveEvent = 64 * 1024;  // one event of a stream, and one line of it

inline constexpr std::size_t kMaxListed = 100'000;  // items of one list of the server
inline constexpr std::size_t kMaxCandidates = 10;   // that a message names

inline constexpr std::chrono::seconds kConnectTimeout{20};
inline constexpr std::chrono::seconds kStall{60};        // nothing came or went for that long
inline constexpr std::chrono::seconds kStreamStall{35};  // of a stream that shows a sign of life each 10 s
// What breaks is tried again, with pauses of 1, 2, 4 … seconds, until so many tries in a row brought nothing.
inline constexpr int kTriesInVain = 6;
inline constexpr std::chrono::seconds kLongestPause{30};
// Between two looks at a connection that is being made; from the first, each is longer than the one before.
inline constexpr std::chrono::milliseconds kFirstLook{250}, kLongestLook{5000};

}  // namespace kith::client
