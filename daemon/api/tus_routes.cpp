#include "daemon/api/tus_routes.hpp"

#include <exception>

#include "core/crypto/sha256.hpp"
#include "core/encoding.hpp"
#include "daemon/api/idempotency.hpp"
#include "daemon/api/tus_answers.hpp"
#include "daemon/api/tus_protocol.hpp"
#include "daemon/api/tus_sinks.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

using SinkPtr = std::unique_ptr<BodySink>;
using DoorPtr = std::shared_ptr<const TusDoor>;

// A request to one upload, allowed and in the right version.
struct Admitted {
  core::UserId owner;
  core::UploadId id;
};

Expected<Admitted> admit(const TusDoor& door, const Request& request) {
  KITH_TRY_ASSIGN(owner, door.admit(request));
  KITH_TRY(check_query(request, door.query));
  KITH_TRY(check_tus_version(request));
  auto id = core::UploadId::parse(request.path_value("id"));
  if (!id) return fail(ErrorCode::not_found, "no such upload");
  return Admitted{std::move(owner), std::move(*id)};
}

Expected<void> require_content_type(const Request& request) {
  if (request.headers.get("Content-Type") == kTusContentType) return {};
  return fail(ErrorCode::unsupported_media_type,
              "The bytes of an upload come as Content-Type: " + std::string(kTusContentType));
}

Expected<std::optional<assets::UploadChecksum>> checksum_of(const Request& request) {
  if (request.headers.count("Upload-Checksum") > 1) return fail(ErrorCode::bad_request, "Upload-Checksum stands twice");
  const auto field = request.headers.get("Upload-Checksum");
  if (!field) return std::nullopt;
  KITH_TRY_ASSIGN(checksum, parse_tus_checksum(*field));
  return checksum;
}

// --- POST to the collection

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
  if (request.content_length != 0) KITH_TRY(require_content_type(request));
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
  KITH_TRY_ASSIGN(checksum, checksum_of(request));
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

Expected<SinkPtr> open_creation(const Services& services, const TusDoor& door, const Request& request) {
  if (overridden_method(request) != Method::post) return fail(ErrorCode::method_not_allowed);
  KITH_TRY_ASSIGN(wanted, wish_of(door, request));
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

// --- one upload

Expected<SinkPtr> open_append(const Services& services, const Admitted& admitted, const Request& request) {
  KITH_TRY(require_content_type(request));
  KITH_TRY_ASSIGN(offset, required_tus_number(request, "Upload-Offset"));
  KITH_TRY_ASSIGN(checksum, checksum_of(request));
  KITH_TRY_ASSIGN(writing, services.assets.resumable().open(admitted.owner, admitted.id, offset, request.content_length,
                                                            std::move(checksum)));
  return std::make_unique<TusAppendSink>(services, request, std::move(writing));
}

Expected<Response> describe(const Services& services, const TusDoor& door, const Request& request) {
  KITH_TRY_ASSIGN(admitted, admit(door, request));
  KITH_TRY_ASSIGN(upload, services.assets.resumable().find(admitted.owner, admitted.id));
  return tus_description(upload);
}

Expected<Response> terminate(const Services& services, const TusDoor& door, const Request& request) {
  KITH_TRY_ASSIGN(admitted, admit(door, request));
  KITH_TRY(services.assets.resumable().terminate(admitted.owner, admitted.id));
  return with_tus_fields(Response::empty(204));
}

// A refusal says when the upload runs out, where there is one to speak of.
Response refusal_about(const Services& services, const Admitted& admitted, const Request& request,
                       const core::Error& error) {
  const auto upload = services.assets.resumable().peek(admitted.owner, admitted.id);
  return tus_refusal(services, request, error, upload ? &*upload : nullptr);
}

Expected<SinkPtr> open_change(const Services& services, const TusDoor& door, const Request& request) {
  const auto method = overridden_method(request);
  if (method == Method::delete_) {
    KITH_TRY_ASSIGN(answer, terminate(services, door, request));
    return std::make_unique<AnsweredSink>(std::move(answer));
  }
  if (method != Method::patch) return fail(ErrorCode::method_not_allowed);
  KITH_TRY_ASSIGN(admitted, admit(door, request));
  auto sink = open_append(services, admitted, request);
  if (sink) return sink;
  return std::make_unique<AnsweredSink>(refusal_about(services, admitted, request, sink.error()));
}

// --- the routes

using Run = Expected<Response> (*)(const Services&, const TusDoor&, const Request&);
using Open = Expected<SinkPtr> (*)(const Services&, const TusDoor&, const Request&);

Route route_of(const TusDoor& door, Method method, const std::string& pattern) {
  Route route;
  route.method = method;
  route.pattern = pattern;
  route.on_local = door.on_local;
  route.on_public = door.on_public;
  return route;
}

void add_answered(Router& router, const Services& services, const DoorPtr& door, Method method, Run run) {
  auto route = route_of(*door, method, door->upload_pattern);
  EndpointSpec spec;
  spec.method = method;
  spec.pattern = route.pattern;
  spec.access = door->access;
  spec.query = door->query;
  route.endpoint = std::make_shared<const EndpointSpec>(std::move(spec));
  route.handle = [&services, door, run](const Request& request, const Reply& reply) {
    try {
      auto answer = run(services, *door, request);
      reply(answer ? std::move(*answer) : tus_refusal(services, request, answer.error()));
    } catch (const std::exception& problem) {
      reply(tus_refusal(services, request, core::Error{ErrorCode::internal, problem.what(), {}, {}}));
    }
  };
  router.add(std::move(route));
}

void add_streamed(Router& router, const Services& services, const DoorPtr& door, Method method,
                  const std::string& pattern, Open open) {
  auto route = route_of(*door, method, pattern);
  route.open_sink = [&services, door, open](const Request& request) -> Expected<SinkPtr> {
    auto sink = open(services, *door, request);
    if (sink) return sink;
    return std::make_unique<AnsweredSink>(tus_refusal(services, request, sink.error()));
  };
  router.add(std::move(route));
}

void add_abilities(Router& router, const Services& services, const TusDoor& door, const std::string& pattern) {
  auto route = route_of(door, Method::options, pattern);
  route.handle = [&services](const Request&, const Reply& reply) { reply(tus_abilities(services)); };
  router.add(std::move(route));
}

}  // namespace

void add_tus_routes(Router& router, const Services& services, TusDoor opened) {
  const auto door = std::make_shared<const TusDoor>(std::move(opened));
  for (const auto& pattern : {door->pattern, door->upload_pattern}) add_abilities(router, services, *door, pattern);
  add_streamed(router, services, door, Method::post, door->pattern, open_creation);
  add_streamed(router, services, door, Method::patch, door->upload_pattern, open_change);
  add_streamed(router, services, door, Method::post, door->upload_pattern, open_change);
  add_answered(router, services, door, Method::head, describe);
  add_answered(router, services, door, Method::delete_, terminate);
}

}  // namespace kith::daemon
