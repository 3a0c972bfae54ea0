#include "assets/photo_answer.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/wall_time.hpp"
#include "storage/thumbnail_files.hpp"

namespace kith::assets {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr std::size_t kMaxHead = 4096;
constexpr std::int64_t kMaxPixels = 64'000'000;
constexpr std::size_t kMaxCamera = 100;
constexpr std::string_view kMediaTypes[] = {"image/jpeg", "image/png", "image/webp", "image/heic",
                                            "image/avif", "image/gif", "image/tiff"};

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; });
}

Expected<void> read_facts(const core::Json& head, ExaminedPhoto& photo) {
  KITH_TRY_ASSIGN(media_type, core::required_text(head, "media_type", 32));
  if (std::ranges::find(kMediaTypes, media_type) == std::end(kMediaTypes))
    return fail(ErrorCode::bad_request, "media_type is none of a photo");
  photo.media_type = std::move(media_type);
  KITH_TRY_ASSIGN(width, core::required_integer(head, "width", 1, kMaxPixels));
  KITH_TRY_ASSIGN(height, core::required_integer(head, "height", 1, kMaxPixels));
  if (width * height > kMaxPixels) return fail(ErrorCode::bad_request, "too many pixels");
  photo.facts.width = static_cast<int>(width);
  photo.facts.height = static_cast<int>(height);
  KITH_TRY_ASSIGN(captured_at, core::optional_text(head, "captured_at", core::kMaxWallTimeText));
  if (captured_at && !core::parse_wall_time(*captured_at))
    return fail(ErrorCode::bad_request, "captured_at is no time");
  photo.facts.captured_at = captured_at.value_or("");
  KITH_TRY_ASSIGN(camera, core::optional_text(head, "camera", kMaxCamera));
  if (camera && has_control(*camera)) return fail(ErrorCode::bad_request, "camera has control characters");
  photo.facts.camera = camera.value_or("");
  KITH_TRY_ASSIGN(has_location, core::required_bool(head, "has_location"));
  photo.has_location = has_location;
  return {};
}

bool is_webp(std::string_view bytes) {
  return bytes.size() >= 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP";
}

Expected<void> read_pictures(const core::Json& head, std::string_view bytes, ExaminedPhoto& photo) {
  const auto list = head.find("thumbnails");
  if (list == head.end() || !list->is_array() || list->size() != std::size(storage::kThumbnailEdges))
    return fail(ErrorCode::bad_request, "thumbnails must be a list of both sizes");
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto& entry = (*list)[i];
    if (!entry.is_object()) return fail(ErrorCode::bad_request, "a thumbnail must be an object");
    const int edge = storage::kThumbnailEdges[i];
    KITH_TRY(core::required_integer(entry, "edge", edge, edge));
    KITH_TRY_ASSIGN(size, core::required_integer(entry, "size", 1, storage::kMaxThumbnailBytes));
    if (static_cast<std::size_t>(size) > bytes.size()) return fail(ErrorCode::bad_request, "a thumbnail is cut off");
    const auto picture = bytes.substr(0, static_cast<std::size_t>(size));
    if (!is_webp(picture)) return fail(ErrorCode::bad_request, "a thumbnail is no WebP");
    photo.pictures.push_back({edge, std::string(picture)});
    bytes.remove_prefix(picture.size());
  }
  if (!bytes.empty()) return fail(ErrorCode::bad_request, "more came than was told");
  return {};
}

}  // namespace

Expected<ExaminedPhoto> parse_photo_answer(std::string_view answer) {
  if (answer.size() < 4 || answer.size() > kMaxPhotoAnswer) return fail(ErrorCode::bad_request, "no answer");
  std::size_t length = 0;
  for (const char c : answer.substr(0, 4)) length = length << 8 | static_cast<unsigned char>(c);
  if (length > kMaxHead || length > answer.size() - 4) return fail(ErrorCode::bad_request, "the head is cut off");
  KITH_TRY_ASSIGN(head, core::parse_json_object(answer.substr(4, length)));
  ExaminedPhoto photo;
  KITH_TRY(read_facts(head, photo));
  KITH_TRY(read_pictures(head, answer.substr(4 + length), photo));
  photo.facts.has_thumbnail = true;
  return photo;
}

}  // namespace kith::assets
