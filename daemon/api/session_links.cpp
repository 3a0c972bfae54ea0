#include "daemon/api/session_links.hpp"

namespace kith::daemon {
namespace {

std::string page_link(std::string_view web_url, std::string_view page, std::string_view token) {
  if (web_url.ends_with('/')) web_url.remove_suffix(1);
  std::string link(web_url);
  return link.append("/#/").append(page).append("?token=").append(token);
}

}  // namespace

std::string log_in_link(std::string_view web_url, std::string_view token) {
  return page_link(web_url, "log-in", token);
}

std::string set_up_link(std::string_view web_url, std::string_view token) {
  return page_link(web_url, "set-up", token);
}

}  // namespace kith::daemon
