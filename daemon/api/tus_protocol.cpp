#include "daemon/api/tus_protocol.hpp"

#include <algorithm>
#include <charconv>

#include "assets/limits.hpp"
#include "core/encoding.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;
using Algorithm = assets::UploadChecksum::Algorithm;

constexpr std::size_t kSha1Bytes = 20;
constexpr std::size_t kSha256Bytes = 32;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool is_key(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7F && c != ','; });
}

// "key value", or "key" alone.
Expected<std::pair<std::string, std::string>> parse_pair(std::string_view pair) {
  const auto space = pair.find(' ');
  const auto key = pair.substr(0, space);
  if (!is_key(key)) return fail(ErrorCode::bad_request, "Upload-Metadata has an empty key, or one that is not ASCII");
  const auto text = space == std::string_view::npos ? std::string_view() : trimmed(pair.substr(space));
  const auto value = core::from_base64(text);
  if (!value) return fail(ErrorCode::bad_request, "a value of Upload-Metadata is not base64");
  return std::pair{std::string(key), std::string(core::as_text(*value))};
}

// The only field of that name; nothing without one.
Expected<std::optional<std::string_view>> single(const Request& request, std::string_view name) {
  if (request.headers.count(name) > 1) return fail(ErrorCode::bad_request, std::string(name) + " stands twice");
  return request.headers.get(name);
}

}  // namespace

Expected<TusMetadata> parse_tus_metadata(std::string_view field) {
  TusMetadata out;
  if (field.size() > assets::kMaxUploadMetadata)
    return fail(ErrorCode::bad_request,
                "Upload-Metadata may have " + std::to_string(assets::kMaxUploadMetadata) + " bytes");
  field = trimmed(field);
  while (!field.empty()) {
    const auto comma = field.find(',');
    KITH_TRY_ASSIGN(pair, parse_pair(trimmed(field.substr(0, comma))));
    if (std::any_of(out.begin(), out.end(), [&](const auto& other) { return other.first == pair.first; }))
      return fail(ErrorCode::bad_request, "a key of Upload-Metadata stands twice");
    out.push_back(std::move(pair));
    if (comma == std::string_view::npos) break;
    field.remove_prefix(comma + 1);
    if (trimmed(field).empty()) return fail(ErrorCode::bad_request, "Upload-Metadata ends with a comma");
  }
  return out;
}

Expected<assets::UploadChecksum> parse_tus_checksum(std::string_view field) {
  const auto space = field.find(' ');
  const auto name = field.substr(0, space);
  assets::UploadChecksum out;
  if (name == "sha1") {
    out.algorithm = Algorithm::sha1;
  } else if (name == "sha256") {
    out.algorithm = Algorithm::sha256;
  } else {
    return fail(ErrorCode::bad_request, "Upload-Checksum: the algorithms here are sha1 and sha256");
  }
  auto digest = core::from_base64(space == std::string_view::npos ? std::string_view() : trimmed(field.substr(space)));
  const auto length = out.algorithm == Algorithm::sha1 ? kSha1Bytes : kSha256Bytes;
  if (!digest || digest->size() != length)
    return fail(ErrorCode::bad_request, "Upload-Checksum: behind the algorithm stands its digest as base64");
  out.expected = std::move(*digest);
  return out;
}

std::optional<std::uint64_t> parse_tus_number(std::string_view text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || value < 0 || text.starts_with('-')) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

Expected<std::uint64_t> required_tus_number(const Request& request, std::string_view name) {
  KITH_TRY_ASSIGN(field, single(request, name));
  const auto value = field ? parse_tus_number(*field) : std::nullopt;
  if (!value) return fail(ErrorCode::bad_request, std::string(name) + " must be there and be a number of bytes");
  return *value;
}

Expected<void> check_tus_version(const Request& request) {
  KITH_TRY_ASSIGN(version, single(request, "Tus-Resumable"));
  if (version == kTusVersion) return {};
  return fail(ErrorCode::precondition_failed, "The protocol here is tus 1.0.0: send `Tus-Resumable: 1.0.0`.");
}

Expected<void> check_tus_content_type(const Request& request) {
  if (request.headers.get("Content-Type") == kTusContentType) return {};
  return fail(ErrorCode::unsupported_media_type,
              "The bytes of an upload come as Content-Type: " + std::string(kTusContentType));
}

Expected<std::optional<assets::UploadChecksum>> tus_checksum_of(const Request& request) {
  if (request.headers.count("Upload-Checksum") > 1) return fail(ErrorCode::bad_request, "Upload-Checksum stands twice");
  const auto field = request.headers.get("Upload-Checksum");
  if (!field) return std::nullopt;
  KITH_TRY_ASSIGN(checksum, parse_tus_checksum(*field));
  return checksum;
}

std::optional<Method> overridden_method(const Request& request) {
  const auto wish = request.headers.get("X-HTTP-Method-Override");
  if (!wish) return request.method;
  const auto method = method_from_name(*wish);
  const bool may = request.method == Method::post && (method == Method::patch || method == Method::delete_);
  return may || method == request.method ? method : std::nullopt;
}

Expected<TusCreation> parse_tus_creation(const Request& request) {
  if (request.headers.get("Upload-Concat"))
    return fail(ErrorCode::bad_request, "Parts that are put together later are not taken here (Upload-Concat).");
  if (request.headers.get("Upload-Defer-Length"))
    return fail(ErrorCode::bad_request, "Say how long it will be: Upload-Length is needed at the start.");
  TusCreation out;
  KITH_TRY_ASSIGN(size, required_tus_number(request, "Upload-Length"));
  out.size = size;
  KITH_TRY_ASSIGN(field, single(request, "Upload-Metadata"));
  KITH_TRY_ASSIGN(metadata, parse_tus_metadata(field.value_or("")));
  out.metadata = field.value_or("");
  const auto name =
      std::find_if(metadata.begin(), metadata.end(), [](const auto& pair) { return pair.first == "filename"; });
  if (name != metadata.end()) out.filename = std::move(name->second);
  return out;
}

}  // namespace kith::daemon
