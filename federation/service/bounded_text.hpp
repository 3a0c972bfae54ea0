#pragma once
// Texts for people, cut to what a column takes. Pure.

#include <string>
#include <string_view>

namespace kith::federation {

// The beginning of `text` (UTF-8), at most `limit` bytes, never ending in the middle of a character.
inline std::string bounded_text(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  return std::string(text.substr(0, limit));
}

}  // namespace kith::federation
