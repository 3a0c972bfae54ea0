#pragma once
// Range requests (RFC 9110, section 14): one range of bytes. Several ranges, other units and nonsense are ignored, as
// the RFC allows: the whole representation is sent.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kith::daemon {

// A part of a representation; `length` > 0.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  auto operator<=>(const ByteRange&) const = default;
};

struct RangeDecision {
  enum class Kind : std::uint8_t { whole, partial, unsatisfiable } kind = Kind::whole;
  ByteRange range;  // with partial
  bool operator==(const RangeDecision&) const = default;
};

// What the value of a Range field asks of a representation of `size` bytes.
RangeDecision decide_range(std::string_view field_value, std::uint64_t size);

// "bytes 0-499/1234", and "bytes */1234" for 416.
std::string content_range(const ByteRange& range, std::uint64_t size);
std::string unsatisfied_content_range(std::uint64_t size);

}  // namespace kith::daemon
