#include "assets/rows.hpp"

#include "assets/file_name.hpp"
#include "assets/limits.hpp"
#include "core/encoding.hpp"

namespace kith::assets {

Asset asset_of(const storage::Row& row, int first_column) {
  const auto column = [&](int index) { return first_column + index; };
  Asset asset;
  asset.id = id_of<core::AssetId>(row, column(0));
  asset.owner = id_of<core::UserId>(row, column(1));
  asset.name = row.text(column(2));
  asset.media_type = row.text(column(3));
  asset.kind = kind_from_name(row.text(column(4))).value_or(AssetKind::other);
  asset.size = static_cast<std::uint64_t>(row.integer(column(5)));
  asset.digest = core::Digest::from(row.blob(column(6))).value_or(core::Digest());
  asset.version = row.integer(column(7));
  asset.created_at = row.time(column(8));
  asset.updated_at = row.time(column(9));
  asset.photo.width = static_cast<int>(row.optional_integer(column(10)).value_or(0));
  asset.photo.height = static_cast<int>(row.optional_integer(column(11)).value_or(0));
  asset.photo.captured_at = row.optional_text(column(12)).value_or("");
  asset.photo.camera = row.optional_text(column(13)).value_or("");
  asset.photo.has_thumbnail = row.boolean(column(14));
  return asset;
}

DeletedAsset deleted_asset_of(const storage::Row& row) {
  return {asset_of(row), row.time(kAssetColumns)};
}

FilterConditions::FilterConditions(const AssetFilter& filter)
    : kind_(filter.kind ? kind_name(*filter.kind) : ""), folded_name_(fold_case(filter.name)) {}

void FilterConditions::append_to(std::string& sql, std::vector<storage::Value>& values) const {
  if (!kind_.empty()) {
    sql += "AND a.kind = ? ";
    values.emplace_back(kind_);
  }
  if (!folded_name_.empty()) {
    sql += "AND instr(a.name_folded, ?) > 0 ";
    values.emplace_back(folded_name_);
  }
}

core::Expected<FilterConditions> conditions_of(const AssetFilter& filter) {
  if (filter.name.size() > kMaxFileNameBytes || !core::is_valid_utf8(filter.name))
    return core::fail(core::ErrorCode::bad_request, "name must be at most 255 bytes of valid UTF-8");
  return FilterConditions(filter);
}

core::Expected<std::vector<core::UserId>> viewers_of(storage::Reader& reader, const core::AssetId& asset,
                                                     core::Timestamp now) {
  std::vector<core::UserId> viewers;
  KITH_TRY(reader.query("SELECT viewer FROM shares WHERE asset = ? AND (expires_at IS NULL OR expires_at > ?)",
                        {asset.text(), now}, [&](const storage::Row& row) {
                          viewers.push_back(id_of<core::UserId>(row, 0));
                          return true;
                        }));
  return viewers;
}

core::Expected<std::shared_ptr<storage::BlobReader>> open_blob(storage::BlobStore& blobs, const Asset& asset) {
  auto reader = blobs.open({asset.owner, asset.digest});
  if (!reader && reader.error().code == core::ErrorCode::not_found)
    return core::fail(core::ErrorCode::internal,
                      "the content of asset " + asset.id.text() + " is missing in the store");
  return reader;
}

}  // namespace kith::assets
