#pragma once
// Answers of tus 1.0.0: every one has its fields, refusals included.

#include <optional>

#include "assets/resumable.hpp"
#include "daemon/api/services.hpp"
#include "daemon/http/message.hpp"

namespace kith::daemon {

// Tus-Resumable and Cache-Control: no-store.
Response with_tus_fields(Response response);
// A problem document; `upload`, if known: the one it is about.
Response tus_refusal(const Services& services, const Request& request, const core::Error& error,
                     const assets::ResumableUpload* upload = nullptr);
// What the server can (OPTIONS).
Response tus_abilities(const Services& services);
// How far an upload is, with Upload-Expires while it is open and X-Kith-Asset once it is an asset.
Response tus_progress(int status, const assets::ResumableUpload& upload);
// The answer to HEAD: progress, length and metadata.
Response tus_description(const assets::ResumableUpload& upload);

}  // namespace kith::daemon
