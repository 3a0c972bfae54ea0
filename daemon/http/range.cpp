#include "daemon/http/range.hpp"

#include <algorithm>
#include <charconv>

#include "core/encoding.hpp"

namespace kith::daemon {
namespace {

using Kind = RangeDecision::Kind;

// Digits only; a number too large for 64 bits stands for "beyond any size".
std::optional<std::uint64_t> parse_position(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::uint64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc{} ? value : UINT64_MAX;
}

RangeDecision partial(std::uint64_t offset, std::uint64_t length) {
  return {Kind::partial, {offset, length}};
}

// "-500": the last 500 bytes.
RangeDecision decide_suffix(std::string_view digits, std::uint64_t size) {
  const auto length = parse_position(digits);
  if (!length) return {};
  if (*length == 0 || size == 0) return {Kind::unsatisfiable, {}};
  const auto taken = std::min(*length, size);
  return partial(size - taken, taken);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

RangeDecision decide_range(std::string_view field_value, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (field_value.size() <= kUnit.size() || !core::equal_ignoring_case(field_value.substr(0, kUnit.size()), kUnit)) {
    return {};
  }
  const auto spec = trimmed(field_value.substr(kUnit.size()));
  const auto dash = spec.find('-');
  if (dash == std::string_view::npos) return {};
  if (dash == 0) return decide_suffix(spec.substr(1), size);
  const auto first = parse_position(spec.substr(0, dash));
  if (!first) return {};
  std::uint64_t last = UINT64_MAX;
  if (const auto end = spec.substr(dash + 1); !end.empty()) {
    const auto parsed = parse_position(end);
    if (!parsed || *parsed < *first) return {};
    last = *parsed;
  }
  if (*first >= size) return {Kind::unsatisfiable, {}};
  return partial(*first, std::min(last, size - 1) - *first + 1);
}

std::string content_range(const ByteRange& range, std::uint64_t size) {
  return "bytes " + std::to_string(range.offset) + "-" + std::to_string(range.offset + range.length - 1) + "/" +
         std::to_string(size);
}

std::string unsatisfied_content_range(std::uint64_t size) {
  return "bytes */" + std::to_string(size);
}

}  // namespace kith::daemon
