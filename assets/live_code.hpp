#pragma once
// The code in a live transfer's link, by which an offer is found: 60 random bits (docs/live.md, "Who knows what").

#include <string>

#include "core/random.hpp"

namespace kith::assets {

// kLiveCodeCharacters of Crockford's base32 in lower case.
std::string make_live_code(core::Random& random);

}  // namespace kith::assets
