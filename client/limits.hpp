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

inline constexpr std::chrono::seconds kConnectTimeout{20};
inline constexpr std::chrono::seconds kStall{60};  // nothing came or went for that long
// What breaks is tried again, with pauses of 1, 2, 4 … seconds, until so many tries in a row brought nothing.
inline constexpr int kTriesInVain = 6;
inline constexpr std::chrono::seconds kLongestPause{30};

}  // namespace kith::client
