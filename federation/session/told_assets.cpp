#include "federation/session/told_assets.hpp"

#include <algorithm>

#include "core/encoding.hpp"
#include "federation/session/content_range.hpp"
#include "federation/session/session_limits.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;

// The same thing told again moves told_at at most this often.
constexpr std::chrono::minutes kToldAgain{10};

// A place in the list: what comes after it was shared earlier (or at the same time, by a smaller name).
struct Cursor {
  std::int64_t shared_at = 0;
  std::string connection;
  std::string asset;
};

std::string render_cursor(const Cursor& cursor) {
  const std::string text = std::to_string(cursor.shared_at) + " " + cursor.connection + " " + cursor.asset;
  return core::to_base64url(core::as_bytes(text));
}

std::optional<Cursor> parse_cursor(std::string_view text) {
  constexpr std::size_t kUlid = 26;
  const auto bytes = text.size() <= 128 ? core::from_base64url(text) : std::nullopt;
  if (!bytes || bytes->size() < 2 * kUlid + 3) return std::nullopt;
  const std::string_view plain = core::as_text(*bytes);
  const auto names = plain.substr(plain.size() - 2 * kUlid - 2);  // " <connection> <asset>"
  const auto time = parse_decimal(plain.substr(0, plain.size() - names.size()));
  Cursor cursor{0, std::string(names.substr(1, kUlid)), std::string(names.substr(kUlid + 2))};
  if (!time || *time > INT64_MAX || names[0] != ' ' || names[kUlid + 1] != ' ') return std::nullopt;
  if (!core::is_ulid(cursor.connection) || !core::is_ulid(cursor.asset)) return std::nullopt;
  cursor.shared_at = static_cast<std::int64_t>(*time);
  return cursor;
}

Expected<void> insert(storage::Transaction& transaction, const std::string& connection, const SharedAsset& asset,
                      core::Timestamp now) {
  KITH_TRY(transaction.execute(
      "INSERT INTO told_assets (connection_id, asset_id, name, size, media_type, kind, digest, created_at, shared_at, "
      "expires_at, etag, has_thumbnail, captured_at, width, height, camera, album, told_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, ''), nullif(?, 0), nullif(?, 0), nullif(?, ''), "
      "nullif(?, ''), ?) "
      "ON CONFLICT (connection_id, asset_id) DO UPDATE SET name = excluded.name, size = excluded.size, "
      "media_type = excluded.media_type, kind = excluded.kind, digest = excluded.digest, "
      "created_at = excluded.created_at, shared_at = excluded.shared_at, expires_at = excluded.expires_at, "
      "etag = excluded.etag, has_thumbnail = excluded.has_thumbnail, captured_at = excluded.captured_at, "
      "width = excluded.width, height = excluded.height, camera = excluded.camera, album = excluded.album, "
      "told_at = excluded.told_at",
      {connection, asset.id.text(), asset.name, asset.size, asset.media_type, asset.kind, asset.digest.view(),
       asset.created_at, asset.shared_at, asset.expires_at, asset.etag, asset.has_thumbnail, asset.captured_at,
       asset.width, asset.height, asset.camera, asset.album, now}));
  return {};
}

Expected<void> keep_newest(storage::Transaction& transaction, const std::string& connection) {
  KITH_TRY(
      transaction.execute("DELETE FROM told_assets WHERE connection_id = ? AND asset_id IN (SELECT asset_id FROM "
                          "told_assets WHERE connection_id = ? ORDER BY shared_at DESC, asset_id DESC "
                          "LIMIT -1 OFFSET ?)",
                          {connection, connection, static_cast<std::int64_t>(kMaxToldAssets)}));
  return {};
}

// An ended connection takes nothing any more, also when its last answer arrives late.
Expected<bool> is_established(storage::Reader& reader, const std::string& connection) {
  bool found = false;
  KITH_TRY(reader.query("SELECT 1 FROM connections WHERE id = ? AND state = 'established'", {connection},
                        [&](const storage::Row&) { return !(found = true); }));
  return found;
}

#define KITH_TOLD_COLUMNS                                                                              \
  "t.told_at, t.asset_id, t.name, t.size, t.media_type, t.kind, t.digest, t.created_at, t.shared_at, " \
  "t.expires_at, t.etag, t.has_thumbnail, t.captured_at, t.width, t.height, t.camera, t.album"

ToldAsset told_of(const storage::Row& row) {
  ToldAsset told;
  told.peer = row.text(0);
  told.told_at = row.time(1);
  SharedAsset& asset = told.asset;
  asset.id = core::AssetId::parse(row.text(2)).value_or(core::AssetId());
  asset.name = row.text(3);
  asset.size = static_cast<std::uint64_t>(row.integer(4));
  asset.media_type = row.text(5);
  asset.kind = row.text(6);
  asset.digest = core::Digest::from(row.blob(7)).value_or(core::Digest());
  asset.created_at = row.time(8);
  asset.shared_at = row.time(9);
  asset.expires_at = row.optional_time(10);
  asset.etag = row.text(11);
  asset.has_thumbnail = row.boolean(12);
  asset.captured_at = row.optional_text(13).value_or("");
  asset.width = static_cast<int>(row.optional_integer(14).value_or(0));
  asset.height = static_cast<int>(row.optional_integer(15).value_or(0));
  asset.camera = row.optional_text(16).value_or("");
  asset.album = row.optional_text(17).value_or("");
  return told;
}

