#include "client/safe_name.hpp"

#include "client/limits.hpp"
#include "core/encoding.hpp"

namespace kith::client {
namespace {

constexpr std::size_t kRoomForNumber = 8;

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

// Marks that change the order in which text is shown (Unicode Bidirectional Algorithm), and what is not seen at all.
bool is_hidden(char32_t c) {
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c ||
         c == 0xfeff;
}

template <class Unwanted>
std::string filtered(std::string_view text, char in_place, Unwanted unwanted) {
  std::string out;
  if (!core::is_valid_utf8(text)) {
    for (const char c : text) out.push_back(c >= ' ' && c <= '~' ? c : '_');
    return filtered(out, in_place, unwanted);
  }
  while (!text.empty()) {
    auto rest = text;
    const auto point = core::take_code_point(rest);
    if (unwanted(point))
      out.push_back(in_place);
    else
      out.append(text.substr(0, text.size() - rest.size()));
    text = rest;
  }
  return out;
}

// At the start of a character.
std::string cut(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  text.resize(most);
  return text;
}

// "a.tar" and ".gz"; a name that is all ending has none.
std::pair<std::string_view, std::string_view> split(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == name.npos || dot == 0 || name.size() - dot > 32) return {name, {}};
  return {name.substr(0, dot), name.substr(dot)};
}

}  // namespace

std::string safe_name(std::string_view name) {
  auto safe = filtered(
      name, '_', [](char32_t c) { return is_control(c) || is_hidden(c) || c == U'/' || c == U'\\' || c == U':'; });
  const auto begin = safe.find_first_not_of(". -");
  if (begin == safe.npos) return "file";
  safe.erase(0, begin);
  const auto [stem, ending] = split(safe);
  auto out = cut(std::string(stem), kMaxNameBytes - kRoomForNumber - ending.size()) + std::string(ending);
  while (out.ends_with(' ') || out.ends_with('.')) out.pop_back();
  return out.empty() ? "file" : out;
}

std::string numbered_name(std::string_view safe, int n) {
  if (n <= 1) return std::string(safe);
  const auto [stem, ending] = split(safe);
  return std::string(stem) + " (" + std::to_string(n) + ")" + std::string(ending);
}

std::string printable(std::string_view text) {
  return filtered(text, ' ', [](char32_t c) { return is_control(c) || is_hidden(c); });
}

}  // namespace kith::client
