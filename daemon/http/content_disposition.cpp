#include "daemon/http/content_disposition.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/encoding.hpp"

namespace kith::daemon {
namespace {

// Marks that turn the reading direction: "photo\u202Egpj.exe" would show as "photoexe.jpg". As UTF-8.
constexpr std::array<std::string_view, 11> kDirectionMarks{
    "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC", "\xE2\x80\xAD",
    "\xE2\x80\xAE", "\xE2\x81\xA6", "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9"};

bool is_unsafe(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  return byte < 0x20 || byte == 0x7F || c == '/' || c == '\\';
}

std::string safe_name(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const auto mark = std::find_if(kDirectionMarks.begin(), kDirectionMarks.end(),
                                   [&](std::string_view one) { return name.starts_with(one); });
    const bool replaced = mark != kDirectionMarks.end() || is_unsafe(name.front());
    out += replaced ? '_' : name.front();
    name.remove_prefix(mark != kDirectionMarks.end() ? mark->size() : 1);
  }
  return out.empty() ? "_" : out;
}

// One '_' for each code point beyond ASCII; what a quoted string or a percent-decoding client could misread too.
std::string ascii_stand_in(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<std::uint8_t>(c);
    if ((byte & 0xC0U) == 0x80) continue;
    out += byte >= 0x80 || c == '"' || c == '%' ? '_' : c;
  }
  return out;
}

}  // namespace

std::string content_disposition(std::string_view kind, std::string_view name) {
  const auto real = safe_name(core::is_valid_utf8(name) ? name : std::string_view("_"));
  const auto stand_in = ascii_stand_in(real);
  auto out = std::string(kind) + "; filename=\"" + stand_in + "\"";
  // percent_encode leaves only unreserved characters, all of which RFC 8187's attr-char has.
  if (stand_in != real) out += "; filename*=UTF-8''" + core::percent_encode(real);
  return out;
}

}  // namespace kith::daemon
