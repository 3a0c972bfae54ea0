#include "assets/live_code.hpp"

#include <string_view>

#include "assets/live_types.hpp"

namespace kith::assets {

namespace {

constexpr std::string_view kCrockford = "0123456789abcdefghjkmnpqrstvwxyz";

}  // namespace

std::string make_live_code(core::Random& random) {
  std::string code;
  for (const auto byte : random.bytes<kLiveCodeCharacters>()) code += kCrockford[byte & 31];
  return code;
}

}  // namespace kith::assets
