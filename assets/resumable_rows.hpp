#pragma once
// Resumable uploads in the database. For assets/ only; functions of a transaction.

#include <optional>
#include <string_view>
#include <vector>

#include "assets/resumable.hpp"
#include "storage/database.hpp"
#include "storage/partial_content.hpp"

namespace kith::assets {

[[nodiscard]] core::Expected<std::optional<ResumableUpload>> find_upload(storage::Reader& reader,
                                                                         const core::UploadId& id);
// Those of `owner` that are open, the oldest first.
[[nodiscard]] core::Expected<std::vector<ResumableUpload>> open_uploads_of(storage::Reader& reader,
                                                                           const core::UserId& owner);
// Open ones of one reference of a target.
[[nodiscard]] core::Expected<std::vector<ResumableUpload>> open_uploads_to(storage::Reader& reader,
                                                                           std::string_view target,
                                                                           std::string_view reference);
// Open ones whose time is over.
[[nodiscard]] core::Expected<std::vector<ResumableUpload>> expired_uploads(storage::Reader& reader, core::Timestamp now,
                                                                           int limit);
[[nodiscard]] core::Expected<std::vector<storage::KnownPartial>> known_partials(storage::Reader& reader);

// too_many_requests beyond kOpenUploadsPerUser; forgets the oldest ended ones of the owner beyond kEndedUploadsPerUser.
[[nodiscard]] core::Expected<void> insert_upload(storage::Transaction& transaction, const ResumableUpload& upload);
// These fail with gone when the upload is no longer open.
[[nodiscard]] core::Expected<void> keep_progress(storage::Transaction& transaction, const ResumableUpload& upload);
[[nodiscard]] core::Expected<void> keep_end(storage::Transaction& transaction, const ResumableUpload& upload);

// The number of ended ones that are forgotten by now.
[[nodiscard]] core::Expected<int> forget_ended(storage::Transaction& transaction, core::Timestamp now, int limit);

[[nodiscard]] core::Unexpected upload_is_gone();

}  // namespace kith::assets
