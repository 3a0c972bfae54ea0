#pragma once
// Which form of a representation a client takes (RFC 9110, section 12.5.3). What can't be read in the field counts as
// not said.

#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/http/message.hpp"

namespace kith::daemon {

enum class ContentCoding : std::uint8_t { identity, gzip, brotli };

// As it stands in Content-Encoding: "gzip", "br", "identity".
std::string_view coding_name(ContentCoding coding);

// The coding to send of those in `offered`, best first: the one the client likes most, among equals the first. A client
// that says nothing gets identity, and so does one that would take none of them.
ContentCoding choose_coding(const Headers& headers, std::span<const ContentCoding> offered);

}  // namespace kith::daemon
