#include "federation/session/content_range.hpp"

#include <algorithm>
#include <charconv>

#include "federation/session/session_limits.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;

core::Unexpected malformed() {
  return core::fail(ErrorCode::bad_request, "Range must be one range of bytes");
}

// Positions may have leading zeros in HTTP, unlike our own numbers.
std::optional<std::uint64_t> parse_position(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Expected<ContentPart> last_bytes(std::string_view count_text, std::uint64_t size) {
  const auto count = parse_position(count_text);
  if (!count) return malformed();
  if (*count == 0 || size == 0) return core::fail(ErrorCode::range_not_satisfiable);
  const std::uint64_t length = std::min(*count, size);
  return ContentPart{size - length, length, false};
}

Expected<ContentPart> one_range(std::string_view text, std::uint64_t size) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return malformed();
  if (dash == 0) return last_bytes(text.substr(1), size);
  const auto first = parse_position(text.substr(0, dash));
  if (!first) return malformed();
  std::uint64_t last = size;
  if (dash + 1 < text.size()) {
    const auto given = parse_position(text.substr(dash + 1));
    if (!given || *given < *first) return malformed();
    last = *given;
  }
  if (*first >= size) return core::fail(ErrorCode::range_not_satisfiable);
  return ContentPart{*first, std::min(last, size - 1) - *first + 1, false};
}

}  // namespace

Expected<ContentPart> evaluate_range(std::optional<std::string_view> range, std::uint64_t size) {
  ContentPart part{0, size, true};
  if (range) {
    constexpr std::string_view kUnit = "bytes=";
    if (!range->starts_with(kUnit)) return malformed();
    KITH_TRY_ASSIGN(asked, one_range(range->substr(kUnit.size()), size));
    part = asked;
  }
  if (part.length > kMaxContentRange) {
    return core::fail(ErrorCode::range_required, "ask for at most 1 GiB at a time with Range");
  }
  return part;
}

std::string content_range_field(std::uint64_t offset, std::uint64_t length, std::uint64_t size) {
  return "bytes " + std::to_string(offset) + "-" + std::to_string(offset + length - 1) + "/" + std::to_string(size);
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return parse_position(text);
}

}  // namespace kith::federation
