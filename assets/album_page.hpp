#pragma once
// Cursors of what is in an album: they name the last asset shown, and where it stood should it be gone by the next
// page. Pure functions. For assets/ only.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/id.hpp"

namespace kith::assets {

struct AlbumPlace {
  std::int64_t position = 0;
  core::AssetId asset;
};

std::string make_album_cursor(const AlbumPlace& last);
// bad_request for what make_album_cursor did not make.
[[nodiscard]] core::Expected<AlbumPlace> parse_album_cursor(std::string_view cursor);

}  // namespace kith::assets
