#pragma once
// A daemon without an admin tells how to make one.

#include <string_view>

#include "accounts/accounts.hpp"
#include "core/error.hpp"
#include "core/log.hpp"

namespace kith::daemon {

// Without an admin: logs the link that lets the first one be made in a browser, within a day and once. It takes the
// place of the link of an earlier start. With an admin it does nothing.
[[nodiscard]] core::Expected<void> tell_how_to_set_up(accounts::Accounts& accounts, std::string_view web_url,
                                                      const core::Logger& log);

}  // namespace kith::daemon
