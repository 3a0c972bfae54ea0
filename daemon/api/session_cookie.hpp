#pragma once
// The cookie that holds a browser's log-in: how it is called, where it goes, and how it is found again among what the
// browser sends. Browsers keep cookies by host, whatever the port, so the name tells two instances on one host apart.
// Pure values, thread-safe.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/crypto/ed25519.hpp"
#include "core/error.hpp"
#include "daemon/http/message.hpp"

namespace kith::daemon {

// The path people find the instance's "/" under where they come by `host`: that of `web_url` if the host is its own,
// as behind a proxy; else "/".
std::string path_below_proxy(std::string_view web_url, std::string_view host);

class SessionCookie {
 public:
  // The cookie for who comes the way `request` did. Over HTTPS it is Secure and has a prefix that keeps others from
  // setting it (RFC 6265bis, section 4.1.3). It goes to the path of `web_url` where the browser came by that host, and
  // to all paths where it came past the proxy that serves that path.
  SessionCookie(const core::VerifyKey& instance, std::string_view web_url, const Request& request);

  const std::string& name() const { return name_; }
  // The token in it; nothing without one. unauthorized when there are several that differ: one of them somebody else
  // on this host has set, and there is no telling which.
  [[nodiscard]] core::Expected<std::optional<std::string_view>> token_in(const Headers& headers) const;

  // Values of Set-Cookie: one that holds `token` for `life`, and one that makes the browser forget it.
  std::string holding(std::string_view token, std::chrono::seconds life) const;
  std::string expired() const;

 private:
  std::string with_attributes(std::string_view value, std::chrono::seconds life) const;

  bool secure_;
  std::string path_;
  std::string name_;
};

// What Cookie fields (RFC 6265, section 4.2) say about one name. Looks at each byte once and keeps nothing, so that the
// limit of a request's head bounds it.
struct CookieMatch {
  std::optional<std::string_view> value;  // the first, as sent
  bool differing = false;                 // another of that name had another value
};
CookieMatch find_cookie(const Headers& headers, std::string_view name);

}  // namespace kith::daemon
