#include "assets/catalogue_naming.hpp"

#include "assets/file_name.hpp"
#include "assets/limits.hpp"
#include "assets/rows.hpp"

namespace kith::assets {

using core::Expected;
using core::Timestamp;

namespace {

constexpr int kMostCopies = 1000;

Expected<void> insert_version(storage::Transaction& transaction, const Asset& asset, Timestamp now) {
  KITH_TRY(transaction.execute(
      "INSERT INTO asset_versions (asset, number, owner, digest, size, media_type, created_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      {asset.id.text(), asset.version, asset.owner.text(), asset.digest.view(), asset.size, asset.media_type, now}));
  return {};
}

Expected<void> insert_asset(storage::Transaction& transaction, const Asset& asset) {
  KITH_TRY(
      transaction.execute("INSERT INTO assets (id, owner, name, name_folded, kind, version, created_at, updated_at) "
                          "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                          {asset.id.text(), asset.owner.text(), asset.name, fold_case(asset.name),
                           kind_name(asset.kind), asset.version, asset.created_at, asset.updated_at}));
  return insert_version(transaction, asset, asset.created_at);
}

Expected<bool> is_taken(storage::Reader& reader, const core::UserId& owner, std::string_view name) {
  KITH_TRY_ASSIGN(taken,
                  first_row<bool>(reader, "SELECT 1 FROM assets WHERE owner = ? AND name = ? AND deleted_at IS NULL",
                                  {owner.text(), name}, [](const storage::Row&) { return true; }));
  return taken.has_value();
}

// At most `bytes` of `text`, cut between characters.
std::string_view cut(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

}  // namespace

Expected<void> replace_version(storage::Transaction& transaction, const Asset& asset) {
  KITH_TRY(transaction.execute("UPDATE asset_versions SET superseded_at = ? WHERE asset = ? AND number = ?",
                               {asset.updated_at, asset.id.text(), asset.version - 1}));
  KITH_TRY(insert_version(transaction, asset, asset.updated_at));
  KITH_TRY(transaction.execute("UPDATE assets SET version = ?, kind = ?, updated_at = ? WHERE id = ?",
                               {asset.version, kind_name(asset.kind), asset.updated_at, asset.id.text()}));
  return {};
}

Expected<StoredVersion> name_in_catalogue(storage::Transaction& transaction, const ArrivedContent& content,
                                          std::string_view name, core::AssetId new_id, Timestamp now) {
  KITH_TRY_ASSIGN(
      present,
      first_row<Asset>(transaction,
                       std::string(kSelectAssets).append("WHERE a.owner = ? AND a.name = ? AND a.deleted_at IS NULL"),
                       {content.owner.text(), name}, [](const storage::Row& row) { return asset_of(row); }));
  if (present && present->digest == content.digest) return StoredVersion{std::move(*present), false, {}};
  Asset asset = present.value_or(Asset());
  asset.version = present ? present->version + 1 : 1;
  asset.digest = content.digest;
  asset.size = content.size;
  asset.media_type = media_type_of(content.head, name);
  asset.kind = kind_of(asset.media_type);
  asset.updated_at = now;
  if (present) {
    KITH_TRY(replace_version(transaction, asset));
    KITH_TRY_ASSIGN(viewers, viewers_of(transaction, asset.id, now));
    return StoredVersion{std::move(asset), true, std::move(viewers)};
  }
  asset.id = std::move(new_id);
  asset.owner = content.owner;
  asset.name = name;
  asset.created_at = now;
  KITH_TRY(insert_asset(transaction, asset));
  return StoredVersion{std::move(asset), true, {}};
}

Expected<std::string> free_name(storage::Reader& reader, const core::UserId& owner, std::string_view name) {
  const auto dot = name.rfind('.');
  const bool has_extension = dot != std::string_view::npos && dot > 0 && name.size() - dot <= 32;
  const auto stem = has_extension ? name.substr(0, dot) : name;
  const auto extension = has_extension ? name.substr(dot) : std::string_view();
  std::string candidate(name);
  for (int copy = 2; copy <= kMostCopies; ++copy) {
    KITH_TRY_ASSIGN(taken, is_taken(reader, owner, candidate));
    if (!taken) return candidate;
    const auto mark = " (" + std::to_string(copy) + ")";
    candidate =
        std::string(cut(stem, kMaxFileNameBytes - mark.size() - extension.size())).append(mark).append(extension);
  }
  return core::fail(core::ErrorCode::conflict, "too many files have this name: give it another one");
}

void tell(AssetEvents& events, const StoredVersion& stored) {
  const auto& asset = stored.asset;
  if (stored.is_new) events.owned_changed(asset.owner);
  if (!stored.viewers.empty()) events.changed(asset.owner, stored.viewers, std::span(&asset.id, 1));
}

}  // namespace kith::assets
