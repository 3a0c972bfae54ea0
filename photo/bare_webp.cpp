#include "photo/bare_webp.hpp"

#include <algorithm>
#include <cstdint>

namespace kith::photo {
namespace {

constexpr std::size_t kHeader = 12, kChunkHeader = 8;
constexpr std::string_view kPicture[] = {"VP8X", "ALPH", "VP8 ", "VP8L"};
constexpr char kAlphaFlag = 0x10;

std::size_t length_at(std::string_view bytes, std::size_t at) {
  std::size_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

std::string length_bytes(std::size_t value) {
  std::string bytes;
  for (const int shift : {0, 8, 16, 24}) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

}  // namespace

std::string bare_webp(std::string_view webp) {
  if (webp.size() < kHeader || !webp.starts_with("RIFF") || webp.substr(8, 4) != "WEBP") return {};
  if (length_at(webp, 4) + 8 != webp.size()) return {};
  std::string kept = "WEBP";
  bool has_picture = false;
  for (auto rest = webp.substr(kHeader); !rest.empty();) {
    if (rest.size() < kChunkHeader) return {};
    const auto name = rest.substr(0, 4);
    const auto length = length_at(rest, 4);
    const auto padded = kChunkHeader + length + length % 2;
    if (padded > rest.size()) return {};
    if (std::find(std::begin(kPicture), std::end(kPicture), name) != std::end(kPicture)) {
      auto chunk = std::string(rest.substr(0, padded));
      // What it said is in the file, of what is left only transparency may be.
      if (name == "VP8X" && length > 0) chunk[kChunkHeader] = static_cast<char>(chunk[kChunkHeader] & kAlphaFlag);
      has_picture |= name == "VP8 " || name == "VP8L";
      kept += chunk;
    }
    rest.remove_prefix(padded);
  }
  if (!has_picture) return {};
  return "RIFF" + length_bytes(kept.size()) + kept;
}

}  // namespace kith::photo
