#pragma once
// What comes of a token that was mailed to prove an e-mail address, and how long such tokens live.

#include <chrono>
#include <cstdint>

namespace kith::accounts {

enum class EmailProof : std::uint8_t {
  unknown,  // no such token
  expired,  // it had run out: a fresh one was mailed
  taken,    // somebody else has got the address meanwhile
  proven,
};

inline constexpr std::chrono::hours kEmailTokenLife{14 * 24};
// How long after its token ran out something unproven is kept, for the link to be asked for again.
inline constexpr std::chrono::hours kUnprovenKept{30 * 24};

}  // namespace kith::accounts
