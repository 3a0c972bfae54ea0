#include "assets/photos.hpp"

#include <charconv>

#include "assets/file_name.hpp"
#include "assets/limits.hpp"
#include "assets/rows.hpp"
#include "assets/share_rows.hpp"
#include "core/crypto/sha256.hpp"
#include "core/encoding.hpp"

namespace kith::assets {

using core::ErrorCode;
using core::Expected;
using core::UserId;

namespace {

constexpr std::size_t kMaxCameraBytes = 100;

// A place in a list by time: behind what was taken then and has this id.
struct Place {
  std::int64_t taken = INT64_MAX;
  std::string asset = "~";  // greater than every ULID
};

std::string place_cursor(const Place& place) {
  return core::to_base64url(core::as_bytes("p" + place.asset + std::to_string(place.taken)));
}

Expected<Place> start_of(const PageRequest& page) {
  constexpr std::size_t kUlid = 26;
  if (page.limit < 1 || page.limit > kMaxPageSize)
    return core::fail(ErrorCode::bad_request, "limit must be between 1 and 500");
  if (page.cursor.empty()) return Place();
  const auto refused =
      core::fail(ErrorCode::bad_request,
                 "the cursor does not belong to this list: take `next` of the page before, or leave it out");
  const auto bytes = page.cursor.size() <= kMaxCursorBytes ? core::from_base64url(page.cursor) : std::nullopt;
  if (!bytes || bytes->size() < 2 + kUlid || bytes->front() != 'p') return refused;
  const auto plain = core::as_text(*bytes);
  Place place{0, std::string(plain.substr(1, kUlid))};
  const auto number = plain.substr(1 + kUlid);
  const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), place.taken);
  if (problem != std::errc() || end != number.data() + number.size() || !core::is_ulid(place.asset)) return refused;
  return place;
}

// What is sorted and narrowed by: for owners, and for viewers, whom a share may leave these out for.
struct Columns {
  std::string_view taken, camera;
};
constexpr Columns kOwn{"a.taken_at", "p.camera"};
constexpr Columns kShown{"(CASE s.strip WHEN 'all' THEN a.created_at ELSE a.taken_at END)",
                         "(CASE s.strip WHEN 'all' THEN NULL ELSE p.camera END)"};

// A query for photos, put together piece by piece.
struct Query {
  std::string sql;
  std::vector<storage::Value> values;

  template <class... T>
  void add(std::string_view condition, const T&... bound) {
    sql += condition;
    (values.emplace_back(bound), ...);
  }
};

Expected<void> check(const PhotoFilter& filter) {
  if (filter.name.size() > kMaxFileNameBytes || !core::is_valid_utf8(filter.name))
    return core::fail(ErrorCode::bad_request, "name must be at most 255 bytes of valid UTF-8");
  if (filter.camera && (filter.camera->size() > kMaxCameraBytes || !core::is_valid_utf8(*filter.camera)))
    return core::fail(ErrorCode::bad_request, "camera must be at most 100 bytes of valid UTF-8");
  return {};
}

// Narrows, sorts and limits. `folded_name` and `filter` must outlive the query.
void complete(Query& query, const Columns& columns, const PhotoFilter& filter, const std::string& folded_name,
              const Place& start, int limit) {
  const std::string taken(columns.taken);
  query.add("AND a.kind = 'photo' AND (" + taken + ", a.id) < (?, ?) ", start.taken, start.asset);
  if (!folded_name.empty()) query.add("AND instr(a.name_folded, ?) > 0 ", folded_name);
  if (filter.camera) query.add("AND " + std::string(columns.camera) + " = ? ", *filter.camera);
  if (filter.from) query.add("AND " + taken + " >= ? ", *filter.from);
  if (filter.to) query.add("AND " + taken + " < ? ", *filter.to);
  query.add("ORDER BY " + taken + " DESC, a.id DESC LIMIT ?", limit + 1);
}

// Items with the number they are sorted by, which is the last column.
template <class T>
struct Timed {
  T item;
  std::int64_t taken;
};

template <class T>
Expected<Page<T>> read_by_time(storage::Database& database, const Query& query, int limit,
                               const std::function<Timed<T>(const storage::Row&)>& make,
                               const std::function<const Asset&(const T&)>& asset_in) {
  KITH_TRY_ASSIGN(timed, database.read_for<Page<Timed<T>>>([&](storage::Reader& reader) {
    return read_page<Timed<T>>(reader, query.sql, query.values, limit, make, [&](const Timed<T>& last) {
      return place_cursor({last.taken, asset_in(last.item).id.text()});
    });
  }));
  Page<T> page;
  page.next = std::move(timed.next);
  for (auto& each : timed.items) page.items.push_back(std::move(each.item));
  return page;
}

