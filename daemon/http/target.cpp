#include "daemon/http/target.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "core/encoding.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

// Decodes one part of the target, or says why it is refused.
Expected<std::string> decode_part(std::string_view part) {
  auto decoded = core::percent_decode(part);
  if (!decoded) return fail(ErrorCode::bad_request, "The address has a broken percent escape.");
  if (decoded->find('\0') != std::string::npos) return fail(ErrorCode::bad_request, "The address has a NUL in it.");
  if (!core::is_valid_utf8(*decoded)) return fail(ErrorCode::bad_request, "The address is not UTF-8 when decoded.");
  return std::move(*decoded);
}

Expected<std::string> normal_path(std::string_view raw) {
  std::string path;
  while (!raw.empty()) {
    raw.remove_prefix(std::min(raw.find_first_not_of('/'), raw.size()));
    const auto segment = raw.substr(0, raw.find('/'));
    KITH_TRY_ASSIGN(plain, decode_part(segment));
    if (plain == "." || plain == "..") {
      return fail(ErrorCode::bad_request, "The address has a dot segment; send it resolved.");
    }
    path.append("/").append(segment);
    raw.remove_prefix(segment.size());
  }
  return path;
}

Expected<Parameters> parse_query(std::string_view text) {
  Parameters query;
  while (!text.empty()) {
    const auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) continue;
    auto plain = std::string(pair);
    std::replace(plain.begin(), plain.end(), '+', ' ');
    const auto equals = std::min(plain.find('='), plain.size());
    KITH_TRY_ASSIGN(name, decode_part(std::string_view(plain).substr(0, equals)));
    KITH_TRY_ASSIGN(value, decode_part(std::string_view(plain).substr(std::min(equals + 1, plain.size()))));
    query.emplace_back(std::move(name), std::move(value));
  }
  return query;
}

// "http://host/path" becomes "/path" when it names `host`.
Expected<std::string> to_origin_form(std::string_view target, std::string_view host) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!core::equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const auto end = std::min(target.find_first_of("/?"), target.size());
    KITH_TRY_ASSIGN(authority, parse_host(target.substr(0, end)));
    if (authority != host) return fail(ErrorCode::bad_request, "The address and the Host field name different hosts.");
    const auto rest = target.substr(end);
    return (rest.starts_with('/') ? "" : "/") + std::string(rest);
  }
  return fail(ErrorCode::bad_request, "The request target is neither a path nor an http address.");
}

bool valid_port(std::string_view text) {
  unsigned port = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), port);
  return !text.empty() && text.size() <= 5 && result.ec == std::errc{} && result.ptr == text.data() + text.size() &&
         port > 0 && port <= 65535;
}

bool valid_ipv6(std::string_view text) {
  in6_addr address{};
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

bool valid_name(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

}  // namespace

Expected<std::string> parse_host(std::string_view text) {
  const auto host = core::to_lower_ascii(text);
  std::string_view rest = host;
  bool good = false;
  if (rest.starts_with('[')) {
    const auto end = std::min(rest.find(']'), rest.size());
    good = end < rest.size() && valid_ipv6(rest.substr(1, end - 1));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  } else {
    const auto end = std::min(rest.find(':'), rest.size());
    good = valid_name(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  if (good && (rest.empty() || (rest.front() == ':' && valid_port(rest.substr(1))))) return host;
  return fail(ErrorCode::bad_request, "The Host field is not a host name or address with an optional port.");
}

Expected<Target> parse_target(std::string_view target, std::string_view host) {
  Target out;
  if (target == "*") {
    out.path = out.origin = "*";
    return out;
  }
  if (target.find('#') != std::string_view::npos) {
    return fail(ErrorCode::bad_request, "The request target has a fragment; clients keep that to themselves.");
  }
  out.origin = target;
  if (!target.starts_with('/')) {
    KITH_TRY_ASSIGN(origin, to_origin_form(target, host));
    out.origin = std::move(origin);
  }
  const std::string_view origin = out.origin;
  const auto question = std::min(origin.find('?'), origin.size());
  KITH_TRY_ASSIGN(path, normal_path(origin.substr(0, question)));
  KITH_TRY_ASSIGN(query, parse_query(origin.substr(std::min(question + 1, origin.size()))));
  out.path = std::move(path);
  out.query = std::move(query);
  return out;
}

}  // namespace kith::daemon
