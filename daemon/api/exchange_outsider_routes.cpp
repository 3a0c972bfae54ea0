// What whoever holds a token of an exchange may ask: what it is good for, and where to put or get content.
#include <charconv>
#include <nlohmann/json.hpp>

#include "assets/exchanges.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/exchange_door.hpp"
#include "daemon/api/exchange_json.hpp"
#include "daemon/api/exchange_zip.hpp"
#include "daemon/api/presigned_urls.hpp"
#include "daemon/api/routes.hpp"

namespace kith::daemon {
namespace {

using assets::ExchangeTicket;
using core::ErrorCode;
using core::Expected;
using core::fail;
using core::Json;

// Decimal digits and nothing else.
template <class Number>
Expected<Number> number_in(std::string_view text, const char* name) {
  Number number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop != text.data() + text.size()) {
    return fail(ErrorCode::bad_request, std::string(name) + " must be a whole number");
  }
  return number;
}

// An address that begins as the public listener is reached from outside.
Expected<std::string> url_of(const Services& services, PresignedUse use, const ExchangeTicket& ticket) {
  const core::Timestamp until{std::chrono::floor<std::chrono::seconds>(ticket.expires_at)};
  std::string object = ticket.exchange.text();
  if (use == PresignedUse::download) {
    object += ticket.is_archive ? std::string(".zip") : "." + std::to_string(ticket.first_file);
  }
  KITH_TRY_ASSIGN(target, services.presigned.sign({use, std::move(object), ticket.size, until, ticket.id.text()}));
  return services.config.instance.public_url + target;
}

std::string expiry_text(const ExchangeTicket& ticket) {
  return core::format_timestamp(core::Timestamp{std::chrono::floor<std::chrono::seconds>(ticket.expires_at)});
}

// What tokens open is nobody else's, and nothing for search engines.
Response told(Response response) {
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Robots-Tag", "noindex, nofollow");
  return response;
}

Response told(const Json& value) {
  return told(Response::json(200, core::to_json_text(value)));
}

Expected<Response> get_info(const Call& call) {
  KITH_TRY_ASSIGN(visit, call.services.exchange_door.visit(call.request));
  return told(visit_json(visit, call.services));
}

Expected<Response> get_upload_url(const Call& call) {
  KITH_TRY_ASSIGN(visit, call.services.exchange_door.visit(call.request));
  const auto name = call.request.query_value("filename");
  const auto size_text = call.request.query_value("size");
  if (!name || !size_text) {
    return fail(ErrorCode::bad_request, "Say which file with ?filename=NAME&size=BYTES.");
  }
  KITH_TRY_ASSIGN(size, number_in<std::uint64_t>(*size_text, "size"));
  std::optional<std::string> sealed_name;
  if (const auto text = call.request.query_value("sealed_name")) sealed_name = std::string(*text);
  KITH_TRY_ASSIGN(ticket, call.services.assets.exchanges().ticket_for_upload(visit, *name, sealed_name, size));
  KITH_TRY_ASSIGN(url, url_of(call.services, PresignedUse::upload, ticket));
  KITH_TRY_ASSIGN(resumable_url, url_of(call.services, PresignedUse::resumable, ticket));
  return told(Json{{"url", url},
                   {"method", "PUT"},
                   {"headers", Json::object()},
                   {"expires_at", expiry_text(ticket)},
                   {"resumable_url", resumable_url}});
}

Expected<Response> get_archive_url(const Call& call, const assets::ExchangeVisit& visit) {
  const auto& exchange = visit.exchange;
  if (exchange.encrypted) {
    return fail(ErrorCode::conflict, "Encrypted files are got one by one: only who has the key knows their names.");
  }
  KITH_TRY_ASSIGN(ticket,
                  call.services.assets.exchanges().ticket_for_archive(visit, exchange_zip_size(exchange.files)));
  KITH_TRY_ASSIGN(url, url_of(call.services, PresignedUse::download, ticket));
  return told(Json{{"url", url},
                   {"filename", kExchangeZipName},
                   {"size", ticket.size},
                   {"digest", nullptr},
                   {"expires_at", expiry_text(ticket)}});
}

Expected<Response> get_download_url(const Call& call) {
  KITH_TRY_ASSIGN(visit, call.services.exchange_door.visit(call.request));
  const auto all = call.request.query_value("all");
  const auto file_text = call.request.query_value("file");
  if (all && (*all != "zip" || file_text)) {
    return fail(ErrorCode::bad_request, "Ask for ?file=NUMBER, or for ?all=zip.");
  }
  std::optional<int> number;
  if (file_text) {
    KITH_TRY_ASSIGN(read, number_in<int>(*file_text, "file"));
    number = read;
  }
  if (all) return get_archive_url(call, visit);
  KITH_TRY_ASSIGN(ticket, call.services.assets.exchanges().ticket_for_download(visit, number));
  KITH_TRY_ASSIGN(url, url_of(call.services, PresignedUse::download, ticket));
  const auto file = std::ranges::find(visit.exchange.files, ticket.first_file, &assets::ExchangeFile::number);
  if (file == visit.exchange.files.end()) return fail(ErrorCode::not_found);
  return told(Json{{"url", url},
                   {"filename", file->name},
                   {"size", ticket.size},
                   {"digest", core::digest_text(file->digest)},
                   {"expires_at", expiry_text(ticket)}});
}

Expected<Response> finish(const Call& call) {
  KITH_TRY_ASSIGN(visit, call.services.exchange_door.visit(call.request));
  KITH_TRY(call.services.assets.exchanges().finish(visit));
  return told(Response::empty(204));
}

// A token of the other kind is no good here: the same as one that is not known.
Endpoint as_token(Endpoint run) {
  return [run = std::move(run)](const Call& call) -> Expected<Response> {
    auto response = run(call);
    if (!response && response.error().code == ErrorCode::forbidden) response.error().code = ErrorCode::unauthorized;
    return response;
  };
}

}  // namespace

void add_outsider_routes(Router& router, const Services& services) {
  const auto add = [&](Method method, std::string pattern, std::vector<std::string_view> query, Endpoint run) {
    add_endpoint(
        router, services,
        {.method = method, .pattern = std::move(pattern), .query = std::move(query), .run = as_token(std::move(run))});
  };
  add(Method::get, "/exchange/info", {}, get_info);
  add(Method::get, "/exchange/upload-url", {"filename", "size", "sealed_name"}, get_upload_url);
  add(Method::get, "/exchange/download-url", {"file", "all"}, get_download_url);
  add(Method::post, "/exchange/finish", {}, finish);
}

}  // namespace kith::daemon