// Whether these are stored as they are, told not long ago. Most lists say nothing new; then nothing is written.
Expected<bool> is_known(storage::Reader& reader, const std::string& connection, std::span<const SharedAsset> items,
                        core::Timestamp since) {
  for (const auto& item : items) {
    bool known = false;
    KITH_TRY(reader.query("SELECT '', " KITH_TOLD_COLUMNS
                          " FROM told_assets t WHERE t.connection_id = ? AND t.asset_id = ? AND t.told_at > ?",
                          {connection, item.id.text(), since}, [&](const storage::Row& row) {
                            known = told_of(row).asset == item;
                            return false;
                          }));
    if (!known) return false;
  }
  return true;
}

Expected<std::size_t> count_of(storage::Reader& reader, const std::string& connection) {
  std::int64_t count = 0;
  KITH_TRY(reader.query("SELECT count(*) FROM told_assets WHERE connection_id = ?", {connection},
                        [&](const storage::Row& row) {
                          count = row.integer(0);
                          return false;
                        }));
  return static_cast<std::size_t>(count);
}

}  // namespace

ToldAssets::ToldAssets(storage::Database& database, const core::Clock& clock) : database_(database), clock_(clock) {}

Expected<void> ToldAssets::replace(const ConnectionRecord& connection, std::span<const SharedAsset> items) {
  items = items.first(std::min(items.size(), kMaxToldAssets));
  KITH_TRY_ASSIGN(known, database_.read_for<bool>([&](storage::Reader& reader) -> Expected<bool> {
    KITH_TRY_ASSIGN(count, count_of(reader, connection.id.text()));
    if (count != items.size()) return false;
    return is_known(reader, connection.id.text(), items, clock_.now() - kToldAgain);
  }));
  if (known) return {};
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    const std::string& id = connection.id.text();
    KITH_TRY(transaction.execute("DELETE FROM told_assets WHERE connection_id = ?", {id}));
    KITH_TRY_ASSIGN(established, is_established(transaction, id));
    if (!established) return {};
    for (const auto& item : items) KITH_TRY(insert(transaction, id, item, clock_.now()));
    return {};
  });
}

Expected<void> ToldAssets::learn(const ConnectionRecord& connection, std::span<const SharedAsset> items) {
  KITH_TRY_ASSIGN(known, database_.read_for<bool>([&](storage::Reader& reader) {
    return is_known(reader, connection.id.text(), items, clock_.now() - kToldAgain);
  }));
  if (known) return {};
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    const std::string& id = connection.id.text();
    KITH_TRY_ASSIGN(established, is_established(transaction, id));
    if (!established) return {};
    for (const auto& item : items) KITH_TRY(insert(transaction, id, item, clock_.now()));
    return keep_newest(transaction, id);
  });
}

Expected<void> ToldAssets::forget(const core::ConnectionId& connection, std::span<const std::string> asset_ids) {
  if (asset_ids.empty()) return {};
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    for (const auto& asset : asset_ids) {
      KITH_TRY(transaction.execute("DELETE FROM told_assets WHERE connection_id = ? AND asset_id = ?",
                                   {connection.text(), asset}));
    }
    return {};
  });
}

Expected<void> ToldAssets::forget_connection(const core::ConnectionId& connection) {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("DELETE FROM told_assets WHERE connection_id = ?", {connection.text()}));
    return {};
  });
}

Expected<void> ToldAssets::forget_user(const core::UserId& viewer) {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(
        transaction.execute("DELETE FROM told_assets WHERE connection_id IN (SELECT id FROM connections WHERE "
                            "local_user = ?)",
                            {viewer.text()}));
    return {};
  });
}

Expected<ToldAssetPage> ToldAssets::list(const core::UserId& viewer, const std::optional<std::string>& cursor,
                                         std::size_t limit) {
  if (limit == 0 || limit > kMaxPageItems) return core::fail(ErrorCode::bad_request, "limit must be from 1 to 500");
  Cursor from{INT64_MAX, "", ""};
  if (cursor) {
    const auto parsed = parse_cursor(*cursor);
    if (!parsed) return core::fail(ErrorCode::bad_request, "cursor must be the `next` of the page before");
    from = *parsed;
  }
  ToldAssetPage page;
  std::vector<std::string> connections;
  const auto collect = [&](const storage::Row& row) {
    page.items.push_back(told_of(row));
    connections.push_back(row.text(18));
    return true;
  };
  KITH_TRY(database_.read([&](storage::Reader& reader) {
    return reader.query(
        "SELECT c.peer_address, " KITH_TOLD_COLUMNS
        ", t.connection_id FROM told_assets t "
        "JOIN connections c ON c.id = t.connection_id "
        "WHERE c.local_user = ? AND c.state = 'established' AND (t.expires_at IS NULL OR t.expires_at > ?) "
        "AND (t.shared_at, t.connection_id, t.asset_id) < (?, ?, ?) "
        "ORDER BY t.shared_at DESC, t.connection_id DESC, t.asset_id DESC LIMIT ?",
        {viewer.text(), clock_.now(), from.shared_at, from.connection, from.asset,
         static_cast<std::int64_t>(limit + 1)},
        collect);
  }));
  if (page.items.size() > limit) {
    page.items.pop_back();
    const SharedAsset& last = page.items.back().asset;
    page.next = render_cursor({core::to_unix_ms(last.shared_at), connections[limit - 1], last.id.text()});
  }
  return page;
}

}  // namespace kith::federation
