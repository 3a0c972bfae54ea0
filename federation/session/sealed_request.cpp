#include "federation/session/sealed_request.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/json.hpp"
#include "core/length_prefixed.hpp"
#include "federation/session/session_keys.hpp"
#include "federation/session/session_limits.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;

constexpr std::size_t kMaxMethod = 16;
constexpr std::size_t kMaxTarget = 8 * 1024;
constexpr std::size_t kMaxHeaderValue = 8 * 1024;
constexpr std::array<std::string_view, 7> kInnerHeaders = {"range",        "if-range",        "if-none-match", "accept",
                                                           "content-type", "idempotency-key", "timestamp"};

core::Bytes associated_of(const SessionId& session, std::uint64_t counter) {
  core::LengthPrefixed data;
  data.add("kith/1 sealed request").add(session.view()).add_u64(counter);
  return core::to_bytes(data.view());
}

bool is_visible(char c) {
  return c > 0x20 && c < 0x7f;
}

Expected<HeaderList> parse_headers(const core::Json& json) {
  HeaderList headers;
  const auto found = json.find("headers");
  if (found == json.end()) return headers;
  if (!found->is_object()) return core::fail(ErrorCode::bad_request, "headers must be an object");
  for (const auto& [name, value] : found->items()) {
    if (!is_inner_header(name)) return core::fail(ErrorCode::bad_request, "a header that may not be sent here");
    if (!value.is_string()) return core::fail(ErrorCode::bad_request, "the header " + name + " must be a text");
    const auto& text = value.get_ref<const std::string&>();
    const bool clean = std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
    if (text.size() > kMaxHeaderValue || !clean) {
      return core::fail(ErrorCode::bad_request, "the header " + name + " is too long or has a line break");
    }
    headers.emplace_back(name, text);
  }
  return headers;
}

}  // namespace

Expected<std::string> seal_request(core::Aead& o2a, const SessionId& session, std::uint64_t counter,
                                   const InnerRequest& request) {
  core::Json headers = core::Json::object();
  for (const auto& [name, value] : request.headers) headers[name] = value;
  core::Json json = {{"method", request.method}, {"target", request.target}, {"headers", std::move(headers)}};
  if (!request.body.empty()) json["body"] = core::to_base64url(core::as_bytes(request.body));
  std::string sealed = core::to_json_text(json);
  sealed.append(core::kAeadTag, '\0');
  if (sealed.size() > kMaxSealedRequest) return core::fail(ErrorCode::too_large, "the request is longer than 1 MiB");
  o2a.seal(request_nonce(counter), associated_of(session, counter),
           {reinterpret_cast<std::uint8_t*>(sealed.data()), sealed.size()});
  return sealed;
}

Expected<core::ByteView> open_request(core::Aead& o2a, const SessionId& session, std::uint64_t counter,
                                      std::span<std::uint8_t> sealed) {
  if (sealed.size() > kMaxSealedRequest) return core::fail(ErrorCode::too_large, "the request is longer than 1 MiB");
  if (!o2a.open(request_nonce(counter), associated_of(session, counter), sealed)) {
    return core::fail(ErrorCode::unauthorized, "the request does not open with the keys of this session");
  }
  return core::ByteView(sealed.first(sealed.size() - core::kAeadTag));
}

Expected<InnerRequest> parse_inner_request(std::string_view text) {
  KITH_TRY_ASSIGN(json, core::parse_json_object(text, {.max_bytes = kMaxSealedRequest}));
  InnerRequest request;
  KITH_TRY_ASSIGN(method, core::required_text(json, "method", kMaxMethod));
  request.method = std::move(method);
  KITH_TRY_ASSIGN(target, core::required_text(json, "target", kMaxTarget));
  KITH_TRY(check_inner_target(target));
  request.target = std::move(target);
  KITH_TRY_ASSIGN(headers, parse_headers(json));
  request.headers = std::move(headers);
  KITH_TRY_ASSIGN(body, core::optional_text(json, "body", kMaxSealedRequest));
  if (body) {
    const auto bytes = core::from_base64url(*body);
    if (!bytes) return core::fail(ErrorCode::bad_request, "body must be base64url");
    request.body = core::as_text(*bytes);
  }
  return request;
}

bool is_inner_header(std::string_view lower_case_name) {
  return std::ranges::find(kInnerHeaders, lower_case_name) != kInnerHeaders.end();
}

Expected<void> check_inner_target(std::string_view target) {
  const auto refuse = [] { return core::fail(ErrorCode::bad_request, "not a target of the private API"); };
  if (target.size() > kMaxTarget || !target.starts_with(kPrivateRoot)) return refuse();
  if (!std::ranges::all_of(target, is_visible) || target.find('#') != std::string_view::npos) return refuse();
  const std::string path = core::to_lower_ascii(target.substr(0, target.find('?')));
  if (path == kSealedTarget) return refuse();
  for (std::string_view escape : {"%2f", "%5c", "%2e", "\\", "//"}) {
    if (path.find(escape) != std::string::npos) return refuse();
  }
  const std::string closed = path + "/";
  for (std::string_view segment : {"/./", "/../"}) {
    if (closed.find(segment) != std::string::npos) return refuse();
  }
  return {};
}

}  // namespace kith::federation
