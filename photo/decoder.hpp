#pragma once
// Photos by libvips (the only file that includes it is decoder.cpp): what they are, and small pictures of them.
//
// begin() once, before the sandbox closes: it loads what libvips needs of the file system. For one thread.

#include <string>
#include <vector>

#include "core/error.hpp"
#include "photo/exif.hpp"

namespace kith::photo {

struct Thumbnail {
  int edge = 0;      // one of kThumbnailEdges: the most its longer side may have
  std::string webp;  // upright, in sRGB, without any metadata
};

struct Photo {
  std::string media_type;
  int width = 0;  // upright
  int height = 0;
  ExifFacts exif;
  std::vector<Thumbnail> thumbnails;  // one for each of kThumbnailEdges
};

[[nodiscard]] core::Expected<void> begin_decoding(const char* program);
// Reads the photo that `descriptor` is open on. bad_request for what is none of JPEG, PNG, WebP, HEIC, AVIF, GIF and
// TIFF, for more than kMaxPixels, and for what can't be decoded.
[[nodiscard]] core::Expected<Photo> read_photo(int descriptor);

}  // namespace kith::photo
