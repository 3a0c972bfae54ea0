#include "assets/albums.hpp"

#include <algorithm>
#include <unordered_set>

#include "assets/album_order.hpp"
#include "assets/album_page.hpp"
#include "assets/album_rows.hpp"
#include "assets/file_name.hpp"
#include "assets/limits.hpp"
#include "core/encoding.hpp"

namespace kith::assets {

using core::AlbumId;
using core::AssetId;
using core::ErrorCode;
using core::Expected;
using core::Timestamp;
using core::UserId;

namespace {

#define KITH_LIVE_MEMBERS \
  "FROM album_assets e JOIN assets a ON a.id = e.asset WHERE e.album = b.id AND a.deleted_at IS NULL "
constexpr std::string_view kSelectAlbums =
    "SELECT b.id, b.owner, b.name, b.created_at, b.updated_at, (SELECT count(*) " KITH_LIVE_MEMBERS
    "), "
    "coalesce((SELECT e.asset " KITH_LIVE_MEMBERS
    "AND e.asset = b.cover), "
    "(SELECT e.asset " KITH_LIVE_MEMBERS "AND a.kind = 'photo' ORDER BY e.position LIMIT 1)) FROM albums b ";

Album album_of(const storage::Row& row) {
  Album album;
  album.id = id_of<AlbumId>(row, 0);
  album.owner = id_of<UserId>(row, 1);
  album.name = row.text(2);
  album.created_at = row.time(3);
  album.updated_at = row.time(4);
  album.count = static_cast<int>(row.integer(5));
  if (!row.is_null(6)) album.cover = id_of<AssetId>(row, 6);
  return album;
}

Expected<void> add_viewers(storage::Reader& reader, Album& album, Timestamp now) {
  KITH_TRY_ASSIGN(shares, shares_of_album(reader, album.id, now));
  for (auto& share : shares) album.viewers.push_back(std::move(share.viewer));
  return {};
}

Expected<Album> read_album(storage::Reader& reader, const UserId& owner, const AlbumId& id, Timestamp now) {
  KITH_TRY(require_album(reader, owner, id));
  KITH_TRY_ASSIGN(album,
                  first_row<Album>(reader, std::string(kSelectAlbums).append("WHERE b.id = ?"), {id.text()}, album_of));
  KITH_TRY(add_viewers(reader, *album, now));
  return std::move(*album);
}

Expected<void> check_name(std::string_view name) {
  if (name.size() > kMaxAlbumNameBytes)
    return core::fail(ErrorCode::bad_request, "the album's name is longer than 255 bytes: give it a shorter one");
  if (!core::is_valid_utf8(name)) return core::fail(ErrorCode::bad_request, "the album's name is not valid UTF-8");
  if (has_control_character(name))
    return core::fail(ErrorCode::bad_request, "the album's name has a control character or line break");
  if (name.find_first_not_of(' ') == std::string_view::npos)
    return core::fail(ErrorCode::bad_request, "give the album a name");
  return {};
}

Expected<std::vector<AssetId>> each_once(std::span<const AssetId> assets) {
  if (assets.empty()) return core::fail(ErrorCode::bad_request, "name at least one asset");
  if (assets.size() > kMaxAssetsPerAlbumCall)
    return core::fail(ErrorCode::bad_request, "at most 500 assets at once: take another call for the rest");
  std::vector<AssetId> once;
  std::unordered_set<AssetId> seen;
  for (const auto& asset : assets)
    if (seen.insert(asset).second) once.push_back(asset);
  return once;
}

Expected<void> require_own(storage::Reader& reader, const UserId& owner, std::span<const AssetId> assets) {
  for (const auto& asset : assets) {
    KITH_TRY_ASSIGN(found,
                    first_row<bool>(reader, "SELECT 1 FROM assets WHERE id = ? AND owner = ? AND deleted_at IS NULL",
                                    {asset.text(), owner.text()}, [](const storage::Row&) { return true; }));
    if (!found) return core::fail(ErrorCode::not_found, "there is no asset " + asset.text() + ": nothing was added");
  }
  return {};
}

// Those of `assets` that were in the album.
Expected<std::vector<AssetId>> erase_members(storage::Transaction& transaction, const AlbumId& album,
                                             std::span<const AssetId> assets) {
  std::vector<AssetId> erased;
  for (const auto& asset : assets) {
    KITH_TRY_ASSIGN(count, transaction.execute("DELETE FROM album_assets WHERE album = ? AND asset = ?",
                                               {album.text(), asset.text()}));
    if (count > 0) erased.push_back(asset);
  }
  return erased;
}

// Deleted ones that may come back count too.
Expected<void> check_room(storage::Reader& reader, const AlbumId& album, std::size_t added) {
  KITH_TRY_ASSIGN(count,
                  first_row<std::int64_t>(reader, "SELECT count(*) FROM album_assets WHERE album = ?", {album.text()},
                                          [](const storage::Row& row) { return row.integer(0); }));
  if (count.value_or(0) + static_cast<std::int64_t>(added) > kMaxAssetsPerAlbum)
    return core::fail(ErrorCode::conflict, "an album can have at most 10,000 assets: make another one");
  return {};
}

Expected<void> set_name(storage::Transaction& transaction, const AlbumId& id, const std::string& name,
                        ShareChanges& changes) {
  KITH_TRY_ASSIGN(
      count, transaction.execute("UPDATE albums SET name = ? WHERE id = ? AND name <> ?", {name, id.text(), name}));
  if (count == 0) return {};
  return transaction.query(
      "SELECT s.owner, s.viewer, s.asset FROM shares s JOIN assets a ON a.id = s.asset "
      "WHERE s.album = ? AND a.deleted_at IS NULL",
      {id.text()}, [&](const storage::Row& row) {
        changes.changed(id_of<UserId>(row, 0), id_of<UserId>(row, 1), id_of<AssetId>(row, 2));
        return true;
      });
}

Expected<void> set_cover(storage::Transaction& transaction, const AlbumId& id, const std::optional<AssetId>& cover) {
  const auto text = cover ? std::optional(cover->text()) : std::nullopt;
  KITH_TRY_ASSIGN(
      count, transaction.execute("UPDATE albums SET cover = ?1 WHERE id = ?2 AND (?1 IS NULL OR EXISTS (SELECT 1 FROM "
                                 "album_assets e JOIN assets a ON a.id = e.asset "
                                 "WHERE e.album = ?2 AND e.asset = ?1 AND a.deleted_at IS NULL))",
                                 {text, id.text()}));
  if (count == 0) return core::fail(ErrorCode::not_found, "`cover` must be an asset of this album");
  return {};
}

}  // namespace

Expected<Album> Albums::create(const UserId& owner, std::string_view name) {
  KITH_TRY(check_name(name));
  Album album;
  album.id = AlbumId::make(parts_.clock, parts_.random);
  album.owner = owner;
  album.name = name;
  album.created_at = album.updated_at = parts_.clock.now();
  KITH_TRY(parts_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(count, transaction.execute(
                               "INSERT INTO albums (id, owner, name, created_at, updated_at) "
                               "SELECT ?1, ?2, ?3, ?4, ?4 WHERE (SELECT count(*) FROM albums WHERE owner = ?2) < ?5",
                               {album.id.text(), owner.text(), name, album.created_at, kMaxAlbumsPerUser}));
    if (count == 0) return core::fail(ErrorCode::conflict, "you have 1,000 albums: delete one first");
    return {};
  }));
  parts_.events.albums_changed(owner);
  return album;
}

