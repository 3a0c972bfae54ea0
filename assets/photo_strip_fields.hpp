#pragma once
// The directories of TIFF 6.0 that Exif and TIFF files are made of, and which of their fields stay. Everything not
// listed goes: a field that nobody here knows may say where a photo was taken. Pure functions.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "assets/photo_strip.hpp"

namespace kith::assets {

namespace tag {
inline constexpr std::uint16_t compression = 259, photometric = 262, strip_offsets = 273, orientation = 274,
                               strip_byte_counts = 279, tile_offsets = 324, tile_byte_counts = 325, sub_ifds = 330,
                               exif_ifd = 34665, dng_version = 50706, interoperability_ifd = 40965;
}

// Numbers in the byte order that the file chose.
struct TiffOrder {
  bool big = false;
  std::uint16_t u16(core::ByteView at) const;
  std::uint32_t u32(core::ByteView at) const;
  void put16(core::Bytes& out, std::uint32_t value) const;
  void put32(core::Bytes& out, std::uint64_t value) const;
};

struct TiffField {
  std::uint16_t tag = 0;
  std::uint16_t type = 0;
  std::uint32_t count = 0;
  std::array<std::uint8_t, 4> value{};  // itself when it is not longer, else where it lies

  // In bytes; nothing for a type that is not known.
  std::optional<std::uint64_t> size() const;
  bool is_inline() const { return size().value_or(5) <= 4; }
};

inline constexpr std::size_t kTiffHeader = 8, kTiffFieldBytes = 12;

// The byte order and where the first directory lies. Nothing unless `header`, 8 bytes, is one of classic TIFF.
struct TiffStart {
  TiffOrder order;
  std::uint32_t first_directory = 0;
};
std::optional<TiffStart> tiff_start(core::ByteView header);
// The fields of a directory; `entries` are 12 bytes each.
std::vector<TiffField> tiff_fields(core::ByteView entries, TiffOrder order);

enum class TiffDirectory { picture, exif, interoperability };
// Whether the field stays; pointers to other directories never do, the caller sees to those it follows.
bool stays(TiffDirectory directory, std::uint16_t tag, StripMode mode);
// Whether the field describes how pixels of a TIFF file are stored: stays in every mode.
bool is_structure(std::uint16_t tag);

}  // namespace kith::assets
