#pragma once
// The Exif block of a photo, written anew with those of its fields that stay: nothing between them, nothing behind
// them. Pure functions.

#include "assets/photo_strip.hpp"

namespace kith::assets {

// `exif` begins with its TIFF header. Empty when nothing of it stays or it is too damaged to say anything; fields that
// are damaged alone are left out. Never longer than `exif` and kExifPadding. The thumbnail in it goes: it may show what
// was cut off since.
core::Bytes remaining_exif(core::ByteView exif, StripMode mode);
inline constexpr std::size_t kExifPadding = 128;

// Some programs put JPEG's label "Exif\0\0" in front also where it does not belong.
core::ByteView without_exif_label(core::ByteView exif);

}  // namespace kith::assets
