#include "daemon/api/presigned.hpp"

#include <algorithm>
#include <charconv>

#include "core/encoding.hpp"
#include "core/length_prefixed.hpp"

namespace kith::daemon {
namespace {

constexpr std::size_t kLongestTarget = 512;
constexpr std::size_t kLongestObject = 64;
constexpr std::int64_t kLatestExpiry = 253'402'300'799;  // the end of the year 9999

struct UseRow {
  std::string_view path, method;
};

constexpr UseRow row_of(PresignedUse use) {
  switch (use) {
    case PresignedUse::download:
      return {"/exchange/content/", "GET"};
    case PresignedUse::upload:
      return {"/exchange/content/", "PUT"};
    case PresignedUse::resumable:
      return {"/exchange/resumable/", "POST"};
    case PresignedUse::resumption:
      break;
  }
  return {"/exchange/uploads/", "PATCH"};
}

std::int64_t unix_seconds(core::Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

bool is_object(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'; };
  return !text.empty() && text.size() <= kLongestObject && std::ranges::all_of(text, fits);
}

// Takes `name` and the value behind it, up to the next '&', off the query.
std::optional<std::string_view> take_field(std::string_view& query, std::string_view name) {
  if (!query.starts_with(name)) return std::nullopt;
  query.remove_prefix(name.size());
  const auto value = query.substr(0, query.find('&'));
  query.remove_prefix(value.size());
  return value;
}

template <class Number>
std::optional<Number> number_in(const std::optional<std::string_view>& text) {
  Number number = 0;
  if (!text) return std::nullopt;
  const auto [stop, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc{} || stop != text->data() + text->size()) return std::nullopt;
  return number;
}

// As it may be written: the caller sees whether it was.
std::optional<PresignedClaim> read_fields(PresignedUse use, std::string_view object, std::string_view query) {
  const auto expires = number_in<std::int64_t>(take_field(query, "expires="));
  const auto size = number_in<std::uint64_t>(take_field(query, "&size="));
  const auto key = PresignedKeyId::parse(take_field(query, "&key=").value_or(""));
  const auto id = take_field(query, "&id=");
  const auto signature = core::from_base64url_as<core::Mac>(take_field(query, "&signature=").value_or(""));
  if (!expires || !size || !key || !id || !signature || !query.empty()) return std::nullopt;
  if (*expires < 0 || *expires > kLatestExpiry || !is_object(object) || !core::is_ulid(*id)) return std::nullopt;
  const core::Timestamp until{std::chrono::seconds(*expires)};
  return PresignedClaim{{use, std::string(object), *size, until, std::string(*id)}, *key, *signature};
}

}  // namespace

std::string_view presigned_path(PresignedUse use) {
  return row_of(use).path;
}

std::string_view presigned_method(PresignedUse use) {
  return row_of(use).method;
}

core::Mac presigned_mac(const PresignedKey& key, const PresignedKeyId& id, const Presigned& what) {
  core::LengthPrefixed message;
  message.add("kith presigned url").add(presigned_method(what.use)).add(what.object);
  message.add_u64(what.size).add_u64(static_cast<std::uint64_t>(unix_seconds(what.expires_at)));
  message.add(what.id).add(id.text());
  return core::hmac_sha256(key.view(), message.view());
}

std::string presigned_target(const PresignedClaim& claim) {
  std::string out(presigned_path(claim.what.use));
  out.append(claim.what.object).append("?expires=").append(std::to_string(unix_seconds(claim.what.expires_at)));
  out.append("&size=").append(std::to_string(claim.what.size)).append("&key=").append(claim.key.text());
  out.append("&id=").append(claim.what.id);
  return out.append("&signature=").append(core::to_base64url(claim.signature.view()));
}

std::optional<PresignedClaim> parse_presigned(PresignedUse use, std::string_view target) {
  const auto path = presigned_path(use);
  const auto mark = target.find('?');
  if (target.size() > kLongestTarget || !target.starts_with(path) || mark == std::string_view::npos) {
    return std::nullopt;
  }
  auto claim = read_fields(use, target.substr(path.size(), mark - path.size()), target.substr(mark + 1));
  if (!claim || presigned_target(*claim) != target) return std::nullopt;
  return claim;
}

}  // namespace kith::daemon
