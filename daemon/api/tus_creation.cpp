#include "daemon/api/tus_creation.hpp"

#include <utility>

#include "core/crypto/sha256.hpp"
#include "core/encoding.hpp"
#include "daemon/api/idempotency.hpp"
#include "daemon/api/tus_answers.hpp"
#include "daemon/api/tus_protocol.hpp"
#include "daemon/api/tus_sinks.hpp"

namespace kith::daemon {

using core::ErrorCode;
using core::Expected;
using core::fail;
using SinkPtr = std::unique_ptr<BodySink>;

namespace {

struct Wanted {
  core::UserId owner;
  assets::NewResumable wish;
  std::shared_ptr<TusClaim> claim;
};

Expected<Wanted> wish_of(const TusDoor& door, const Request& request) {
  KITH_TRY_ASSIGN(admission, door.admit_creation(request));
  KITH_TRY(check_query(request, door.query));
  KITH_TRY(check_tus_version(request));
  KITH_TRY_ASSIGN(creation, parse_tus_creation(request));
  if (request.content_length != 0) KITH_TRY(check_tus_content_type(request));
  if (admission.size && creation.size != *admission.size)
    return fail(ErrorCode::bad_request, "Upload-Length must be " + std::to_string(*admission.size) + ", as asked for");
  if (request.content_length.value_or(0) > creation.size)
    return fail(ErrorCode::too_large, "more bytes come than Upload-Length says");
  if (!admission.name && !creation.filename)
    return fail(ErrorCode::bad_request, "Upload-Metadata must say `filename`, its value in base64");
  assets::NewResumable wish;
  wish.name = admission.name ? std::move(*admission.name) : std::move(*creation.filename);
  wish.size = creation.size;
  wish.metadata = std::move(creation.metadata);
  wish.target = std::move(admission.target);
  wish.reference = std::move(admission.reference);
  return Wanted{std::move(admission.owner), std::move(wish), std::move(admission.claim)};
}

Expected<std::unique_ptr<TusCreationSink>> create(const Services& services, const TusDoor& door, const Request& request,
                                                  Wanted wanted) {
  const auto& owner = wanted.owner;
  auto& uploads = services.assets.resumable();
  KITH_TRY_ASSIGN(checksum, tus_checksum_of(request));
  KITH_TRY_ASSIGN(upload, uploads.create(owner, std::move(wanted.wish)));
  if (wanted.claim) wanted.claim->keep();
  const auto id = upload.id;
  const auto size = upload.size;
  std::unique_ptr<assets::ResumableWriting> writing;
  // One without a byte is whole at once.
  if (request.content_length != 0 || size == 0) {
    auto opened = uploads.open(owner, id, 0, request.content_length, std::move(checksum));
    if (!opened) {
      (void)uploads.terminate(owner, id);
      return tl::make_unexpected(std::move(opened.error()));
    }
    writing = std::move(*opened);
  }
  return std::make_unique<TusCreationSink>(services, request, std::move(upload), door.location(request, id),
                                           std::move(writing));
}

// Two creations are the same when they want the same.
core::Digest fingerprint(const Request& request) {
  core::Sha256 hash;
  hash.update(Idempotency::fingerprint(request).view());
  for (const auto* name : {"Upload-Length", "Upload-Metadata"}) {
    hash.update(core::as_bytes(request.headers.get(name).value_or("")));
    hash.update(core::as_bytes(std::string_view("\n")));
  }
  return hash.finish();
}

// The answer of the first time, with how far the upload has come since.
Response repeated(const Services& services, const core::UserId& owner, const Idempotency::Answer& earlier) {
  auto response = with_tus_fields(earlier.response());
  const auto location = std::string_view(*earlier.location);
  const auto id = core::UploadId::parse(location.substr(location.rfind('/') + 1));
  if (!id) return response;
  const auto upload = services.assets.resumable().find(owner, *id);
  if (!upload) return response;
  response = tus_progress(earlier.status, *upload);
  response.headers.set("Location", location);
  return response;
}

// Keeps a creation's answer under its idempotency key, or frees the key when there is none.
class OnceCreatedSink final : public BodySink {
 public:
  OnceCreatedSink(Idempotency& idempotency, core::UserId user, std::string key, SinkPtr sink)
      : idempotency_(idempotency), user_(std::move(user)), key_(std::move(key)), sink_(std::move(sink)) {}
  ~OnceCreatedSink() override {
    if (!finished_) idempotency_.finish(user_, key_, nullptr);
  }
  Expected<void> write(core::ByteView piece) override { return sink_->write(piece); }
  Expected<Response> finish() override {
    auto response = sink_->finish();
    idempotency_.finish(user_, key_, response ? &*response : nullptr);
    finished_ = true;
    return response;
  }
  std::shared_ptr<Response> early_answer() override { return sink_->early_answer(); }

 private:
  Idempotency& idempotency_;
  const core::UserId user_;
  const std::string key_;
  const SinkPtr sink_;
  bool finished_ = false;
};

}  // namespace

Expected<SinkPtr> open_tus_creation(const Services& services, const TusDoor& door, const Request& request) {
  KITH_TRY_ASSIGN(wanted, wish_of(door, request));
  if (overridden_method(request) != Method::post) return fail(ErrorCode::method_not_allowed);
  const auto owner = wanted.owner;
  const auto key = request.headers.get("Idempotency-Key");
  if (!key || !door.takes_idempotency_key) {
    KITH_TRY_ASSIGN(sink, create(services, door, request, std::move(wanted)));
    return sink;
  }
  KITH_TRY_ASSIGN(earlier, services.idempotency.begin(owner, *key, fingerprint(request)));
  if (earlier && earlier->location) return std::make_unique<AnsweredSink>(repeated(services, owner, *earlier));
  auto sink = create(services, door, request, std::move(wanted));
  if (!sink) {
    services.idempotency.finish(owner, *key, nullptr);
    return tl::make_unexpected(std::move(sink.error()));
  }
  return std::make_unique<OnceCreatedSink>(services.idempotency, owner, std::string(*key), std::move(*sink));
}

}  // namespace kith::daemon
