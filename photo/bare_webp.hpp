#pragma once
// WebP (RFC 9649, section 2.7) without anything but the picture: no Exif, XMP or colour profile. Pure.

#include <string>
#include <string_view>

namespace kith::photo {

// Empty unless `webp` is a whole WebP file with a picture in it.
std::string bare_webp(std::string_view webp);

}  // namespace kith::photo
