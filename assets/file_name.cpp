#include "assets/file_name.hpp"

#include <locale.h>
#include <wctype.h>

#include "assets/limits.hpp"
#include "core/encoding.hpp"

namespace kith::assets {

namespace {

constexpr char32_t kLineSeparator = 0x2028;
constexpr char32_t kParagraphSeparator = 0x2029;

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == kLineSeparator || c == kParagraphSeparator;
}

void append_code_point(std::string& text, char32_t point) {
  const auto tail = [&](int shift) { text.push_back(static_cast<char>(0x80 | ((point >> shift) & 0x3f))); };
  if (point < 0x80) {
    text.push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    text.push_back(static_cast<char>(0xc0 | (point >> 6)));
    tail(0);
  } else if (point < 0x10000) {
    text.push_back(static_cast<char>(0xe0 | (point >> 12)));
    tail(6), tail(0);
  } else {
    text.push_back(static_cast<char>(0xf0 | (point >> 18)));
    tail(12), tail(6), tail(0);
  }
}

// The C library's table of Unicode; built into glibc, whatever locales are installed. Kept until the program ends.
char32_t lower(char32_t point) {
  static const locale_t unicode = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (unicode == nullptr) return point >= 'A' && point <= 'Z' ? point + ('a' - 'A') : point;
  return static_cast<char32_t>(::towlower_l(static_cast<wint_t>(point), unicode));
}

core::Unexpected refuse(const char* reason) {
  return core::fail(core::ErrorCode::bad_request, reason);
}

}  // namespace

core::Expected<void> check_file_name(std::string_view name) {
  if (name.empty()) return refuse("the file name is empty");
  if (name.size() > kMaxFileNameBytes) return refuse("the file name is longer than 255 bytes: give it a shorter one");
  if (!core::is_valid_utf8(name)) return refuse("the file name is not valid UTF-8");
  if (name == "." || name == "..") return refuse("\".\" and \"..\" are no file names");
  for (auto rest = name; !rest.empty();) {
    const char32_t point = core::take_code_point(rest);
    if (point == U'/' || point == U'\\')
      return refuse("the file name has a slash or backslash: give a name, not a path");
    if (is_control(point)) return refuse("the file name has a control character or line break");
  }
  return {};
}

bool has_control_character(std::string_view text) {
  while (!text.empty())
    if (is_control(core::take_code_point(text))) return true;
  return false;
}

std::string fold_case(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  while (!text.empty()) append_code_point(folded, lower(core::take_code_point(text)));
  return folded;
}

std::string extension_of(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  return core::to_lower_ascii(name.substr(dot + 1));
}

}  // namespace kith::assets
