// The files API: store, get, list and delete by name, for any HTTP client.
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "daemon/api/content.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/idempotency.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/api/whole_file.hpp"
#include "federation/net/instance_identity.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

// Writes a body into an upload; the asset is there once finish() answered 201.
class UploadSink final : public BodySink {
 public:
  UploadSink(const Services& services, std::unique_ptr<assets::Upload> upload)
      : services_(services), upload_(std::move(upload)) {}

  Expected<void> write(core::ByteView piece) override { return upload_->write(piece); }

  Expected<Response> finish() override {
    KITH_TRY_ASSIGN(asset, upload_->commit());
    Names names(services_.accounts.users(), services_.identity.domain());
    const auto shares = services_.assets.shares().shares_of(asset.owner, std::span(&asset.id, 1));
    auto response = Response::json(
        201, core::to_json_text(asset_json(asset, names, shares ? *shares : std::vector<assets::Share>{})));
    response.headers.set("Location", "/api/assets/" + asset.id.text());
    response.headers.set("ETag", assets::entity_tag(asset.digest));
    return response;
  }

 private:
  const Services& services_;
  std::unique_ptr<assets::Upload> upload_;
};

// Keeps a sink's answer under the request's idempotency key, or frees the key when the upload ends without one.
class OnceSink final : public BodySink {
 public:
  OnceSink(Idempotency& idempotency, core::UserId user, std::string key, std::unique_ptr<BodySink> sink)
      : idempotency_(idempotency), user_(std::move(user)), key_(std::move(key)), sink_(std::move(sink)) {}
  ~OnceSink() override {
    if (!finished_) idempotency_.finish(user_, key_, nullptr);
  }
  Expected<void> write(core::ByteView piece) override { return sink_->write(piece); }
  Expected<Response> finish() override {
    auto response = sink_->finish();
    idempotency_.finish(user_, key_, response ? &*response : nullptr);
    finished_ = true;
    return response;
  }

 private:
  Idempotency& idempotency_;
  const core::UserId user_;
  const std::string key_;
  std::unique_ptr<BodySink> sink_;
  bool finished_ = false;
};

// The answer is known already: takes the body only to see that it is the one from the first time.
class RepeatedSink final : public BodySink {
 public:
  explicit RepeatedSink(Idempotency::Answer answer) : answer_(std::move(answer)) {}
  Expected<void> write(core::ByteView piece) override {
    hash_.update(piece);
    return {};
  }
  Expected<Response> finish() override {
    const auto first = core::parse_json_object(answer_.body);
    if (first && core::required_text(*first, "digest", 128) == core::digest_text(hash_.finish())) {
      return answer_.response();
    }
    return fail(ErrorCode::idempotency_mismatch, "Use a fresh Idempotency-Key for other content.");
  }

 private:
  const Idempotency::Answer answer_;
  core::Sha256 hash_;
};

Expected<std::unique_ptr<BodySink>> begin_upload(const Services& services, const Request& request,
                                                 const core::UserId& user, std::string_view name) {
  KITH_TRY_ASSIGN(upload, services.assets.uploads().begin(user, name, request.content_length));
  return std::make_unique<UploadSink>(services, std::move(upload));
}

Expected<std::unique_ptr<BodySink>> open_sink(const Services& services, const Request& request,
                                              const core::UserId& user, std::string_view name) {
  KITH_TRY(require_whole_file(request));
  const auto key = request.headers.get("Idempotency-Key");
  if (!key) return begin_upload(services, request, user, name);
  KITH_TRY_ASSIGN(earlier, services.idempotency.begin(user, *key, Idempotency::fingerprint(request)));
  if (earlier) return std::make_unique<RepeatedSink>(std::move(*earlier));
  auto sink = begin_upload(services, request, user, name);
  if (!sink) {
    services.idempotency.finish(user, *key, nullptr);
    return tl::make_unexpected(std::move(sink.error()));
  }
  return std::make_unique<OnceSink>(services.idempotency, user, std::string(*key), std::move(*sink));
}

Expected<std::string> file_name(const Request& request) {
  const auto name = request.query_value("filename");
  if (!name) return fail(ErrorCode::bad_request, "say which file with ?filename=NAME");
  return std::string(*name);
}

Expected<Response> get_content(const Call& call, std::string_view name) {
  KITH_TRY_ASSIGN(content, call.services.assets.catalogue().open_by_name(call.user(), name));
  return content_response(call.request, content, true);
}

Expected<Response> list_files(const Call& call) {
  KITH_TRY_ASSIGN(page, list_parameters(call.request));
  auto& assets = call.services.assets;
  KITH_TRY_ASSIGN(found, assets.catalogue().list(call.user(), {}, {page.cursor.value_or(""), page.limit}));
  std::vector<core::AssetId> ids;
  for (const auto& asset : found.items) ids.push_back(asset.id);
  KITH_TRY_ASSIGN(shares, assets.shares().shares_of(call.user(), ids));
  Names names(call.services.accounts.users(), call.services.identity.domain());
  Json items = Json::array();
  for (const auto& asset : found.items) items.push_back(asset_json(asset, names, shares));
  return Response::json(200, list_text(std::move(items), found.next));
}

Expected<Response> get_file_or_list(const Call& call) {
  if (const auto name = call.request.query_value("filename")) return get_content(call, *name);
  return list_files(call);
}

Expected<Response> delete_file(const Call& call) {
  KITH_TRY_ASSIGN(name, file_name(call.request));
  KITH_TRY(call.services.assets.catalogue().remove_by_name(call.user(), name));
  return Response::empty(204);
}

}  // namespace

void add_file_routes(Router& router, const Services& services) {
  Route post;
  post.method = Method::post;
  post.pattern = "/files";
  const auto may_post = permit_of(post.method, post.pattern);
  post.open_sink = [&services, may_post](const Request& request) -> Expected<std::unique_ptr<BodySink>> {
    KITH_TRY_ASSIGN(who, authorise(services, request, may_post));
    KITH_TRY(check_query(request, {"filename"}));
    KITH_TRY_ASSIGN(name, file_name(request));
    return open_sink(services, request, who->user, name);
  };
  router.add(std::move(post));

  Route put;
  put.method = Method::put;
  put.pattern = "/files/{name}";
  const auto may_put = permit_of(put.method, put.pattern);
  put.open_sink = [&services, may_put](const Request& request) -> Expected<std::unique_ptr<BodySink>> {
    KITH_TRY_ASSIGN(who, authorise(services, request, may_put));
    KITH_TRY(check_query(request, {}));
    return open_sink(services, request, who->user, request.path_value("name"));
  };
  router.add(std::move(put));

  add_endpoint(
      router, services,
      {.method = Method::get, .pattern = "/files", .query = {"filename", "cursor", "limit"}, .run = get_file_or_list});
  add_endpoint(router, services, {.method = Method::get, .pattern = "/files/{name}", .run = [](const Call& call) {
                                    return get_content(call, call.request.path_value("name"));
                                  }});
  add_endpoint(router, services,
               {.method = Method::delete_, .pattern = "/files", .query = {"filename"}, .run = delete_file});
}

}  // namespace kith::daemon
