#include "assets/uploads.hpp"

#include <algorithm>

#include "assets/blob_ledger.hpp"
#include "assets/file_name.hpp"
#include "assets/limits.hpp"
#include "assets/reservations.hpp"
#include "assets/rows.hpp"

namespace kith::assets {

using core::ErrorCode;
using core::Expected;
using core::Timestamp;
using core::UserId;

// What every upload works with.
struct Upload::Surroundings {
  storage::Database& database;
  storage::BlobStore& blobs;
  BlobLedger& ledger;
  const core::Clock& clock;
  core::Random& random;
  AssetEvents& events;
  core::Logger log;
  std::uint64_t max_file_bytes;
  Reservations reservations;
};

struct StoredVersion {
  Asset asset;
  bool is_new = true;           // false: the newest version had this content already
  std::vector<UserId> viewers;  // who saw the version before
};

namespace {

// Content that is in the store and about to be named.
struct Arrived {
  const UserId& owner;
  const std::string& name;
  core::Digest digest;
  std::uint64_t size;
  std::string_view media_type;
  Timestamp now;
};

core::Unexpected too_large(std::uint64_t max) {
  return core::fail(ErrorCode::too_large, "a file may have at most " + std::to_string(max) + " bytes here");
}

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

Expected<void> replace_version(storage::Transaction& transaction, const Asset& asset) {
  KITH_TRY(transaction.execute("UPDATE asset_versions SET superseded_at = ? WHERE asset = ? AND number = ?",
                               {asset.updated_at, asset.id.text(), asset.version - 1}));
  KITH_TRY(insert_version(transaction, asset, asset.updated_at));
  KITH_TRY(transaction.execute("UPDATE assets SET version = ?, kind = ?, updated_at = ? WHERE id = ?",
                               {asset.version, kind_name(asset.kind), asset.updated_at, asset.id.text()}));
  return {};
}

// Names the content in the catalogue: a new asset, or the next version of the one that has the name.
Expected<StoredVersion> name_content(storage::Transaction& transaction, const Arrived& content, core::AssetId new_id) {
  KITH_TRY(transaction.execute("INSERT INTO blobs (owner, digest, size) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                               {content.owner.text(), content.digest.view(), content.size}));
  KITH_TRY_ASSIGN(
      present,
      first_row<Asset>(transaction,
                       std::string(kSelectAssets).append("WHERE a.owner = ? AND a.name = ? AND a.deleted_at IS NULL"),
                       {content.owner.text(), content.name}, [](const storage::Row& row) { return asset_of(row); }));
  if (present && present->digest == content.digest) return StoredVersion{std::move(*present), false, {}};
  Asset asset = present.value_or(Asset());
  asset.version = present ? present->version + 1 : 1;
  asset.digest = content.digest;
  asset.size = content.size;
  asset.media_type = content.media_type;
  asset.kind = kind_of(content.media_type);
  asset.updated_at = content.now;
  if (present) {
    KITH_TRY(replace_version(transaction, asset));
    KITH_TRY_ASSIGN(viewers, viewers_of(transaction, asset.id, content.now));
    return StoredVersion{std::move(asset), true, std::move(viewers)};
  }
  asset.id = std::move(new_id);
  asset.owner = content.owner;
  asset.name = content.name;
  asset.created_at = content.now;
  KITH_TRY(insert_asset(transaction, asset));
  return StoredVersion{std::move(asset), true, {}};
}

}  // namespace

Upload::Upload(Surroundings& surroundings, UserId owner, std::string name, std::optional<std::uint64_t> expected_size,
               std::unique_ptr<Reservation> reservation, std::unique_ptr<storage::BlobWriter> writer)
    : surroundings_(surroundings),
      owner_(std::move(owner)),
      name_(std::move(name)),
      expected_size_(expected_size),
      reservation_(std::move(reservation)),
      writer_(std::move(writer)) {}

Upload::~Upload() {
  end();
}

// The writer first: its space is free before somebody else may count on it.
void Upload::end() {
  writer_.reset();
  reservation_.reset();
}

Expected<void> Upload::write(core::ByteView piece) {
  auto taken = take(piece);
  if (!taken) end();
  return taken;
}

Expected<void> Upload::take(core::ByteView piece) {
  if (!writer_) return core::fail(ErrorCode::internal, "this upload has ended");
  const auto max = expected_size_.value_or(surroundings_.max_file_bytes);
  if (piece.size() > max - size_)
    return expected_size_ ? core::fail(ErrorCode::bad_request, "more bytes came than were declared") : too_large(max);
  const auto wanted = size_ + piece.size();
  if (wanted > reservation_->bytes()) {
    const auto generous = std::min(max, wanted + kReserveStep);
    if (!reservation_->grow_to(generous)) KITH_TRY(reservation_->grow_to(wanted));
  }
  KITH_TRY(writer_->write(piece));
  if (head_.size() < kSniffBytes) {
    const auto part = piece.first(std::min(piece.size(), kSniffBytes - head_.size()));
    head_.insert(head_.end(), part.begin(), part.end());
  }
  size_ = wanted;
  return {};
}

Expected<Asset> Upload::commit() {
  auto stored = store();
  end();
  return stored;
}

Expected<Asset> Upload::store() {
  if (!writer_) return core::fail(ErrorCode::internal, "this upload has ended");
  if (expected_size_ && size_ != *expected_size_)
    return core::fail(ErrorCode::bad_request, "fewer bytes came than were declared: " + std::to_string(size_) + " of " +
                                                  std::to_string(*expected_size_));
  std::optional<storage::BlobKey> key;
  auto stored = place(key);
  if (!stored) {
    // Where even this fails, the comparison after the next start finds the content.
    if (key && !surroundings_.ledger.remove_unnamed(std::span(&*key, 1)))
      surroundings_.log.warning("content of a failed upload is left", {{"digest", core::digest_text(key->digest)}});
    return tl::make_unexpected(std::move(stored.error()));
  }
  if (stored->is_new) surroundings_.events.owned_changed(owner_);
  if (!stored->viewers.empty()) surroundings_.events.changed(owner_, stored->viewers, std::span(&stored->asset.id, 1));
  return std::move(stored->asset);
}

Expected<StoredVersion> Upload::place(std::optional<storage::BlobKey>& committed) {
  const auto guard = surroundings_.ledger.guard_naming();
  // Gone before the guard is: what a living writer committed can't be removed from the store.
  const auto writer = std::move(writer_);
  KITH_TRY_ASSIGN(key, writer->commit());
  committed = key;
  const Arrived content{owner_, name_, key.digest, size_, media_type_of(head_, name_), surroundings_.clock.now()};
  std::optional<StoredVersion> stored;
  KITH_TRY(reservation_->settle([&] {
    return surroundings_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
      auto named = name_content(transaction, content, core::AssetId::make(surroundings_.clock, surroundings_.random));
      if (!named) return tl::make_unexpected(std::move(named.error()));
      stored = std::move(*named);
      return {};
    });
  }));
  return std::move(*stored);
}

Uploads::Uploads(storage::Database& database, storage::BlobStore& blobs, BlobLedger& ledger, const core::Clock& clock,
                 core::Random& random, const config::Config& config, Quotas& quotas, AssetEvents& events,
                 const core::Logger& log)
    : surroundings_(new Upload::Surroundings{database, blobs, ledger, clock, random, events, log,
                                             config.storage.max_file_bytes,
                                             Reservations(database, quotas, config.limits.uploads_per_user)}) {}
Uploads::~Uploads() = default;

Expected<std::unique_ptr<Upload>> Uploads::begin(const UserId& owner, std::string_view name,
                                                 std::optional<std::uint64_t> expected_size) {
  KITH_TRY(check_file_name(name));
  if (expected_size.value_or(0) > surroundings_->max_file_bytes) return too_large(surroundings_->max_file_bytes);
  KITH_TRY_ASSIGN(reservation, surroundings_->reservations.open(owner, expected_size.value_or(0)));
  KITH_TRY_ASSIGN(writer, surroundings_->blobs.begin(owner, expected_size.value_or(0)));
  return std::unique_ptr<Upload>(
      new Upload(*surroundings_, owner, std::string(name), expected_size, std::move(reservation), std::move(writer)));
}

}  // namespace kith::assets