// `select` with one more column, the time sorted by, before its FROM.
std::string with_time(std::string_view select, std::string_view taken) {
  const auto from = select.find(" FROM ");
  return std::string(select.substr(0, from)).append(", ").append(taken).append(select.substr(from));
}

}  // namespace

Photos::Photos(storage::Database& database, storage::ThumbnailFiles& thumbnails, PhotoWork& work,
               const core::Clock& clock)
    : database_(database), thumbnails_(thumbnails), work_(work), clock_(clock), rows_(database) {}

Expected<Page<Asset>> Photos::list(const UserId& owner, const PhotoFilter& filter, const PageRequest& page) {
  KITH_TRY(check(filter));
  KITH_TRY_ASSIGN(start, start_of(page));
  const auto folded_name = fold_case(filter.name);
  Query query{with_time(kSelectAssets, kOwn.taken), {}};
  query.add("WHERE a.owner = ? AND a.deleted_at IS NULL ", owner.text());
  complete(query, kOwn, filter, folded_name, start, page.limit);
  return read_by_time<Asset>(
      database_, query, page.limit,
      [](const storage::Row& row) {
        return Timed<Asset>{asset_of(row), row.integer(kAssetColumns + 1)};
      },
      [](const Asset& asset) -> const Asset& { return asset; });
}

Expected<Page<SharedAsset>> Photos::list_between(const UserId& owner, const UserId& viewer, const PhotoFilter& filter,
                                                 const PageRequest& page) {
  KITH_TRY(check(filter));
  KITH_TRY_ASSIGN(start, start_of(page));
  const auto folded_name = fold_case(filter.name);
  Query query{with_time(kSelectShown, kShown.taken), {}};
  auto condition = std::string("WHERE s.viewer = ? AND s.owner = ? AND ").append(kShareCounts);
  condition.append("AND ").append(kIsReady).append("AND ").append(kOwnerIsActive);
  query.add(condition, viewer.text(), owner.text(), clock_.now());
  complete(query, kShown, filter, folded_name, start, page.limit);
  return read_by_time<SharedAsset>(
      database_, query, page.limit,
      [](const storage::Row& row) {
        return Timed<SharedAsset>{shown_asset_of(row), row.integer(kShownColumns)};
      },
      [](const SharedAsset& shared) -> const Asset& { return shared.asset; });
}

Expected<PhotoSummary> Photos::summary(const UserId& owner) {
  return database_.read_for<PhotoSummary>([&](storage::Reader& reader) -> Expected<PhotoSummary> {
    PhotoSummary summary;
    KITH_TRY(reader.query("SELECT p.camera, count(*) FROM assets a " KITH_JOIN_VERSION
                          "WHERE a.owner = ? AND a.kind = 'photo' AND a.deleted_at IS NULL AND p.camera IS NOT NULL "
                          "GROUP BY p.camera ORDER BY p.camera LIMIT ?",
                          {owner.text(), kMaxSummary}, [&](const storage::Row& row) {
                            summary.cameras.push_back({row.text(0), row.integer(1)});
                            return true;
                          }));
    KITH_TRY(
        reader.query("SELECT strftime('%Y-%m', a.taken_at / 1000.0, 'unixepoch') AS month, count(*) FROM assets a "
                     "WHERE a.owner = ? AND a.kind = 'photo' AND a.deleted_at IS NULL "
                     "GROUP BY month ORDER BY month DESC LIMIT ?",
                     {owner.text(), kMaxSummary}, [&](const storage::Row& row) {
                       summary.months.push_back({row.text(0), row.integer(1)});
                       return true;
                     }));
    return summary;
  });
}

Expected<PhotoThumbnail> Photos::thumbnail(const UserId& owner, const core::Digest& content, int edge) {
  const storage::BlobKey photo{owner, content};
  const auto none = core::fail(ErrorCode::not_found, "there is no thumbnail of this asset");
  KITH_TRY_ASSIGN(is_ready, rows_.is_ready(photo));
  if (!is_ready) return none;
  const auto* size = std::find_if(std::begin(storage::kThumbnailEdges), std::end(storage::kThumbnailEdges) - 1,
                                  [&](int each) { return each >= edge; });
  KITH_TRY_ASSIGN(picture, thumbnails_.read(photo, *size));
  if (!picture) {
    KITH_TRY(rows_.wait_again(photo));
    work_.wake();
    return none;
  }
  const auto digest = core::sha256(core::as_bytes(*picture));
  return PhotoThumbnail{std::move(*picture), "\"" + core::to_base64url(digest.view().first(16)) + "\""};
}

}  // namespace kith::assets
