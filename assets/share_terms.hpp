#pragma once
// On what terms something is shown to somebody. Plain values, pure functions.

#include <optional>
#include <string_view>

#include "assets/photo_strip.hpp"
#include "core/time.hpp"

namespace kith::assets {

// What is left out of photos for the viewer; nothing: they are shown as they are. A greater one leaves out more. What
// is no photo is always shown as it is.
using Strip = std::optional<StripMode>;

// "none", "location", "all": as in requests and rows.
std::string_view strip_name(Strip strip);
// Nothing for any other text.
std::optional<Strip> strip_from_name(std::string_view name);

struct ShareTerms {
  std::optional<core::Timestamp> expires_at;  // nothing: for good
  Strip strip = StripMode::location;
  bool operator==(const ShareTerms&) const = default;
};

// What two shares of the same asset come to for their viewer: the later end, and what either of them leaves out.
ShareTerms together(const ShareTerms& one, const ShareTerms& other);

}  // namespace kith::assets
