#include "core/id.hpp"

#include <algorithm>

namespace kith::core {
namespace {

constexpr std::string_view kCrockford = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t kUlidLength = 26;

}  // namespace

std::string make_ulid(const Clock& clock, Random& random) {
  const auto ms = static_cast<std::uint64_t>(to_unix_ms(clock.now()));
  const auto tail = random.bytes<10>();
  std::string out;
  out.reserve(kUlidLength);
  for (int shift = 45; shift >= 0; shift -= 5) out += kCrockford[ms >> shift & 31];
  // 80 bits in sixteen groups of five.
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const auto byte : tail) {
    buffer = (buffer << 8 | byte) & 0xFFF;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += kCrockford[buffer >> bits & 31];
    }
  }
  return out;
}

bool is_ulid(std::string_view text) {
  return text.size() == kUlidLength && text[0] <= '7' &&
         std::ranges::all_of(text, [](char c) { return kCrockford.find(c) != std::string_view::npos; });
}

}  // namespace kith::core