Expected<Album> Albums::find(const UserId& owner, const AlbumId& id) {
  return parts_.database.read_for<Album>(
      [&](storage::Reader& reader) { return read_album(reader, owner, id, parts_.clock.now()); });
}

Expected<Page<Album>> Albums::list(const UserId& owner, const PageRequest& page) {
  KITH_TRY_ASSIGN(start, start_of_page(CursorList::albums, page));
  const auto sql = std::string(kSelectAlbums).append("WHERE b.owner = ? AND b.id < ? ORDER BY b.id DESC LIMIT ?");
  const std::vector<storage::Value> values{owner.text(), start, page.limit + 1};
  return parts_.database.read_for<Page<Album>>([&](storage::Reader& reader) -> Expected<Page<Album>> {
    KITH_TRY_ASSIGN(found, read_page<Album>(reader, sql, values, page.limit, album_of, [](const Album& last) {
                      return make_cursor(CursorList::albums, last.id.text());
                    }));
    for (auto& album : found.items) KITH_TRY(add_viewers(reader, album, parts_.clock.now()));
    return found;
  });
}

// One change to an album in a transaction, and what is told of it.
Expected<Album> Albums::edit(
    const UserId& owner, const AlbumId& id,
    const std::function<Expected<void>(storage::Transaction&, const Settlement&, ShareChanges&)>& work) {
  const Settlement settlement{parts_.clock.now(), [this] { return core::ShareId::make(parts_.clock, parts_.random); }};
  ShareChanges changes;
  KITH_TRY_ASSIGN(album, parts_.database.write_for<Album>([&](storage::Transaction& transaction) -> Expected<Album> {
    KITH_TRY(require_album(transaction, owner, id));
    KITH_TRY(work(transaction, settlement, changes));
    KITH_TRY(transaction.execute("UPDATE albums SET updated_at = ? WHERE id = ?", {settlement.now, id.text()}));
    return read_album(transaction, owner, id, settlement.now);
  }));
  parts_.preparation.look_again();
  changes.tell(parts_.events);
  parts_.events.albums_changed(owner);
  return album;
}

Expected<Album> Albums::change(const UserId& owner, const AlbumId& id, const AlbumChange& change) {
  if (change.name) KITH_TRY(check_name(*change.name));
  return edit(owner, id,
              [&](storage::Transaction& transaction, const Settlement&, ShareChanges& changes) -> Expected<void> {
                if (change.name) KITH_TRY(set_name(transaction, id, *change.name, changes));
                if (change.cover) KITH_TRY(set_cover(transaction, id, *change.cover));
                return {};
              });
}

