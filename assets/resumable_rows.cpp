#include "assets/resumable_rows.hpp"

#include <array>

#include "assets/limits.hpp"
#include "assets/rows.hpp"

namespace kith::assets {

namespace {

using core::Expected;

constexpr std::string_view kSelect =
    "SELECT id, owner, target, reference, name, metadata, size, received, state, asset, created_at, expires_at "
    "FROM resumable_uploads ";

constexpr std::array<std::string_view, 3> kStates{"open", "finished", "ended"};  // in the order of UploadState

std::string_view name_of(UploadState state) {
  return kStates.at(static_cast<std::size_t>(state));
}

UploadState state_of(std::string_view name) {
  for (const auto state : {UploadState::open, UploadState::finished}) {
    if (name == name_of(state)) return state;
  }
  return UploadState::ended;
}

ResumableUpload upload_of(const storage::Row& row) {
  ResumableUpload upload;
  upload.id = id_of<core::UploadId>(row, 0);
  upload.owner = id_of<core::UserId>(row, 1);
  upload.target = row.text(2);
  upload.reference = row.text(3);
  upload.name = row.text(4);
  upload.metadata = row.text(5);
  upload.size = static_cast<std::uint64_t>(row.integer(6));
  upload.received = static_cast<std::uint64_t>(row.integer(7));
  upload.state = state_of(row.text(8));
  if (const auto asset = row.optional_text(9)) upload.asset = core::AssetId::parse(*asset);
  upload.created_at = row.time(10);
  upload.expires_at = row.time(11);
  return upload;
}

Expected<std::vector<ResumableUpload>> select(storage::Reader& reader, std::string_view where,
                                              std::initializer_list<storage::Value> values) {
  std::vector<ResumableUpload> uploads;
  KITH_TRY(reader.query(std::string(kSelect).append(where), values, [&](const storage::Row& row) {
    uploads.push_back(upload_of(row));
    return true;
  }));
  return uploads;
}

Expected<void> require_open(Expected<std::int64_t> changed) {
  KITH_TRY_ASSIGN(count, std::move(changed));
  if (count == 0) return upload_is_gone();
  return {};
}

}  // namespace

core::Unexpected upload_is_gone() {
  return core::fail(core::ErrorCode::gone, "this upload was given up or has run out: start it again");
}

Expected<std::optional<ResumableUpload>> find_upload(storage::Reader& reader, const core::UploadId& id) {
  return first_row<ResumableUpload>(reader, std::string(kSelect).append("WHERE id = ?"), {id.text()}, upload_of);
}

Expected<std::vector<ResumableUpload>> open_uploads_of(storage::Reader& reader, const core::UserId& owner) {
  return select(reader, "WHERE owner = ? AND state = 'open' ORDER BY id", {owner.text()});
}

Expected<std::vector<ResumableUpload>> open_uploads_to(storage::Reader& reader, std::string_view target,
                                                       std::string_view reference) {
  return select(reader, "WHERE target = ? AND reference = ? AND state = 'open' ORDER BY id", {target, reference});
}

Expected<std::vector<ResumableUpload>> expired_uploads(storage::Reader& reader, core::Timestamp now, int limit) {
  return select(reader, "WHERE expires_at <= ? AND state = 'open' ORDER BY expires_at LIMIT ?", {now, limit});
}

Expected<std::vector<storage::KnownPartial>> known_partials(storage::Reader& reader) {
  std::vector<storage::KnownPartial> known;
  KITH_TRY(reader.query("SELECT id, size, received FROM resumable_uploads WHERE state = 'open'", {},
                        [&](const storage::Row& row) {
                          known.push_back({id_of<core::UploadId>(row, 0), static_cast<std::uint64_t>(row.integer(1)),
                                           static_cast<std::uint64_t>(row.integer(2))});
                          return true;
                        }));
  return known;
}

Expected<void> insert_upload(storage::Transaction& transaction, const ResumableUpload& upload) {
  KITH_TRY_ASSIGN(open, open_uploads_of(transaction, upload.owner));
  if (open.size() >= kOpenUploadsPerUser)
    return core::fail(core::ErrorCode::too_many_requests, "you have " + std::to_string(open.size()) +
                                                              " unfinished uploads: end some of them, or give them up");
  KITH_TRY(transaction.execute(
      "DELETE FROM resumable_uploads WHERE id IN (SELECT id FROM resumable_uploads WHERE owner = ? AND state <> 'open' "
      "ORDER BY id DESC LIMIT -1 OFFSET ?)",
      {upload.owner.text(), static_cast<std::int64_t>(kEndedUploadsPerUser)}));
  KITH_TRY(transaction.execute(
      "INSERT INTO resumable_uploads (id, owner, target, reference, name, metadata, size, state, created_at, "
      "expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {upload.id.text(), upload.owner.text(), upload.target, upload.reference, upload.name, upload.metadata,
       upload.size, name_of(upload.state), upload.created_at, upload.expires_at}));
  return {};
}

Expected<void> keep_progress(storage::Transaction& transaction, const ResumableUpload& upload) {
  return require_open(
      transaction.execute("UPDATE resumable_uploads SET received = ?, expires_at = ? WHERE id = ? AND state = 'open'",
                          {upload.received, upload.expires_at, upload.id.text()}));
}

Expected<void> keep_end(storage::Transaction& transaction, const ResumableUpload& upload) {
  const auto asset = upload.asset ? std::optional(upload.asset->text()) : std::nullopt;
  return require_open(transaction.execute(
      "UPDATE resumable_uploads SET state = ?, asset = ?, expires_at = ? WHERE id = ? AND state = 'open'",
      {name_of(upload.state), asset, upload.expires_at, upload.id.text()}));
}

Expected<int> forget_ended(storage::Transaction& transaction, core::Timestamp now, int limit) {
  KITH_TRY_ASSIGN(count, transaction.execute("DELETE FROM resumable_uploads WHERE id IN (SELECT id FROM "
                                             "resumable_uploads WHERE expires_at <= ? AND state <> 'open' LIMIT ?)",
                                             {now, limit}));
  return static_cast<int>(count);
}

}  // namespace kith::assets
