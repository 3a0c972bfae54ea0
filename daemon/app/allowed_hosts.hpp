#pragma once
// Which Host headers the local listener answers: a page somewhere else could point a name of its own at this machine
// (DNS rebinding) and read what the user's browser may. Such a name is never an IP address, and not among ours.
// Immutable, thread-safe.

#include <set>
#include <string>
#include <string_view>

#include "config/config.hpp"

namespace kith::daemon {

class AllowedHosts {
 public:
  // localhost, the hosts of web.url and instance.domain, and web.allowed_hosts.
  explicit AllowedHosts(const config::Config& config);
  // `host` as in Request::host: lower case, with a port or without. IP addresses are always fine.
  bool allow(std::string_view host) const;

 private:
  std::set<std::string, std::less<>> names_;
};

}  // namespace kith::daemon
