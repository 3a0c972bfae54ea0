#include "daemon/app/first_start.hpp"

#include "daemon/api/session_links.hpp"

namespace kith::daemon {
namespace {

constexpr std::chrono::hours kSetUpLinkLife{24};

}  // namespace

core::Expected<void> tell_how_to_set_up(accounts::Accounts& accounts, std::string_view web_url,
                                        const core::Logger& log) {
  KITH_TRY_ASSIGN(has_admin, accounts.registry().has_admin());
  if (has_admin) return {};
  KITH_TRY_ASSIGN(link, accounts.links().make_set_up(kSetUpLinkLife));
  // The link in the message, not in a field: there its '=' would put it into quotes, and they would be copied with it.
  log.warning("there is no admin yet: make one in a browser, within a day, at " + set_up_link(web_url, link.token));
  log.info("or make one in a shell: kithd user add EMAIL --admin --password-stdin");
  return {};
}

}  // namespace kith::daemon
