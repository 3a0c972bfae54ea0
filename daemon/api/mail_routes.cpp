// How sending mails goes, for admins.
#include <nlohmann/json.hpp>

#include "accounts/mail/mail_queue.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/routes.hpp"

namespace kith::daemon {
namespace {

using nlohmann::json;

core::Expected<Response> get_mail_queue(const Call& call) {
  KITH_TRY_ASSIGN(state, call.services.mails.state());
  json answer{{"way", call.services.mails.to_mail_server() ? "smtp" : "outbox"},
              {"waiting", state.waiting},
              {"oldest_at", nullptr},
              {"last_error", nullptr}};
  if (state.oldest_at) answer["oldest_at"] = core::format_timestamp(*state.oldest_at);
  if (state.last_error) answer["last_error"] = *state.last_error;
  return Response::json(200, answer.dump());
}

}  // namespace

void add_mail_routes(Router& router, const Services& services) {
  EndpointSpec spec;
  spec.pattern = "/api/admin/mail";
  spec.run = get_mail_queue;
  add_endpoint(router, services, std::move(spec));
}

}  // namespace kith::daemon
