#pragma once
// Bounds and pauses of sending mail, in one place. Tuning; no format depends on them.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kith::accounts::mail_limits {

using namespace std::chrono_literals;

// The queue.
inline constexpr std::int64_t kMostWaiting = 10'000;
inline constexpr std::size_t kLargestSealed = 64 * 1024;
inline constexpr std::size_t kLongestError = 300;

// What one address gets; more is dropped.
inline constexpr std::int64_t kMostOfOneKindAnHour = 5;
inline constexpr std::int64_t kMostADay = 20;
// Of these, what strangers may cause. The rest is for notices, so that nobody can use the limit to suppress them.
inline constexpr std::int64_t kMostByAnybodyADay = 15;
// And of those, all that are no resets of a password: nobody can keep these from their owner by registering.
inline constexpr std::int64_t kMostButResetsADay = 10;
// Mails of a day to all addresses together that are remembered for this; more are dropped.
inline constexpr std::int64_t kMostRemembered = 100'000;

// After the first failed try, the second, …; the last one from then on.
inline constexpr std::array<std::chrono::milliseconds, 6> kPauses{2s, 10s, 1min, 5min, 30min, 1h};
inline constexpr std::chrono::milliseconds kGiveUpAfter = 5 * 24h;
// How long nothing is tried after the server could not be used, the last one from the third time on.
inline constexpr std::array<std::chrono::milliseconds, 3> kServerPauses{2s, 10s, 1min};

// One try.
inline constexpr std::chrono::milliseconds kConnectTimeout = 30s;
inline constexpr std::chrono::milliseconds kWholeTimeout = 2min;
inline constexpr std::size_t kLongestAnswer = 512;  // RFC 5321, section 4.5.3.1.5
inline constexpr std::size_t kLongestPassword = 256;

// Files of the outbox.
inline constexpr std::size_t kMostFiles = 10'000;

// What a mail holds of what people wrote, in code points.
inline constexpr std::size_t kLongestValue = 100;
// RFC 5322, section 2.1.1, and RFC 2045, section 6.7; without the line end.
inline constexpr std::size_t kLongestLine = 998;
inline constexpr std::size_t kLongestQuotedLine = 76;
// RFC 2047, section 2.
inline constexpr std::size_t kLongestEncodedWord = 75;

}  // namespace kith::accounts::mail_limits
