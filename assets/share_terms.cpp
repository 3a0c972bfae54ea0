#include "assets/share_terms.hpp"

#include <algorithm>

namespace kith::assets {

namespace {

constexpr std::string_view kNothingLeftOut = "none";

}  // namespace

std::string_view strip_name(Strip strip) {
  return strip ? strip_mode_name(*strip) : kNothingLeftOut;
}

std::optional<Strip> strip_from_name(std::string_view name) {
  if (name == kNothingLeftOut) return Strip(std::nullopt);
  const auto mode = strip_mode_from_name(name);
  return mode ? std::optional<Strip>(Strip(*mode)) : std::nullopt;
}

ShareTerms together(const ShareTerms& one, const ShareTerms& other) {
  const bool both_end = one.expires_at && other.expires_at;
  return {both_end ? std::max(one.expires_at, other.expires_at) : std::nullopt, std::max(one.strip, other.strip)};
}

}  // namespace kith::assets
