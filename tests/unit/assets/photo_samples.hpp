#pragma once
// Small photos of each kind with everything in them that has to go, marked SECRET, and what has to stay, marked KEEP.
// Only as much of a picture as parsers of containers look at.

#include <string>
#include <vector>

#include "core/bytes.hpp"

namespace kith::test {

struct PhotoSample {
  std::string media_type;
  std::string bytes;
};

// An Exif block: KEEP camera, orientation 6, KEEP time, a position, maker's notes and a thumbnail.
std::string sample_exif(bool big_endian);
std::string sample_jpeg();
std::string sample_png();
std::string sample_webp();
std::string sample_gif();
std::string sample_bmp();
std::string sample_tiff(bool big_endian);
// Brand "heic" or "avif".
std::string sample_heif(const std::string& brand);
std::vector<PhotoSample> photo_samples();

}  // namespace kith::test
