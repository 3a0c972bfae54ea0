#pragma once
// Which bytes of some content a request asks for (PROTOCOL.md, "Content"; RFC 9110, section 14). Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace kith::federation {

using core::Expected;

struct ContentPart {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  bool whole = true;  // no Range was asked: 200; else 206
};

// `range` as in the header, e.g. "bytes=0-1048575"; one range only. range_required when more than kMaxContentRange
// would go out, range_not_satisfiable, bad_request for what is no range of bytes.
[[nodiscard]] Expected<ContentPart> evaluate_range(std::optional<std::string_view> range, std::uint64_t size);

// "bytes 0-9/100"
std::string content_range_field(std::uint64_t offset, std::uint64_t length, std::uint64_t size);

// A number in decimal without sign, spaces or needless zeros.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

}  // namespace kith::federation
