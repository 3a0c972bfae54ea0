// PNG, third edition, with animation: chunks. Those stay that are needed to show the picture; Exif is written anew.
// What lies behind the last chunk goes.

#include <algorithm>
#include <array>
#include <string>

#include "assets/limits.hpp"
#include "assets/photo_strip_exif.hpp"
#include "assets/photo_strip_plan.hpp"

namespace kith::assets {
namespace {

using core::Expected;
using namespace std::string_view_literals;

constexpr auto kSignature = "\x89PNG\r\n\x1a\n"sv;
// Size, type and CRC of a chunk.
constexpr std::uint64_t kAround = 12;
constexpr std::string_view kPicture[] = {"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA",
                                         "iCCP", "sBIT", "sRGB", "cICP", "mDCV", "cLLI", "bKGD",
                                         "hIST", "pHYs", "sPLT", "acTL", "fcTL", "fdAT"};

template <std::size_t N>
bool listed(const std::string_view (&types)[N], std::string_view type) {
  return std::find(std::begin(types), std::end(types), type) != std::end(types);
}

// PNG, annex D.
std::uint32_t crc32(core::ByteView bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const auto byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
  }
  return ~crc;
}

void append_big32(core::Bytes& out, std::uint64_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

core::Bytes make_chunk(std::string_view type, core::ByteView content) {
  core::Bytes chunk;
  append_big32(chunk, content.size());
  const auto name = core::as_bytes(type);
  chunk.insert(chunk.end(), name.begin(), name.end());
  chunk.insert(chunk.end(), content.begin(), content.end());
  append_big32(chunk, crc32(core::ByteView(chunk).subspan(4)));
  return chunk;
}

}  // namespace

Expected<StripPlan> plan_strip_png(PhotoBytes& photo, StripMode mode) {
  KITH_TRY_ASSIGN(signature, photo.view(0, kSignature.size()));
  if (core::as_text(signature) != kSignature) return not_understood("it is no PNG file");
  PlanBuilder builder;
  builder.keep(0, kSignature.size());
  bool has_exif = false;
  std::uint64_t at = kSignature.size();
  for (std::size_t i = 0; i < kMaxPhotoParts; ++i) {
    KITH_TRY_ASSIGN(head, photo.view(at, 8));
    const std::uint64_t size = big32(head);
    const std::string type(core::as_text(head.subspan(4)));
    if (!photo.has(at, size + kAround)) return not_understood("the file is cut off or damaged");
    const bool is_critical = (type[0] & 0x20) == 0;
    if (listed(kPicture, type) || (type == "tIME" && mode == StripMode::location)) {
      builder.keep(at, size + kAround);
    } else if (is_critical) {
      return not_understood("a part of the file is of an unknown kind");
    } else if (type == "eXIf" && !has_exif && size <= kMaxMetadataBlock) {
      has_exif = true;
      KITH_TRY_ASSIGN(exif, photo.copy(at + 8, size));
      if (const auto left = remaining_exif(without_exif_label(exif), mode); !left.empty())
        builder.put(make_chunk("eXIf", left));
    }
    at += size + kAround;
    if (type == "IEND") return std::move(builder).finish(photo.size());
  }
  return not_understood("it has too many parts");
}

}  // namespace kith::assets
