#include "client/exchange_server.hpp"

#include <nlohmann/json.hpp>

#include "client/limits.hpp"
#include "client/safe_name.hpp"
#include "core/encoding.hpp"
#include "core/json.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using core::Json;

constexpr core::JsonLimits kAnswerLimits{kMaxAnswerBytes, 16, 100'000};
constexpr std::int64_t kLargest = INT64_MAX;
constexpr std::size_t kMaxText = 16 * 1024;

core::Unexpected senseless() {
  return core::fail(ErrorCode::peer_error, "The server's answer makes no sense: is this the address of a kith server?");
}

// Null is as good as absent here.
Json without_nulls(Json object) {
  for (auto field = object.begin(); field != object.end();)
    field = field->is_null() ? object.erase(field) : std::next(field);
  return object;
}

Expected<Json> parse(std::string_view body) {
  auto json = core::parse_json_object(body, kAnswerLimits);
  if (!json) return senseless();
  return without_nulls(std::move(*json));
}

Expected<OfferedFile> file_of(const Json& value) {
  if (!value.is_object()) return senseless();
  const auto object = without_nulls(value);
  OfferedFile file;
  KITH_TRY_ASSIGN(number, core::required_integer(object, "number", 1, kMaxFiles));
  KITH_TRY_ASSIGN(size, core::required_integer(object, "size", 0, kLargest));
  KITH_TRY_ASSIGN(name, core::required_text(object, "name", kMaxText));
  KITH_TRY_ASSIGN(sealed_name, core::optional_text(object, "sealed_name", kMaxText));
  KITH_TRY_ASSIGN(digest_text, core::required_text(object, "digest", kMaxText));
  const auto digest = core::parse_digest_text(digest_text);
  if (!digest) return senseless();
  file.digest = *digest;
  file.number = static_cast<int>(number);
  file.size = static_cast<std::uint64_t>(size);
  file.name = std::move(name);
  file.sealed_name = std::move(sealed_name);
  return file;
}

std::string person_of(const Json& json) {
  const auto from = json.find("from");
  if (from == json.end() || !from->is_object()) return {};
  std::string out;
  for (const auto* field : {"person", "domain"}) {
    const auto text = core::required_text(*from, field, kMaxText);
    if (text && !text->empty()) out += (out.empty() ? "" : " at ") + printable(*text);
  }
  return out;
}

Expected<std::optional<std::vector<OfferedFile>>> files_of(const Json& json) {
  const auto listed = json.find("files");
  if (listed == json.end()) return std::nullopt;
  if (!listed->is_array() || listed->size() > kMaxFiles) return senseless();
  std::vector<OfferedFile> files;
  for (const auto& each : *listed) {
    KITH_TRY_ASSIGN(file, file_of(each));
    files.push_back(std::move(file));
  }
  return std::optional(std::move(files));
}

Expected<ExchangeInfo> info_of(const Json& json) {
  ExchangeInfo info;
  KITH_TRY_ASSIGN(role, core::required_text(json, "role", kMaxText));
  KITH_TRY_ASSIGN(encrypted, core::required_bool(json, "encrypted"));
  KITH_TRY_ASSIGN(password_required, core::required_bool(json, "password_required"));
  KITH_TRY_ASSIGN(note, core::optional_text(json, "note", kMaxText));
  KITH_TRY_ASSIGN(files_left, core::required_integer(json, "files_left", 0, kMaxFiles));
  KITH_TRY_ASSIGN(max_size, core::optional_integer(json, "max_size", 0, kLargest));
  KITH_TRY_ASSIGN(files, files_of(json));
  info.is_upload = role == "upload";
  info.encrypted = encrypted;
  info.password_required = password_required;
  info.from = person_of(json);
  info.note = std::move(note);
  info.files_left = static_cast<int>(files_left);
  if (max_size) info.max_size = static_cast<std::uint64_t>(*max_size);
  info.files = std::move(files);
  return info;
}

template <class T>
void add(Json& json, const char* name, const std::optional<T>& value) {
  if (value) json[name] = *value;
}

Json wish_json(const NewExchange& wish) {
  Json json = Json::object();
  if (wish.receive) json["receive"] = true;
  if (wish.encrypted) json["encrypted"] = true;
  add(json, "expires_in", wish.expires_in);
  add(json, "max_downloads", wish.max_downloads);
  add(json, "max_files", wish.max_files);
  add(json, "max_size", wish.max_size);
  add(json, "password", wish.password);
  add(json, "note", wish.note);
  return json;
}

std::string with_bearer(const std::string& token) {
  return "Bearer " + token;
}

}  // namespace

