#include "assets/zip_names.hpp"

#include <algorithm>
#include <array>

#include "assets/file_name.hpp"
#include "assets/limits.hpp"
#include "core/encoding.hpp"

namespace kith::assets {

namespace {

// Separators of some system, and what Windows allows in no name.
constexpr std::string_view kReservedCharacters = "/\\:*?\"<>|";

bool is_hidden_control(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
  // Embeddings, overrides and isolates: they make "gpj.exe" look like "exe.jpg".
  const bool direction = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
  return control || direction;
}

bool stays(char32_t c) {
  if (is_hidden_control(c)) return false;
  return c >= 0x80 || kReservedCharacters.find(static_cast<char>(c)) == std::string_view::npos;
}

// With its first `bytes` bytes or a few less, so that no character is cut.
void shorten(std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
  text.resize(bytes);
}

// Windows drops spaces and dots at the end: two names would become one, and ".." is not a name at all.
void trim_end(std::string& text) {
  while (text.ends_with('.') || text.ends_with(' ')) text.pop_back();
}

struct Split {
  std::string stem, extension;  // the extension with its dot, empty for none
};

Split split(const std::string& name) {
  // A last part this long is no extension but a sentence with a dot in it.
  constexpr std::size_t kLongestExtension = 16;
  const auto dot = name.rfind('.');
  if (dot == std::string::npos || dot == 0 || name.size() - dot > kLongestExtension) return {name, ""};
  return {name.substr(0, dot), name.substr(dot)};
}

// Devices on Windows, whatever stands behind a dot: "con", "NUL.txt", "com1.tar.gz".
bool is_device(const std::string& name) {
  constexpr std::array<std::string_view, 6> kDevices{"con", "prn", "aux", "nul", "conin$", "conout$"};
  auto stem = core::to_lower_ascii(name.substr(0, name.find('.')));
  while (stem.ends_with(' ')) stem.pop_back();
  if (std::ranges::find(kDevices, stem) != kDevices.end()) return true;
  if (!stem.starts_with("com") && !stem.starts_with("lpt")) return false;
  const auto number = stem.substr(3);
  constexpr std::array<std::string_view, 3> kSuperscripts{"\u00b9", "\u00b2", "\u00b3"};
  return (number.size() == 1 && number[0] >= '0' && number[0] <= '9') ||
         std::ranges::find(kSuperscripts, number) != kSuperscripts.end();
}

std::string fit(const Split& parts, const std::string& between) {
  auto stem = parts.stem;
  shorten(stem, kMaxFileNameBytes - between.size() - parts.extension.size());
  return stem + between + parts.extension;
}

}  // namespace

std::string safe_zip_name(std::string_view name) {
  const bool is_text = core::is_valid_utf8(name);
  std::string safe;
  for (auto rest = name; !rest.empty();) {
    const auto before = rest;
    const char32_t point = is_text ? core::take_code_point(rest) : static_cast<unsigned char>(rest[0]);
    if (!is_text) rest.remove_prefix(1);
    const bool kept = stays(point) && (is_text || point < 0x80);
    safe += kept ? before.substr(0, before.size() - rest.size()) : "_";
  }
  trim_end(safe);
  if (safe.empty()) return "_";
  if (is_device(safe)) safe.insert(0, "_");
  safe = fit(split(safe), "");
  trim_end(safe);  // where it was cut
  return safe;
}

std::string ZipNames::next(std::string_view name) {
  auto safe = safe_zip_name(name);
  auto folded = fold_case(safe);
  if (taken_.insert(folded).second) return safe;
  const auto parts = split(safe);
  for (auto& number = tried_.try_emplace(std::move(folded), 1).first->second;;) {
    auto numbered = fit(parts, " (" + std::to_string(++number) + ")");
    if (taken_.insert(fold_case(numbered)).second) return numbered;
  }
}

}  // namespace kith::assets
