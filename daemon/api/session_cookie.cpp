#include "daemon/api/session_cookie.hpp"

#include <algorithm>

#include "core/crypto/sha256.hpp"
#include "core/encoding.hpp"

namespace kith::daemon {
namespace {

constexpr std::size_t kNameBytes = 4;  // of the key's SHA-256; twice as many hexadecimal digits

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

struct HostAndPath {
  std::string_view host, path;
};

// "home.example" and "/kith" of "https://home.example/kith/".
HostAndPath split_url(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  const auto slash = std::min(url.find('/'), url.size());
  auto path = url.substr(slash);
  while (path.ends_with('/')) path.remove_suffix(1);
  return {url.substr(0, slash), path};
}

bool is_path_char(char c) {
  return c > ' ' && c < 0x7F && c != ';' && c != '"' && c != '\\';
}

}  // namespace

std::string path_below_proxy(std::string_view web_url, std::string_view host) {
  const auto url = split_url(web_url);
  const bool usable = !url.path.empty() && std::all_of(url.path.begin(), url.path.end(), is_path_char);
  return usable && core::equal_ignoring_case(url.host, host) ? std::string(url.path) : "/";
}

SessionCookie::SessionCookie(const core::VerifyKey& instance, std::string_view web_url, const Request& request)
    : secure_(request.secure), path_(path_below_proxy(web_url, request.host)) {
  // Browsers take __Host- for the path "/" only.
  if (secure_) name_ = path_ == "/" ? "__Host-" : "__Secure-";
  name_ += "kith-" + core::to_hex(core::sha256(instance.view()).view().first(kNameBytes));
}

core::Expected<std::optional<std::string_view>> SessionCookie::token_in(const Headers& headers) const {
  const auto match = find_cookie(headers, name_);
  if (match.differing) {
    return core::fail(core::ErrorCode::unauthorized,
                      "The browser sends two different log-ins: delete its cookies for this host, and log in again.");
  }
  return match.value;
}

std::string SessionCookie::holding(std::string_view token, std::chrono::seconds life) const {
  return with_attributes(token, std::max(life, std::chrono::seconds{0}));
}

std::string SessionCookie::expired() const {
  return with_attributes("", std::chrono::seconds{0});
}

std::string SessionCookie::with_attributes(std::string_view value, std::chrono::seconds life) const {
  std::string out = name_ + "=";
  out.append(value).append("; Path=").append(path_).append("; Max-Age=").append(std::to_string(life.count()));
  return out.append("; HttpOnly; SameSite=Strict").append(secure_ ? "; Secure" : "");
}

CookieMatch find_cookie(const Headers& headers, std::string_view name) {
  CookieMatch match;
  for (const auto& [field, value] : headers.all()) {
    if (!core::equal_ignoring_case(field, "Cookie")) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const auto pair = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
      const auto equals = pair.find('=');
      if (equals == std::string_view::npos || trimmed(pair.substr(0, equals)) != name) continue;
      const auto found = trimmed(pair.substr(equals + 1));
      match.differing = match.differing || (match.value && *match.value != found);
      if (!match.value) match.value = found;
    }
  }
  return match;
}

}  // namespace kith::daemon
