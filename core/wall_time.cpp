#include "core/wall_time.hpp"

#include <algorithm>
#include <chrono>

namespace kith::core {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// `count` digits at `at`, as a number; -1 where there are none.
int number_at(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return -1;
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (!is_digit(c)) return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<std::chrono::sys_days> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = number_at(text, 0, 4), month = number_at(text, 5, 2), day = number_at(text, 8, 2);
  if (year < 1800 || month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

std::int64_t ms_of(std::chrono::sys_days day, std::chrono::seconds time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(day.time_since_epoch() + time).count();
}

// The first 19 characters: day, "T", time of day.
std::optional<std::int64_t> parse_day_and_time(std::string_view text) {
  if (text.size() != 19 || text[10] != 'T' || text[13] != ':' || text[16] != ':') return std::nullopt;
  const auto day = parse_day(text.substr(0, 10));
  const int hour = number_at(text, 11, 2), minute = number_at(text, 14, 2), second = number_at(text, 17, 2);
  if (!day || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
  return ms_of(*day, std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second));
}

bool is_offset(std::string_view text) {
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  const int hours = number_at(text, 1, 2), minutes = number_at(text, 4, 2);
  return hours >= 0 && minutes >= 0 && minutes < 60 && hours * 60 + minutes <= 14 * 60;
}

}  // namespace

std::optional<std::int64_t> parse_wall_time(std::string_view text) {
  const auto offset = text.substr(std::min<std::size_t>(text.size(), 19));
  if (!offset.empty() && !is_offset(offset)) return std::nullopt;
  return parse_day_and_time(text.substr(0, text.size() - offset.size()));
}

std::optional<std::int64_t> parse_wall_bound(std::string_view text) {
  if (const auto day = parse_day(text)) return ms_of(*day, std::chrono::seconds(0));
  if (text.size() < 19 || text.size() > 40) return std::nullopt;
  auto rest = text.substr(19);
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    if (rest.empty() || !is_digit(rest.front())) return std::nullopt;
    while (!rest.empty() && is_digit(rest.front())) rest.remove_prefix(1);
  }
  if (!rest.empty() && rest != "Z" && !is_offset(rest)) return std::nullopt;
  return parse_day_and_time(text.substr(0, 19));
}

}  // namespace kith::core
