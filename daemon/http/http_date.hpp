#pragma once
// Dates of header fields (RFC 9110, section 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT". Whole seconds, UTC.

#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace kith::daemon {

std::string format_http_date(core::Timestamp time);
// The preferred form only; the two obsolete ones are nothing, like everything else.
std::optional<core::Timestamp> parse_http_date(std::string_view text);

}  // namespace kith::daemon
