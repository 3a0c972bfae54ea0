#include "client/quantities.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>
#include <utility>

#include "core/encoding.hpp"

namespace kith::client {
namespace {

using Unit = std::pair<std::string_view, std::uint64_t>;
constexpr Unit kDurations[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}};
constexpr Unit kSizes[] = {{"", 1},          {"b", 1},         {"kb", 1000},    {"mb", 1000000}, {"gb", 1000000000},
                           {"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}};

template <std::size_t N>
std::optional<std::uint64_t> parse(std::string_view text, const Unit (&units)[N]) {
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number == 0) return std::nullopt;
  auto name = core::to_lower_ascii(text.substr(static_cast<std::size_t>(stop - text.data())));
  if (name.starts_with(' ')) name.erase(0, 1);
  const auto* unit = std::find_if(std::begin(units), std::end(units), [&](const Unit& u) { return u.first == name; });
  if (unit == std::end(units) || number > std::numeric_limits<std::int64_t>::max() / unit->second) return std::nullopt;
  return number * unit->second;
}

}  // namespace

std::optional<std::int64_t> parse_duration(std::string_view text) {
  const auto seconds = parse(text, kDurations);
  if (!seconds) return std::nullopt;
  return static_cast<std::int64_t>(*seconds);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return parse(text, kSizes);
}

}  // namespace kith::client
