#pragma once
// What the program says of a photo, on its standard output:
//
//   4 bytes   length of the head, big-endian
//   head      JSON: {"media_type", "width", "height", "captured_at"?, "camera"?, "has_location",
//             "thumbnails": [{"edge", "size"}, …]}
//   the rest  the thumbnails (WebP), one after the other
//
// assets/photo_answer.hpp reads it. Pure.

#include <string>

#include "photo/decoder.hpp"

namespace kith::photo {

std::string render_answer(const Photo& photo);

}  // namespace kith::photo
