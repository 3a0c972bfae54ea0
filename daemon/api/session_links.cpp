#include "daemon/api/session_links.hpp"

#include "accounts/secret_link.hpp"

namespace kith::daemon {

std::string log_in_link(std::string_view web_url, std::string_view token) {
  return accounts::page_link(web_url, "log-in", "token", token);
}

std::string set_up_link(std::string_view web_url, std::string_view token) {
  return accounts::page_link(web_url, "set-up", "token", token);
}

}  // namespace kith::daemon
