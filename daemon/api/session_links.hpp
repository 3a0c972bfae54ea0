#pragma once
// Links that log somebody in once. The token stands in the fragment, which browsers send to nobody: it reaches no log
// and no other site. Pure, thread-safe.

#include <string>
#include <string_view>

namespace kith::daemon {

// `web_url`: what links to the page begin with, with a slash at its end or without.
std::string log_in_link(std::string_view web_url, std::string_view token);
// For making the first admin.
std::string set_up_link(std::string_view web_url, std::string_view token);

}  // namespace kith::daemon