ExchangeServer::ExchangeServer(Http& http, std::string server, std::string token, std::optional<std::string> password)
    : http_(http), server_(std::move(server)), token_(std::move(token)), password_(std::move(password)) {}

Expected<std::string> ExchangeServer::ask(const std::string& method, const std::string& target) {
  HttpRequest request;
  request.method = method;
  request.url = server_ + target;
  request.headers = {{"Authorization", with_bearer(token_)}, {"Accept", "application/json"}};
  if (password_) request.headers.emplace_back("X-Kith-Password", core::percent_encode(*password_));
  KITH_TRY_ASSIGN(answer, http_.run(request));
  if (answer.status / 100 != 2) return tl::make_unexpected(problem_of(answer));
  return std::move(answer.body);
}

Expected<ExchangeInfo> ExchangeServer::info() {
  KITH_TRY_ASSIGN(body, ask("GET", "/exchange/info"));
  KITH_TRY_ASSIGN(json, parse(body));
  auto info = info_of(json);
  if (!info) return senseless();
  return info;
}

Expected<DownloadTicket> ExchangeServer::download(int number) {
  KITH_TRY_ASSIGN(body, ask("GET", "/exchange/download-url?file=" + std::to_string(number)));
  KITH_TRY_ASSIGN(json, parse(body));
  const auto url = core::required_text(json, "url", kMaxText);
  const auto size = core::required_integer(json, "size", 0, kLargest);
  if (!url || !size) return senseless();
  return DownloadTicket{address(*url), static_cast<std::uint64_t>(*size)};
}

Expected<UploadTicket> ExchangeServer::upload(const std::string& name, std::uint64_t size,
                                              const std::optional<std::string>& sealed_name) {
  auto target = "/exchange/upload-url?filename=" + core::percent_encode(name) + "&size=" + std::to_string(size);
  if (sealed_name) target += "&sealed_name=" + *sealed_name;
  KITH_TRY_ASSIGN(body, ask("GET", target));
  KITH_TRY_ASSIGN(json, parse(body));
  const auto url = core::required_text(json, "url", kMaxText);
  const auto resumable_url = core::required_text(json, "resumable_url", kMaxText);
  if (!url || !resumable_url) return senseless();
  return UploadTicket{address(*url), address(*resumable_url)};
}

// The path of a presigned address is good under any of the server's own names.
std::string ExchangeServer::address(const std::string& url) const {
  const auto path = url.find("/exchange/");
  return path == url.npos ? url : server_ + url.substr(path);
}

Expected<MadeExchange> make_exchange(Http& http, const std::string& server, const std::string& auth_token,
                                     const NewExchange& wish, const std::string& idempotency_key) {
  HttpRequest request;
  request.method = "POST";
  request.url = server + "/api/exchanges";
  request.headers = {{"Authorization", with_bearer(auth_token)},
                     {"Content-Type", "application/json"},
                     {"Idempotency-Key", idempotency_key}};
  request.body = core::to_json_text(wish_json(wish));
  KITH_TRY_ASSIGN(answer, http.run(request));
  if (answer.status != 201) return tl::make_unexpected(problem_of(answer));
  KITH_TRY_ASSIGN(json, parse(answer.body));
  const auto id = core::required_text(json, "exchange_id", kMaxText);
  const auto upload_token = core::optional_text(json, "upload_token", kMaxText);
  const auto page = core::required_text(json, wish.receive ? "upload_page" : "download_page", kMaxText);
  const auto encrypted = core::required_bool(json, "encrypted");
  if (!id || !upload_token || !page || !encrypted || *encrypted != wish.encrypted) return senseless();
  return MadeExchange{*id, upload_token->value_or(""), *page};
}

Expected<void> revoke_exchange(Http& http, const std::string& server, const std::string& auth_token,
                               const std::string& id) {
  HttpRequest request;
  request.method = "DELETE";
  request.url = server + "/api/exchanges/" + core::percent_encode(id);
  request.headers = {{"Authorization", with_bearer(auth_token)}};
  KITH_TRY_ASSIGN(answer, http.run(request));
  if (answer.status / 100 != 2) return tl::make_unexpected(problem_of(answer));
  return {};
}

}  // namespace kith::client
