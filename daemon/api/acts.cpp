#include "daemon/api/acts.hpp"

namespace kith::daemon {

void note_act(const Call& call, std::string_view action, const std::string& subject, std::string detail) {
  if (call.who->api_token) {
    if (!detail.empty()) detail += ", ";
    detail += "by the API token " + call.who->api_token->text();
  }
  const auto written = call.services.accounts.audit().write(
      {call.user().text(), std::string(action), subject, call.request.client, std::move(detail)});
  if (!written) call.services.log.warning("the audit log was not written", {{"detail", written.error().detail}});
}

}  // namespace kith::daemon
