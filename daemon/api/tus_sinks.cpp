#include "daemon/api/tus_sinks.hpp"

#include "daemon/api/tus_answers.hpp"

namespace kith::daemon {

using core::Expected;

namespace {

// What refusals need of a request, without its fields.
Request head_of(const Request& request) {
  Request head;
  head.method = request.method;
  head.path = request.path;
  head.request_id = request.request_id;
  return head;
}

}  // namespace

TusAppendSink::TusAppendSink(const Services& services, const Request& request,
                             std::unique_ptr<assets::ResumableWriting> writing)
    : services_(services), head_(head_of(request)), writing_(std::move(writing)) {}

Expected<void> TusAppendSink::write(core::ByteView piece) {
  auto written = writing_->write(piece);
  if (!written)
    refusal_ = std::make_shared<Response>(tus_refusal(services_, head_, written.error(), &writing_->upload()));
  return written;
}

Expected<Response> TusAppendSink::finish() {
  const auto upload = writing_->finish();
  if (!upload) return tus_refusal(services_, head_, upload.error(), &writing_->upload());
  return tus_progress(204, *upload);
}

TusCreationSink::TusCreationSink(const Services& services, const Request& request, assets::ResumableUpload upload,
                                 std::string location, std::unique_ptr<assets::ResumableWriting> writing)
    : services_(services),
      head_(head_of(request)),
      upload_(std::move(upload)),
      location_(std::move(location)),
      writing_(std::move(writing)) {}

TusCreationSink::~TusCreationSink() {
  if (answered_) return;
  writing_.reset();
  if (const auto ended = services_.assets.resumable().terminate(upload_.owner, upload_.id); !ended)
    services_.log.warning("an upload that nobody knows of is left", {{"detail", ended.error().detail}});
}

Expected<void> TusCreationSink::write(core::ByteView piece) {
  auto written = writing_ ? writing_->write(piece) : core::fail(core::ErrorCode::too_large, "there was to be no body");
  if (!written) refusal_ = std::make_shared<Response>(tus_refusal(services_, head_, written.error()));
  return written;
}

Expected<Response> TusCreationSink::finish() {
  if (writing_) {
    auto upload = writing_->finish();
    if (!upload) return tus_refusal(services_, head_, upload.error());
    upload_ = std::move(*upload);
  }
  answered_ = true;
  auto response = tus_progress(201, upload_);
  response.headers.set("Location", location_);
  return response;
}

}  // namespace kith::daemon
