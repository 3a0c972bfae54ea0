#include "photo/answer.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"

namespace kith::photo {

std::string render_answer(const Photo& photo) {
  core::Json head = {{"media_type", photo.media_type},
                     {"width", photo.width},
                     {"height", photo.height},
                     {"has_location", photo.exif.has_location}};
  if (!photo.exif.captured_at.empty()) head["captured_at"] = photo.exif.captured_at;
  if (!photo.exif.camera.empty()) head["camera"] = photo.exif.camera;
  head["thumbnails"] = core::Json::array();
  for (const auto& thumbnail : photo.thumbnails)
    head["thumbnails"].push_back({{"edge", thumbnail.edge}, {"size", thumbnail.webp.size()}});
  const auto text = core::to_json_text(head);
  std::string answer;
  for (const int shift : {24, 16, 8, 0}) answer += static_cast<char>(text.size() >> shift & 0xff);
  answer += text;
  for (const auto& thumbnail : photo.thumbnails) answer += thumbnail.webp;
  return answer;
}

}  // namespace kith::photo
