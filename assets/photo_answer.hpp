#pragma once
// What kith-photo says of a photo (photo/answer.hpp has the form). Pure. It comes from a process that a stranger's
// photo may have taken over, so everything is bounded and checked: a known kind, at most 64 megapixels, a real time, a
// short name, and WebP pictures of both sizes that are as long as they say.

#include <string>
#include <vector>

#include "assets/asset.hpp"
#include "core/bytes.hpp"

namespace kith::assets {

struct PhotoPicture {
  int edge = 0;  // of storage::kThumbnailEdges
  std::string webp;
};

struct ExaminedPhoto {
  PhotoFacts facts;
  std::string media_type;
  bool has_location = false;
  std::vector<PhotoPicture> pictures;  // one for each of storage::kThumbnailEdges
};

inline constexpr std::size_t kMaxPhotoAnswer = 4 + 4096 + (2u << 20);

// bad_request for anything else.
[[nodiscard]] core::Expected<ExaminedPhoto> parse_photo_answer(std::string_view answer);

}  // namespace kith::assets
