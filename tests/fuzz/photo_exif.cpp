// Exif of a stranger's photo, and WebP on its way out.

#include <cstdlib>

#include "core/encoding.hpp"
#include "core/wall_time.hpp"
#include "photo/bare_webp.hpp"
#include "photo/exif.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto facts = kith::photo::read_exif({data, size});
  if (!facts.captured_at.empty() && !kith::core::parse_wall_time(facts.captured_at)) std::abort();
  if (facts.camera.size() > 100 || !kith::core::is_valid_utf8(facts.camera)) std::abort();
  const auto bare = kith::photo::bare_webp(kith::core::as_text({data, size}));
  if (bare.size() > size || kith::photo::bare_webp(bare) != bare) std::abort();
  return 0;
}
