// What kith-photo says, from a process that a photo may have taken over: what is taken keeps every bound.

#include <cstdlib>

#include "assets/photo_answer.hpp"
#include "core/bytes.hpp"
#include "core/wall_time.hpp"
#include "storage/thumbnail_files.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto photo = kith::assets::parse_photo_answer(kith::core::as_text({data, size}));
  if (!photo) return 0;
  const auto& facts = photo->facts;
  if (facts.width < 1 || facts.height < 1 || std::int64_t{facts.width} * facts.height > 64'000'000) std::abort();
  if (!facts.captured_at.empty() && !kith::core::parse_wall_time(facts.captured_at)) std::abort();
  if (facts.camera.size() > 100 || photo->pictures.size() != std::size(kith::storage::kThumbnailEdges)) std::abort();
  for (const auto& picture : photo->pictures)
    if (picture.webp.size() > kith::storage::kMaxThumbnailBytes || !picture.webp.starts_with("RIFF")) std::abort();
  return 0;
}
