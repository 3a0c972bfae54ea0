#pragma once
// How assets stand in rows: what queries begin with, and the values made of the rows. Only the .cpp files of assets/
// include this.

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assets/asset.hpp"
#include "assets/page.hpp"
#include "core/time.hpp"
#include "storage/database.hpp"

namespace kith::assets {

// The columns asset_of reads, of assets `a`, their newest version `v` and what its content shows `p`; and how these
// three are joined.
#define KITH_ASSET_COLUMNS                                                                                 \
  "a.id, a.owner, a.name, v.media_type, a.kind, v.size, v.digest, a.version, a.created_at, a.updated_at, " \
  "p.width, p.height, p.captured_at, p.camera, coalesce(p.state = 'ready', 0)"
#define KITH_JOIN_VERSION                                             \
  "JOIN asset_versions v ON v.asset = a.id AND v.number = a.version " \
  "LEFT JOIN photos p ON p.owner = v.owner AND p.digest = v.digest "
inline constexpr int kAssetColumns = 15;

// Deleted ones too; read by asset_of and deleted_asset_of.
inline constexpr std::string_view kSelectAssets =
    "SELECT " KITH_ASSET_COLUMNS ", a.deleted_at FROM assets a " KITH_JOIN_VERSION;
Asset asset_of(const storage::Row& row, int first_column = 0);
DeletedAsset deleted_asset_of(const storage::Row& row);

// The id in a column; empty when it is none, which the schema does not let happen.
template <class IdType>
IdType id_of(const storage::Row& row, int column) {
  return IdType::parse(row.text(column)).value_or(IdType());
}

// The only row of a query, made into a T; nothing when there is none.
template <class T>
core::Expected<std::optional<T>> first_row(storage::Reader& reader, std::string_view sql,
                                           std::initializer_list<storage::Value> values,
                                           const std::function<T(const storage::Row&)>& make) {
  std::optional<T> found;
  KITH_TRY(reader.query(sql, values, [&](const storage::Row& row) {
    found.emplace(make(row));
    return false;
  }));
  return found;
}

// What a filter adds to a WHERE over assets `a`; keeps the texts its values borrow.
class FilterConditions {
 public:
  explicit FilterConditions(const AssetFilter& filter);
  void append_to(std::string& sql, std::vector<storage::Value>& values) const;

 private:
  std::string kind_;
  std::string folded_name_;
};
// bad_request unless the name could be part of one.
core::Expected<FilterConditions> conditions_of(const AssetFilter& filter);

// The first `limit` rows of a query that was given LIMIT `limit` + 1, and the cursor behind them if there are more.
template <class T>
core::Expected<Page<T>> read_page(storage::Reader& reader, std::string_view sql, storage::Values values, int limit,
                                  const std::function<T(const storage::Row&)>& make,
                                  const std::function<std::string(const T&)>& cursor_behind) {
  Page<T> page;
  KITH_TRY(reader.query(sql, values, [&](const storage::Row& row) {
    if (page.items.size() == static_cast<std::size_t>(limit)) {
      page.next = cursor_behind(page.items.back());
      return false;
    }
    page.items.push_back(make(row));
    return true;
  }));
  return page;
}

// Who sees the asset at `now`.
core::Expected<std::vector<core::UserId>> viewers_of(storage::Reader& reader, const core::AssetId& asset,
                                                     core::Timestamp now);

// The content of an asset; internal when the store has lost it.
core::Expected<std::shared_ptr<storage::BlobReader>> open_blob(storage::BlobStore& blobs, const Asset& asset);

}  // namespace kith::assets
