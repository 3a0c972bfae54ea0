#include "assets/photo_strip_fields.hpp"

#include <algorithm>

#include "assets/photo_strip_plan.hpp"

namespace kith::assets {
namespace {

struct Span {
  std::uint16_t first, last;
};

template <std::size_t N>
bool listed(const Span (&spans)[N], std::uint16_t tag) {
  return std::any_of(std::begin(spans), std::end(spans), [&](Span s) { return tag >= s.first && tag <= s.last; });
}

// TIFF 6.0 with its supplements: how pixels are stored, and what their colours mean. 34675: ICC profile.
constexpr Span kStructure[] = {{254, 259}, {262, 263}, {265, 266}, {273, 274}, {277, 284},    {288, 293},
                               {296, 297}, {301, 301}, {317, 325}, {327, 328}, {332, 332},    {334, 334},
                               {336, 347}, {512, 521}, {529, 532}, {559, 559}, {34675, 34675}};
// Exif 2.32, table 4: of the picture as a whole. Titles and keywords a person gave it (0x9C9B-0x9C9F) among them.
constexpr Span kPicture[] = {{0x010e, 0x0110}, {0x0112, 0x0112}, {0x011a, 0x011b}, {0x0128, 0x0128},
                             {0x012d, 0x012d}, {0x0131, 0x0132}, {0x013b, 0x013b}, {0x013e, 0x013f},
                             {0x0211, 0x0211}, {0x0213, 0x0214}, {0x8298, 0x8298}, {0x9c9b, 0x9c9f}};
// Exif 2.32, tables 7 and 8. Not the camera maker's notes (0x927C), nor comments that programs write (0x9286).
constexpr Span kExif[] = {{0x829a, 0x829a}, {0x829d, 0x829d}, {0x8822, 0x8822}, {0x8824, 0x8824}, {0x8827, 0x8827},
                          {0x8830, 0x8835}, {0x9000, 0x9000}, {0x9003, 0x9004}, {0x9010, 0x9012}, {0x9101, 0x9102},
                          {0x9201, 0x920a}, {0x9214, 0x9214}, {0x9290, 0x9292}, {0xa000, 0xa003}, {0xa20b, 0xa20b},
                          {0xa20e, 0xa210}, {0xa214, 0xa215}, {0xa217, 0xa217}, {0xa300, 0xa302}, {0xa401, 0xa40a},
                          {0xa40c, 0xa40c}, {0xa420, 0xa420}, {0xa430, 0xa435}, {0xa500, 0xa500}};
constexpr Span kInteroperability[] = {{1, 2}};

constexpr std::array<std::uint8_t, 14> kTypeSizes{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};  // TIFF 6.0, page 15
constexpr std::uint16_t kUtf8 = 129;                                                          // Exif 3.0

}  // namespace

std::uint16_t TiffOrder::u16(core::ByteView at) const {
  return big ? big16(at) : static_cast<std::uint16_t>(at[0] | at[1] << 8);
}

std::uint32_t TiffOrder::u32(core::ByteView at) const {
  return big ? big32(at) : little32(at);
}

void TiffOrder::put16(core::Bytes& out, std::uint32_t value) const {
  for (int i = 0; i < 2; ++i) out.push_back(static_cast<std::uint8_t>(value >> (big ? 8 - 8 * i : 8 * i)));
}

void TiffOrder::put32(core::Bytes& out, std::uint64_t value) const {
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<std::uint8_t>(value >> (big ? 24 - 8 * i : 8 * i)));
}

std::optional<std::uint64_t> TiffField::size() const {
  if (type == kUtf8) return count;
  if (type == 0 || type >= kTypeSizes.size()) return std::nullopt;
  return std::uint64_t{count} * kTypeSizes[type];
}

std::optional<TiffStart> tiff_start(core::ByteView header) {
  const bool big = header[0] == 'M' && header[1] == 'M', little = header[0] == 'I' && header[1] == 'I';
  const TiffOrder order{big};
  if ((!big && !little) || order.u16(header.subspan(2)) != 42) return std::nullopt;
  return TiffStart{order, order.u32(header.subspan(4))};
}

std::vector<TiffField> tiff_fields(core::ByteView entries, TiffOrder order) {
  std::vector<TiffField> fields;
  for (; entries.size() >= kTiffFieldBytes; entries = entries.subspan(kTiffFieldBytes)) {
    auto& field = fields.emplace_back();
    field.tag = order.u16(entries);
    field.type = order.u16(entries.subspan(2));
    field.count = order.u32(entries.subspan(4));
    std::copy_n(entries.begin() + 8, 4, field.value.begin());
  }
  return fields;
}

bool stays(TiffDirectory directory, std::uint16_t tag, StripMode mode) {
  if (mode == StripMode::all) return directory == TiffDirectory::picture && tag == tag::orientation;
  switch (directory) {
    case TiffDirectory::picture:
      return listed(kPicture, tag);
    case TiffDirectory::exif:
      return listed(kExif, tag);
    case TiffDirectory::interoperability:
      return listed(kInteroperability, tag);
  }
  return false;
}

bool is_structure(std::uint16_t tag) {
  return listed(kStructure, tag);
}

}  // namespace kith::assets
