#include "daemon/api/tus_answers.hpp"

#include "daemon/api/endpoint.hpp"
#include "daemon/api/tus_protocol.hpp"
#include "daemon/http/http_date.hpp"

namespace kith::daemon {
namespace {

void set_expiry(Response& response, const assets::ResumableUpload& upload) {
  if (upload.state == assets::UploadState::open)
    response.headers.set("Upload-Expires", format_http_date(upload.expires_at));
}

}  // namespace

Response with_tus_fields(Response response) {
  response.headers.set("Tus-Resumable", kTusVersion);
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Response tus_refusal(const Services& services, const Request& request, const core::Error& error,
                     const assets::ResumableUpload* upload) {
  auto response = with_tus_fields(error_answer(services, request, error));
  if (error.code == core::ErrorCode::precondition_failed) response.headers.set("Tus-Version", kTusVersion);
  if (upload != nullptr) set_expiry(response, *upload);
  return response;
}

Response tus_abilities(const Services& services) {
  auto response = with_tus_fields(Response::empty(204));
  response.headers.set("Tus-Version", kTusVersion);
  response.headers.set("Tus-Extension", kTusExtensions);
  response.headers.set("Tus-Max-Size", std::to_string(services.assets.max_file_bytes()));
  response.headers.set("Tus-Checksum-Algorithm", kTusChecksums);
  return response;
}

Response tus_progress(int status, const assets::ResumableUpload& upload) {
  auto response = with_tus_fields(Response::empty(status));
  response.headers.set("Upload-Offset", std::to_string(upload.received));
  set_expiry(response, upload);
  if (upload.asset) response.headers.set("X-Kith-Asset", upload.asset->text());
  return response;
}

Response tus_description(const assets::ResumableUpload& upload) {
  auto response = tus_progress(200, upload);
  response.headers.set("Upload-Length", std::to_string(upload.size));
  if (!upload.metadata.empty()) response.headers.set("Upload-Metadata", upload.metadata);
  return response;
}

}  // namespace kith::daemon
