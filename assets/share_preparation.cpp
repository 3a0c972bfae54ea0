#include "assets/share_preparation.hpp"

#include "assets/rows.hpp"
#include "assets/share_changes.hpp"

namespace kith::assets {

using core::AssetId;
using core::ErrorCode;
using core::Expected;
using core::UserId;

// A photo that is shared, and not known without what is left out of it.
struct SharePreparation::Hidden {
  UserId owner;
  core::Digest digest;
  std::string media_type;
  StripMode mode = StripMode::all;
};

namespace {

#define KITH_HIDDEN                                                                                      \
  "SELECT DISTINCT v.owner, v.digest, v.media_type, s.strip FROM shares s JOIN assets a ON a.id = "      \
  "s.asset " KITH_JOIN_VERSION                                                                           \
  "WHERE s.strip <> 'none' AND a.kind = 'photo' AND a.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM " \
  "stripped_photos x WHERE x.owner = v.owner AND x.digest = v.digest AND x.mode = s.strip) "

struct Photo {
  std::string name;
  core::Digest digest;
  std::string media_type;
};

Expected<std::optional<Photo>> photo_of(storage::Database& database, const UserId& owner, const AssetId& asset) {
  return database.read_for<std::optional<Photo>>([&](storage::Reader& reader) {
    return first_row<Photo>(reader,
                            std::string(kSelectAssets)
                                .append("WHERE a.id = ? AND a.owner = ? AND a.deleted_at IS NULL AND a.kind = 'photo'"),
                            {asset.text(), owner.text()}, [](const storage::Row& row) {
                              const auto found = asset_of(row);
                              return Photo{found.name, found.digest, found.media_type};
                            });
  });
}

// Everybody who sees a photo with this content by now.
Expected<ShareChanges> who_sees(storage::Reader& reader, const UserId& owner, const core::Digest& digest,
                                StripMode mode) {
  ShareChanges shown;
  KITH_TRY(
      reader.query("SELECT s.viewer, s.asset FROM asset_versions v "
                   "JOIN assets a ON a.id = v.asset AND a.version = v.number JOIN shares s ON s.asset = a.id "
                   "WHERE v.owner = ? AND v.digest = ? AND s.strip = ? AND a.deleted_at IS NULL",
                   {owner.text(), digest.view(), strip_mode_name(mode)}, [&](const storage::Row& row) {
                     shown.shared(owner, id_of<UserId>(row, 0), id_of<AssetId>(row, 1));
                     return true;
                   }));
  return shown;
}

}  // namespace

SharePreparation::SharePreparation(storage::Database& database, PhotoVariants& variants, core::Logger log)
    : database_(database), variants_(variants), log_(std::move(log)) {}

Expected<void> SharePreparation::require(const UserId& owner, std::span<const AssetId> assets, Strip strip) {
  if (!strip) return {};
  for (const auto& asset : assets) {
    KITH_TRY_ASSIGN(photo, photo_of(database_, owner, asset));
    if (!photo) continue;
    auto variant = variants_.ensure(owner, photo->digest, photo->media_type, *strip);
    if (!variant && variant.error().code == ErrorCode::not_found)
      return core::fail(ErrorCode::internal, "the content of asset " + asset.text() + " is missing in the store");
    KITH_TRY_ASSIGN(left, std::move(variant));
    if (!left)
      return core::fail(ErrorCode::conflict, "\"" + photo->name + "\" can't be shared without its " +
                                                 (*strip == StripMode::location ? "location" : "metadata") +
                                                 ": `strip` \"none\" would share it as it is");
  }
  return {};
}

bool SharePreparation::make_ready(const Hidden& photo) {
  const auto variant = variants_.ensure(photo.owner, photo.digest, photo.media_type, photo.mode);
  if (variant) return true;
  look_again();
  log_.warning("a shared photo stays hidden",
               {{"digest", core::digest_text(photo.digest)}, {"detail", variant.error().detail}});
  return false;
}

namespace {

template <class Hidden>
Hidden hidden_of(const storage::Row& row) {
  return {id_of<UserId>(row, 0), core::Digest::from(row.blob(1)).value_or(core::Digest()), row.text(2),
          strip_mode_from_name(row.text(3)).value_or(StripMode::all)};
}

}  // namespace

void SharePreparation::catch_up_with(std::span<const AssetId> assets) {
  std::vector<Hidden> hidden;
  const auto found = database_.read([&](storage::Reader& reader) -> Expected<void> {
    for (const auto& asset : assets)
      KITH_TRY(reader.query(KITH_HIDDEN "AND s.asset = ?", {asset.text()}, [&](const storage::Row& row) {
        hidden.push_back(hidden_of<Hidden>(row));
        return true;
      }));
    return {};
  });
  if (!found) {
    look_again();
    log_.warning("could not see which photos are hidden", {{"detail", found.error().detail}});
  }
  for (const auto& photo : hidden) make_ready(photo);
}

Expected<int> SharePreparation::catch_up(int limit, AssetEvents& events) {
  if (!is_due_.exchange(false)) return 0;
  std::vector<Hidden> hidden;
  KITH_TRY(database_.read([&](storage::Reader& reader) {
    return reader.query(KITH_HIDDEN "LIMIT ?", {limit}, [&](const storage::Row& row) {
      hidden.push_back(hidden_of<Hidden>(row));
      return true;
    });
  }));
  if (hidden.size() == static_cast<std::size_t>(limit)) look_again();
  int ready = 0;
  for (const auto& photo : hidden) {
    if (!make_ready(photo)) continue;
    ++ready;
    KITH_TRY_ASSIGN(shown, database_.read_for<ShareChanges>([&](storage::Reader& reader) {
      return who_sees(reader, photo.owner, photo.digest, photo.mode);
    }));
    shown.tell(events);
  }
  return ready;
}

}  // namespace kith::assets
