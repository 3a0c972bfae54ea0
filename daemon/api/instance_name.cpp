#include "daemon/api/instance_name.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "config/address.hpp"
#include "core/encoding.hpp"
#include "federation/address.hpp"

namespace kith::daemon {
namespace {

struct Range {
  char32_t first, last;
};

constexpr std::array kControls{Range{0x00, 0x1F}, Range{0x7F, 0x9F}, Range{0x2028, 0x2029}};
// Bidirectional marks, embeddings, overrides and isolates (UAX 9), and what shows as nothing at all. Joiners (U+200C,
// U+200D) stay: scripts and emoji need them.
constexpr std::array kHidden{
    Range{0x00AD, 0x00AD}, Range{0x061C, 0x061C}, Range{0x115F, 0x1160},  Range{0x180E, 0x180E}, Range{0x200B, 0x200B},
    Range{0x200E, 0x200F}, Range{0x202A, 0x202E}, Range{0x2060, 0x206F},  Range{0x3164, 0x3164}, Range{0xFEFF, 0xFEFF},
    Range{0xFFA0, 0xFFA0}, Range{0xFFF9, 0xFFFB}, Range{0xE0000, 0xE007F}};
constexpr std::array kSpaces{Range{0x20, 0x20},     Range{0xA0, 0xA0},     Range{0x1680, 0x1680}, Range{0x2000, 0x200A},
                             Range{0x202F, 0x202F}, Range{0x205F, 0x205F}, Range{0x3000, 0x3000}};

template <std::size_t N>
bool is_one_of(const std::array<Range, N>& ranges, char32_t point) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [point](const Range& range) { return point >= range.first && point <= range.last; });
}

core::Unexpected refuse(std::string why) {
  return core::fail(core::ErrorCode::bad_request, std::move(why));
}

}  // namespace

core::Expected<void> check_instance_name(std::string_view name) {
  if (name.empty()) return refuse("the name is empty: give one of 1 to 80 characters");
  if (!core::is_valid_utf8(name)) return refuse("the name is not valid UTF-8");
  if (core::count_code_points(name) > kMaxChosenName) return refuse("the name is longer than 80 characters");
  char32_t last = 0;
  for (auto rest = name; !rest.empty();) {
    const bool is_first = rest.size() == name.size();
    last = core::take_code_point(rest);
    if (is_one_of(kControls, last)) return refuse("the name has a control character or line break: leave it out");
    if (is_one_of(kHidden, last))
      return refuse("the name has a character that is invisible or turns the reading direction: leave it out");
    if (is_first && is_one_of(kSpaces, last)) return refuse("the name begins with a space: leave it out");
  }
  if (is_one_of(kSpaces, last)) return refuse("the name ends with a space: leave it out");
  return {};
}

core::Expected<void> check_instance_domain(std::string_view domain) {
  if (const auto wrong = config::wrong_with_domain(domain); !wrong.empty()) return refuse("the domain " + wrong);
  const auto parsed = federation::Domain::parse(domain);
  if (!parsed) return refuse("the domain is none other instances would take: " + parsed.error().detail);
  return {};
}

}  // namespace kith::daemon
