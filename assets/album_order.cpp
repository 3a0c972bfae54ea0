#include "assets/album_order.hpp"

#include <cstdint>
#include <vector>

#include "assets/rows.hpp"

namespace kith::assets {

namespace {

using core::AlbumId;
using core::AssetId;
using core::Expected;

constexpr std::int64_t kRoom = std::int64_t{1} << 40;  // between two neighbours, to begin with
constexpr std::int64_t kLast = std::int64_t{1} << 61;  // no position is beyond it, or as far below zero

// Where new ones go: at first + step, first + 2 * step …
struct Places {
  std::int64_t first = 0;
  std::int64_t step = 0;  // 0: there is no room
};

Expected<std::optional<std::int64_t>> position_of(storage::Reader& reader, std::string_view sql,
                                                  std::initializer_list<storage::Value> values) {
  KITH_TRY_ASSIGN(found, first_row<std::optional<std::int64_t>>(
                             reader, sql, values, [](const storage::Row& row) { return row.optional_integer(0); }));
  return found.value_or(std::nullopt);
}

Expected<Places> places_at_end(storage::Reader& reader, const AlbumId& album, std::int64_t count) {
  KITH_TRY_ASSIGN(last, position_of(reader, "SELECT max(position) FROM album_assets WHERE album = ?", {album.text()}));
  const auto first = last.value_or(0);
  return first > kLast - count * kRoom ? Places{} : Places{first, kRoom};
}

Expected<Places> places_before(storage::Reader& reader, const AlbumId& album, const AssetId& before,
                               std::int64_t count) {
  KITH_TRY_ASSIGN(end, position_of(reader, "SELECT position FROM album_assets WHERE album = ? AND asset = ?",
                                   {album.text(), before.text()}));
  if (!end) return core::fail(core::ErrorCode::not_found, "`before` must be an asset of this album");
  KITH_TRY_ASSIGN(begin, position_of(reader, "SELECT max(position) FROM album_assets WHERE album = ? AND position < ?",
                                     {album.text(), *end}));
  if (!begin && *end < -kLast + (count + 1) * kRoom) return Places{};
  const auto first = begin.value_or(*end - (count + 1) * kRoom);
  return Places{first, (*end - first) / (count + 1)};
}

Expected<void> make_room(storage::Transaction& transaction, const AlbumId& album) {
  std::vector<AssetId> all;
  KITH_TRY(transaction.query("SELECT asset FROM album_assets WHERE album = ? ORDER BY position", {album.text()},
                             [&](const storage::Row& row) {
                               all.push_back(id_of<AssetId>(row, 0));
                               return true;
                             }));
  std::int64_t position = 0;
  for (const auto& asset : all)
    KITH_TRY(transaction.execute("UPDATE album_assets SET position = ? WHERE album = ? AND asset = ?",
                                 {position += kRoom, album.text(), asset.text()}));
  return {};
}

}  // namespace

Expected<void> put_in_order(storage::Transaction& transaction, const AlbumId& album, std::span<const AssetId> assets,
                            const std::optional<AssetId>& before) {
  const auto count = static_cast<std::int64_t>(assets.size());
  const auto look = [&] {
    return before ? places_before(transaction, album, *before, count) : places_at_end(transaction, album, count);
  };
  KITH_TRY_ASSIGN(places, look());
  if (places.step == 0) {
    KITH_TRY(make_room(transaction, album));
    KITH_TRY_ASSIGN(roomier, look());
    places = roomier;
  }
  auto position = places.first;
  for (const auto& asset : assets)
    KITH_TRY(transaction.execute("INSERT INTO album_assets (album, asset, position) VALUES (?, ?, ?)",
                                 {album.text(), asset.text(), position += places.step}));
  return {};
}

}  // namespace kith::assets
