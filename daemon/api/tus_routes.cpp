#include "daemon/api/tus_routes.hpp"

#include <exception>

#include "daemon/api/tus_answers.hpp"
#include "daemon/api/tus_creation.hpp"
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

Expected<SinkPtr> open_append(const Services& services, const Admitted& admitted, const Request& request) {
  KITH_TRY(check_tus_content_type(request));
  KITH_TRY_ASSIGN(offset, required_tus_number(request, "Upload-Offset"));
  KITH_TRY_ASSIGN(checksum, tus_checksum_of(request));
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
  KITH_TRY_ASSIGN(admitted, admit(door, request));
  const auto method = overridden_method(request);
  if (method == Method::delete_) {
    KITH_TRY_ASSIGN(answer, terminate(services, door, request));
    return std::make_unique<AnsweredSink>(std::move(answer));
  }
  if (method != Method::patch) return fail(ErrorCode::method_not_allowed);
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
  add_streamed(router, services, door, Method::post, door->pattern, open_tus_creation);
  add_streamed(router, services, door, Method::patch, door->upload_pattern, open_change);
  add_streamed(router, services, door, Method::post, door->upload_pattern, open_change);
  add_answered(router, services, door, Method::head, describe);
  add_answered(router, services, door, Method::delete_, terminate);
}

}  // namespace kith::daemon