Expected<void> Albums::remove(const UserId& owner, const AlbumId& id) {
  KITH_TRY_ASSIGN(shares, shares_.list(owner, id));
  for (const auto& share : shares)
    if (auto done = shares_.withdraw(owner, id, share.id); !done && done.error().code != ErrorCode::not_found)
      return done;
  const Settlement settlement{parts_.clock.now(), [this] { return core::ShareId::make(parts_.clock, parts_.random); }};
  ShareChanges changes;
  KITH_TRY(parts_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(require_album(transaction, owner, id));
    // Expired ones, or such as were made this moment.
    std::vector<AlbumShare> left;
    KITH_TRY(transaction.query(std::string(kSelectAlbumShares).append("WHERE album = ?"), {id.text()},
                               [&](const storage::Row& row) {
                                 left.push_back(album_share_of(row));
                                 return true;
                               }));
    KITH_TRY(transaction.execute("DELETE FROM album_shares WHERE album = ?", {id.text()}));
    for (const auto& share : left) KITH_TRY(settle_album(transaction, settlement, share, changes));
    KITH_TRY(transaction.execute("DELETE FROM albums WHERE id = ?", {id.text()}));
    return {};
  }));
  changes.tell(parts_.events);
  parts_.events.albums_changed(owner);
  return {};
}

Expected<Page<Asset>> Albums::assets(const UserId& owner, const AlbumId& id, const PageRequest& page) {
  if (page.limit < 1 || page.limit > kMaxPageSize)
    return core::fail(ErrorCode::bad_request, "limit must be between 1 and 500");
  AlbumPlace start{INT64_MIN, {}};
  if (!page.cursor.empty()) {
    KITH_TRY_ASSIGN(given, parse_album_cursor(page.cursor));
    start = given;
  }
  const auto sql =
      "SELECT " KITH_ASSET_COLUMNS ", e.position FROM album_assets e JOIN assets a ON a.id = e.asset " KITH_JOIN_VERSION
      "WHERE e.album = ?1 AND a.deleted_at IS NULL AND e.position > "
      "coalesce((SELECT position FROM album_assets WHERE album = ?1 AND asset = ?2), ?3) "
      "ORDER BY e.position LIMIT ?4";
  std::int64_t position = 0;  // of the last one read
  const auto item_of = [&](const storage::Row& row) {
    position = row.integer(kAssetColumns);
    return asset_of(row);
  };
  return parts_.database.read_for<Page<Asset>>([&](storage::Reader& reader) -> Expected<Page<Asset>> {
    KITH_TRY(require_album(reader, owner, id));
    const std::vector<storage::Value> values{id.text(), start.asset.text(), start.position, page.limit + 1};
    return read_page<Asset>(reader, sql, values, page.limit, item_of, [&](const Asset& last) {
      return make_album_cursor({position, last.id});
    });
  });
}

// For all who see the album by now.
Expected<void> Albums::prepare(const UserId& owner, const AlbumId& id, std::span<const AssetId> assets) {
  KITH_TRY_ASSIGN(shares, shares_.list(owner, id));
  for (const auto strip : {StripMode::location, StripMode::all}) {
    const auto takes = [&](const AlbumShare& share) { return share.terms.strip == strip; };
    if (std::ranges::any_of(shares, takes)) KITH_TRY(parts_.preparation.require(owner, assets, strip));
  }
  return {};
}

Expected<Album> Albums::add(const UserId& owner, const AlbumId& id, std::span<const AssetId> assets,
                            const std::optional<AssetId>& before) {
  KITH_TRY_ASSIGN(once, each_once(assets));
  if (before && std::ranges::find(once, *before) != once.end())
    return core::fail(ErrorCode::bad_request, "`before` must be another asset than those that move");
  KITH_TRY(prepare(owner, id, once));
  return edit(
      owner, id,
      [&](storage::Transaction& transaction, const Settlement& settlement, ShareChanges& changes) -> Expected<void> {
        KITH_TRY(require_own(transaction, owner, once));
        KITH_TRY(erase_members(transaction, id, once));
        KITH_TRY(check_room(transaction, id, once.size()));
        KITH_TRY(put_in_order(transaction, id, once, before));
        return settle_members(transaction, settlement, owner, id, once, changes);
      });
}

Expected<Album> Albums::take_out(const UserId& owner, const AlbumId& id, std::span<const AssetId> assets) {
  KITH_TRY_ASSIGN(once, each_once(assets));
  return edit(
      owner, id,
      [&](storage::Transaction& transaction, const Settlement& settlement, ShareChanges& changes) -> Expected<void> {
        KITH_TRY_ASSIGN(taken, erase_members(transaction, id, once));
        return settle_members(transaction, settlement, owner, id, taken, changes);
      });
}

}  // namespace kith::assets
