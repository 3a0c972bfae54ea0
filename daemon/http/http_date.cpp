#include "daemon/http/http_date.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace kith::daemon {
namespace {

constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::string_view kShape = "???, 00 ??? 0000 00:00:00 GMT";

bool has_shape(std::string_view text) {
  if (text.size() != kShape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kShape[i] == '?') continue;
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == '0' ? !digit : text[i] != kShape[i]) return false;
  }
  return true;
}

unsigned number(std::string_view text, std::size_t at, std::size_t digits) {
  unsigned value = 0;
  for (std::size_t i = at; i < at + digits; ++i) value = value * 10 + static_cast<unsigned>(text[i] - '0');
  return value;
}

}  // namespace

std::string format_http_date(core::Timestamp time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<seconds>(time - day)};
  std::array<char, 64> out{};
  const int length =
      std::snprintf(out.data(), out.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT", kDays[weekday{day}.c_encoding()],
                    static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                    static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
                    static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return {out.data(), static_cast<std::size_t>(length)};
}

std::optional<core::Timestamp> parse_http_date(std::string_view text) {
  using namespace std::chrono;
  if (!has_shape(text)) return std::nullopt;
  unsigned month_number = 0;
  while (month_number < kMonths.size() && text.substr(8, 3) != kMonths[month_number]) ++month_number;
  const year_month_day date{year{static_cast<int>(number(text, 12, 4))}, month{month_number + 1},
                            day{number(text, 5, 2)}};
  const unsigned hour = number(text, 17, 2), minute = number(text, 20, 2), second = number(text, 23, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  if (text.substr(0, 3) != kDays[weekday{sys_days{date}}.c_encoding()]) return std::nullopt;
  return core::Timestamp{sys_days{date} + hours{hour} + minutes{minute} + seconds{second}};
}

}  // namespace kith::daemon
