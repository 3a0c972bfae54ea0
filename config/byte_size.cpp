#include "config/byte_size.hpp"

#include <charconv>

namespace kith::config {

namespace {

constexpr std::uint64_t kLargest = 1ull << 62;  // databases count with a sign

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr Unit kUnits[] = {{"", 1},
                           {"B", 1},
                           {"kB", 1'000},
                           {"MB", 1'000'000},
                           {"GB", 1'000'000'000},
                           {"TB", 1'000'000'000'000},
                           {"KiB", 1ull << 10},
                           {"MiB", 1ull << 20},
                           {"GiB", 1ull << 30},
                           {"TiB", 1ull << 40}};

}  // namespace

std::optional<std::uint64_t> parse_byte_size(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit.starts_with(' ') && unit.size() > 1) unit.remove_prefix(1);
  for (const auto& [name, bytes] : kUnits) {
    if (name == unit && number <= kLargest / bytes) return number * bytes;
  }
  return std::nullopt;
}

}  // namespace kith::config
