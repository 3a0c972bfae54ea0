#include "assets/photo_rows.hpp"

#include "assets/limits.hpp"
#include "assets/rows.hpp"
#include "core/wall_time.hpp"

namespace kith::assets {

using core::Expected;
using storage::BlobKey;

namespace {

BlobKey key_of(const storage::Row& row) {
  return {id_of<core::UserId>(row, 0), core::Digest::from(row.blob(1)).value_or(core::Digest())};
}

std::optional<std::string_view> text_or_none(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
}

}  // namespace

Expected<void> PhotoRows::change(std::string_view sql, const BlobKey& photo) {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute(sql, {photo.owner.text(), photo.digest.view()}));
    return {};
  });
}

Expected<bool> PhotoRows::exists(std::string_view sql, const BlobKey& photo) {
  return database_.read_for<bool>([&](storage::Reader& reader) -> Expected<bool> {
    KITH_TRY_ASSIGN(found, first_row<bool>(reader, sql, {photo.owner.text(), photo.digest.view()},
                                           [](const storage::Row&) { return true; }));
    return found.has_value();
  });
}

Expected<void> PhotoRows::give_up_tried() {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("UPDATE photos SET state = 'failed' WHERE state = 'waiting' AND attempts >= ?",
                                 {kPhotoAttempts}));
    return {};
  });
}

Expected<std::optional<BlobKey>> PhotoRows::claim(const std::set<BlobKey>& running) {
  // Mostly nothing waits: then nothing is written.
  std::optional<BlobKey> next;
  KITH_TRY(database_.read([&](storage::Reader& reader) {
    return reader.query(
        "SELECT owner, digest FROM photos WHERE state = 'waiting' AND attempts < ? ORDER BY attempts LIMIT ?",
        {kPhotoAttempts, static_cast<std::int64_t>(running.size() + 1)}, [&](const storage::Row& row) {
          const auto key = key_of(row);
          if (!running.contains(key)) next = key;
          return !next;
        });
  }));
  if (next) KITH_TRY(change("UPDATE photos SET attempts = attempts + 1 WHERE owner = ? AND digest = ?", *next));
  return next;
}

Expected<PhotoOutcome> PhotoRows::finish(const BlobKey& photo, const ExaminedPhoto& examined) {
  const auto& facts = examined.facts;
  return database_.write_for<PhotoOutcome>([&](storage::Transaction& transaction) -> Expected<PhotoOutcome> {
    KITH_TRY_ASSIGN(changed,
                    transaction.execute("UPDATE photos SET state = 'ready', width = ?, height = ?, captured_at = ?, "
                                        "captured_ms = ?, camera = ?, has_location = ? WHERE owner = ? AND digest = ?",
                                        {facts.width, facts.height, text_or_none(facts.captured_at),
                                         core::parse_wall_time(facts.captured_at), text_or_none(facts.camera),
                                         examined.has_location, photo.owner.text(), photo.digest.view()}));
    PhotoOutcome outcome;
    outcome.is_there = changed > 0;
    KITH_TRY(
        transaction.query("SELECT a.id FROM asset_versions v JOIN assets a ON a.id = v.asset AND a.version = v.number "
                          "WHERE v.owner = ? AND v.digest = ? AND a.deleted_at IS NULL",
                          {photo.owner.text(), photo.digest.view()}, [&](const storage::Row& row) {
                            outcome.shown.push_back(id_of<core::AssetId>(row, 0));
                            return true;
                          }));
    return outcome;
  });
}

Expected<void> PhotoRows::fail_once(const BlobKey& photo) {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("UPDATE photos SET state = 'failed' WHERE owner = ? AND digest = ? AND attempts >= ?",
                                 {photo.owner.text(), photo.digest.view(), kPhotoAttempts}));
    return {};
  });
}

Expected<void> PhotoRows::fail_for_good(const BlobKey& photo) {
  return change("UPDATE photos SET state = 'failed' WHERE owner = ? AND digest = ?", photo);
}

Expected<void> PhotoRows::release(const BlobKey& photo) {
  return change("UPDATE photos SET attempts = max(attempts - 1, 0) WHERE owner = ? AND digest = ?", photo);
}

Expected<void> PhotoRows::wait_again(const BlobKey& photo) {
  return change("UPDATE photos SET state = 'waiting', attempts = 0 WHERE owner = ? AND digest = ? AND state = 'ready'",
                photo);
}

Expected<bool> PhotoRows::is_ready(const BlobKey& photo) {
  return exists("SELECT 1 FROM photos WHERE owner = ? AND digest = ? AND state = 'ready'", photo);
}

Expected<bool> PhotoRows::is_known(const BlobKey& photo) {
  return exists("SELECT 1 FROM photos WHERE owner = ? AND digest = ?", photo);
}

Expected<std::vector<BlobKey>> PhotoRows::gone(int limit) {
  return database_.read_for<std::vector<BlobKey>>([&](storage::Reader& reader) -> Expected<std::vector<BlobKey>> {
    std::vector<BlobKey> keys;
    KITH_TRY(reader.query("SELECT owner, digest FROM photos_gone LIMIT ?", {limit}, [&](const storage::Row& row) {
      keys.push_back(key_of(row));
      return true;
    }));
    return keys;
  });
}

Expected<void> PhotoRows::forget_gone(const BlobKey& photo) {
  return change("DELETE FROM photos_gone WHERE owner = ? AND digest = ?", photo);
}

}  // namespace kith::assets
