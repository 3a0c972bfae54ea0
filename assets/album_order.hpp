#pragma once
// The order of an album: each asset in it has a position, a number with room on both sides, so that what is put between
// two moves neither. Only where the room is used up all get new numbers, in the same order. For assets/ only.

#include <optional>
#include <span>

#include "core/id.hpp"
#include "storage/database.hpp"

namespace kith::assets {

// Puts these, each once and none in the album by now, in front of `before`, or at the end. not_found when `before` is
// not in the album.
[[nodiscard]] core::Expected<void> put_in_order(storage::Transaction& transaction, const core::AlbumId& album,
                                                std::span<const core::AssetId> assets,
                                                const std::optional<core::AssetId>& before);

}  // namespace kith::assets
