#pragma once
// What a photo says about itself: Exif (CIPA DC-008, "Exif 2.32"), a TIFF structure (TIFF 6.0, section 2). Pure; what
// is broken or not understood is passed over, for cameras write much that no standard knows.

#include <string>

#include "core/bytes.hpp"

namespace kith::photo {

struct ExifFacts {
  std::string captured_at;  // core/wall_time.hpp; empty where it is not told
  std::string camera;       // "Canon EOS 5D", "Apple iPhone 12"; empty where it is not told
  bool has_location = false;
};

// `exif` begins with a TIFF header, or with "Exif\0\0" before it.
ExifFacts read_exif(core::ByteView exif);

// Make and model as people say them: no maker twice, no spaces at the ends, no control characters.
std::string camera_name(std::string_view make, std::string_view model);

}  // namespace kith::photo
