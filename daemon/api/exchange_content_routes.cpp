// Content of exchanges at presigned addresses, on both listeners.
#include <nlohmann/json.hpp>

#include "assets/exchanges.hpp"
#include "daemon/api/content.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/exchange_body.hpp"
#include "daemon/api/exchange_json.hpp"
#include "daemon/api/exchange_zip.hpp"
#include "daemon/api/presigned_urls.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/api/whole_file.hpp"
#include "daemon/api/zip_body.hpp"
#include "daemon/http/conditional.hpp"

namespace kith::daemon {
namespace {

using assets::ExchangeContent;
using assets::ExchangeDownload;
using assets::ExchangeTicketId;
using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr const char* kPattern = "/exchange/content/{object}";

// Nothing that a token opened is kept by anybody on the way, or found by search engines.
void keep_private(Response& response) {
  response.headers.set("Cache-Control", "private, no-store");
  response.headers.set("X-Robots-Tag", "noindex, nofollow");
}

Expected<ExchangeTicketId> ticket_of(const Presigned& what) {
  const auto id = ExchangeTicketId::parse(what.id);
  if (!id) return fail(ErrorCode::forbidden);
  return *id;
}

// ---- Down

// Takes a place, and gives what is to be sent of it.
Expected<StreamedBody> begin_file(const Services& services, const ExchangeTicketId& ticket, const ByteRange& range) {
  KITH_TRY_ASSIGN(begun, services.assets.exchanges().begin_download(ticket));
  const std::shared_ptr<ExchangeDownload> download = std::move(begun);
  KITH_TRY_ASSIGN(reader, download->open(0));
  if (range.length == 0) KITH_TRY(download->sent(range.offset, 0));  // nothing will be asked of the body
  return StreamedBody{counted(blob_body(std::move(reader), range), range, download), range.length};
}

Expected<Response> file_response(const Services& services, const Request& request, const ExchangeContent& content) {
  using Body = std::variant<std::string, FileSlice, StreamedBody>;
  const auto& file = content.files.front();
  std::optional<core::Error> problem;
  const Representation representation{file.size, assets::entity_tag(file.digest), std::nullopt};
  auto response = conditional_response(request, representation, [&](const ByteRange& range) -> Body {
    if (request.method == Method::head) return StreamedBody{nullptr, range.length};
    auto body = begin_file(services, content.ticket.id, range);
    if (body) return std::move(*body);
    problem = std::move(body.error());
    return std::string();
  });
  if (problem) return tl::make_unexpected(std::move(*problem));
  describe_download(response, file.name, file.media_type, file.digest);
  return response;
}

Expected<Response> archive_response(const Services& services, const Request& request, const ExchangeContent& content) {
  auto response = Response::empty(200);
  describe_zip(response, kExchangeZipName);
  response.body = StreamedBody{nullptr, content.ticket.size};
  if (request.method == Method::head) return response;
  KITH_TRY_ASSIGN(begun, services.assets.exchanges().begin_download(content.ticket.id));
  const std::shared_ptr<ExchangeDownload> download = std::move(begun);
  auto archive = exchange_zip(download);
  const auto size = archive->size();
  if (size != content.ticket.size) return fail(ErrorCode::internal, "an archive has another size than was told");
  response.body = StreamedBody{counted(zip_body(std::move(archive), services.log), {0, size}, download), size};
  return response;
}

Expected<Response> get_content(const Services& services, const Request& request) {
  KITH_TRY_ASSIGN(what, services.presigned.verify(PresignedUse::download, request.target));
  KITH_TRY_ASSIGN(ticket, ticket_of(what));
  KITH_TRY_ASSIGN(content, services.assets.exchanges().look(ticket));
  if (content.files.empty()) return fail(ErrorCode::forbidden);
  auto response = content.ticket.is_archive ? archive_response(services, request, content)
                                            : file_response(services, request, content);
  if (response) keep_private(*response);
  return response;
}

// ---- Up

class ExchangeSink final : public BodySink {
 public:
  ExchangeSink(const Services& services, std::unique_ptr<assets::ExchangeUpload> upload)
      : services_(services), upload_(std::move(upload)) {}

  Expected<void> write(core::ByteView piece) override { return upload_->write(piece); }

  Expected<Response> finish() override {
    KITH_TRY_ASSIGN(file, upload_->commit());
    const auto& ticket = upload_->ticket();
    auto exchange = services_.assets.exchanges().find(ticket.owner, ticket.exchange);
    if (!exchange) exchange = ended();
    auto response = Response::json(201, core::to_json_text(uploaded_json(file, *exchange)));
    response.headers.set("ETag", assets::entity_tag(file.digest));
    keep_private(response);
    return response;
  }

 private:
  // It went the moment after the file had come.
  static assets::Exchange ended() {
    assets::Exchange exchange;
    exchange.state = assets::ExchangeState::revoked;
    exchange.finished = true;
    return exchange;
  }
  const Services& services_;
  std::unique_ptr<assets::ExchangeUpload> upload_;
};

Expected<std::unique_ptr<BodySink>> open_sink(const Services& services, const Request& request) {
  KITH_TRY_ASSIGN(what, services.presigned.verify(PresignedUse::upload, request.target));
  KITH_TRY(require_whole_file(request));
  const auto length = request.content_length.value_or(what.size);
  if (length != what.size) {
    return fail(length > what.size ? ErrorCode::too_large : ErrorCode::bad_request,
                "This address is for " + std::to_string(what.size) + " bytes, not " + std::to_string(length) + ".");
  }
  KITH_TRY_ASSIGN(ticket, ticket_of(what));
  KITH_TRY_ASSIGN(upload, services.assets.exchanges().begin_upload(ticket));
  return std::make_unique<ExchangeSink>(services, std::move(upload));
}

}  // namespace

void add_exchange_content_routes(Router& router, const Services& services) {
  Route get;
  get.pattern = kPattern;
  get.on_public = true;
  get.handle = [&services](Request request, const Reply& reply) {
    auto result = get_content(services, request);
    reply(result ? std::move(*result) : error_answer(services, request, result.error()));
  };
  router.add(std::move(get));
  for (const auto method : {Method::put, Method::post}) {
    Route up;
    up.method = method;
    up.pattern = kPattern;
    up.on_public = true;
    up.open_sink = [&services](const Request& request) { return open_sink(services, request); };
    router.add(std::move(up));
  }
}

}  // namespace kith::daemon
