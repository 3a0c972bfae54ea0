// This instance, and the ones it knows.
#include <nlohmann/json.hpp>

#include "daemon/api/acts.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/event_hub.hpp"
#include "daemon/api/instance_settings.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"
#include "federation/fingerprint.hpp"
#include "federation/net/instance_directory.hpp"
#include "federation/net/instance_identity.hpp"
#include "federation/protocol_constants.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr std::size_t kMaxInstanceBody = 4096;

// How this instance is called, and what is known of whether others reach it under its domain.
Json own_instance_json(const Services& services, const InstanceView& view) {
  const auto& identity = services.identity;
  const auto& config = services.config;
  // Under a domain it is only about to have, nobody has reached it yet.
  const auto reached = view.domain == identity.domain() ? services.peer_contact.last() : std::nullopt;
  return {{"domain", view.domain},
          {"domain_fixed", view.domain_fixed_by.has_value()},
          {"domain_fixed_by", view.domain_fixed_by ? Json(*view.domain_fixed_by) : Json(nullptr)},
          {"name", view.name},
          {"name_fixed", view.name_fixed},
          {"public_url", view.public_url},
          {"fingerprint", identity.fingerprint()},
          {"protocol", federation::kProtocol},
          {"reachability", reached ? "reached" : "unknown"},
          {"reached_at", reached ? Json(core::format_timestamp(*reached)) : Json(nullptr)},
          {"delivery", config.federation.delivery},
          {"public_listen", config.listen.public_},
          {"public_tls", config.listen.public_tls.has_value()}};
}

Expected<Response> get_instance(const Call& call) {
  KITH_TRY_ASSIGN(view, call.services.instance_settings.view());
  return Response::json(200, core::to_json_text(own_instance_json(call.services, view)));
}

Expected<Response> change_instance(const Call& call) {
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body));
  KITH_TRY(core::only_fields(body, {"name", "domain"}));
  KITH_TRY_ASSIGN(name, core::optional_text(body, "name", kMaxInstanceBody));
  KITH_TRY_ASSIGN(domain, core::optional_text(body, "domain", kMaxInstanceBody));
  if (!name && !domain) return fail(ErrorCode::bad_request, "give a name, a domain, or both");
  KITH_TRY_ASSIGN(change, call.services.instance_settings.change({std::move(name), std::move(domain)},
                                                                 {call.user().text(), call.request.client}));
  call.services.events.publish_to_all(Event::instance());
  auto shown = own_instance_json(call.services, change.view);
  shown["restarting"] = change.restarting;
  return Response::json(200, core::to_json_text(shown));
}

Response shown(const federation::KnownInstance& instance) {
  return Response::json(200, core::to_json_text(instance_json(instance)));
}

// The cursor is the last domain of the page before.
Expected<Response> list_instances(const Call& call) {
  KITH_TRY_ASSIGN(page, list_parameters(call.request));
  KITH_TRY_ASSIGN(found, call.services.directory.list(page.cursor.value_or(""), page.limit));
  Json items = Json::array();
  for (const auto& instance : found) items.push_back(instance_json(instance));
  const bool full = found.size() == static_cast<std::size_t>(page.limit);
  return Response::json(200, list_text(std::move(items), full ? std::optional(found.back().domain) : std::nullopt));
}

Expected<Response> block(const Call& call) {
  KITH_TRY_ASSIGN(instance, call.services.directory.block(call.request.path_value("domain")));
  note_act(call, "instance_blocked", instance.domain);
  return shown(instance);
}

Expected<Response> unblock(const Call& call) {
  KITH_TRY_ASSIGN(instance, call.services.directory.unblock(call.request.path_value("domain")));
  note_act(call, "instance_unblocked", instance.domain);
  return shown(instance);
}

// The key the domain itself shows at this moment: anybody may have claimed another in a message.
Expected<std::optional<std::string>> offered_fingerprint(const Call& call, std::string_view domain) {
  const auto seen = call.services.directory.discover(domain);
  if (!seen && seen.error().code != ErrorCode::key_mismatch) return tl::make_unexpected(seen.error());
  KITH_TRY_ASSIGN(instance, call.services.directory.find(domain));
  if (!instance || !instance->offered_key) return std::nullopt;
  return federation::Fingerprint::of(*instance->offered_key).grouped();
}

// With {"fingerprint"} only that key is accepted; without, the one the domain shows now.
Expected<Response> accept_key(const Call& call) {
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body.empty() ? "{}" : call.request.body));
  KITH_TRY(core::only_fields(body, {"fingerprint"}));
  KITH_TRY_ASSIGN(fingerprint, core::optional_text(body, "fingerprint", 256));
  const auto domain = call.request.path_value("domain");
  KITH_TRY_ASSIGN(known, call.services.directory.find(domain));
  if (!fingerprint && known && known->offered_key) {
    KITH_TRY_ASSIGN(shown_now, offered_fingerprint(call, domain));
    fingerprint = std::move(shown_now);
  }
  KITH_TRY_ASSIGN(instance, call.services.directory.accept_key(domain, fingerprint));
  note_act(call, "instance_key_accepted", instance.domain, federation::Fingerprint::of(*instance.key).grouped());
  return shown(instance);
}

Expected<std::optional<core::Timestamp>> time_in(const Request& request, std::string_view name) {
  const auto text = request.query_value(name);
  if (!text) return std::nullopt;
  // A day stands for its begin; a time may come without its milliseconds.
  const std::string day = std::string(*text) + "T00:00:00.000Z";
  const std::string second = std::string(text->substr(0, text->find('Z'))) + ".000Z";
  for (const auto& form : {std::string(*text), day, second}) {
    if (const auto time = core::parse_timestamp(form)) return time;
  }
  return fail(ErrorCode::bad_request,
              std::string(name) + " must be a day like 2026-05-01, or a time like 2026-05-01T12:00:00Z");
}

Expected<accounts::AuditFilter> audit_filter(const Request& request) {
  const auto text = [&](std::string_view name) {
    const auto value = request.query_value(name);
    return value ? std::optional(std::string(*value)) : std::nullopt;
  };
  KITH_TRY_ASSIGN(from, time_in(request, "from"));
  KITH_TRY_ASSIGN(to, time_in(request, "to"));
  return accounts::AuditFilter{text("actor"), text("action"), text("subject"), from, to};
}

Expected<Response> list_audit(const Call& call) {
  KITH_TRY_ASSIGN(page, list_parameters(call.request));
  std::optional<std::int64_t> before;
  if (page.cursor) {
    char* end = nullptr;
    before = std::strtoll(page.cursor->c_str(), &end, 10);
    if (page.cursor->empty() || *end != '\0' || *before < 1) {
      return fail(ErrorCode::bad_request, "this cursor is not one of this list");
    }
  }
  KITH_TRY_ASSIGN(filter, audit_filter(call.request));
  KITH_TRY_ASSIGN(entries, call.services.accounts.audit().list(before, static_cast<std::size_t>(page.limit), filter));
  Json items = Json::array();
  for (const auto& entry : entries.items) {
    items.push_back({{"at", core::format_timestamp(entry.at)},
                     {"actor", entry.event.actor},
                     {"action", entry.event.action},
                     {"subject", entry.event.subject},
                     {"client", entry.event.client},
                     {"detail", entry.event.detail}});
  }
  return Response::json(
      200, list_text(std::move(items), entries.next ? std::optional(std::to_string(*entries.next)) : std::nullopt));
}

}  // namespace

void add_instance_routes(Router& router, const Services& services) {
  add_endpoint(router, services, {.method = Method::get, .pattern = "/api/instance", .run = get_instance});
  add_endpoint(
      router, services,
      {.method = Method::patch, .pattern = "/api/instance", .max_body = kMaxInstanceBody, .run = change_instance});
  const auto add_list = [&](const char* pattern, std::vector<std::string_view> query, Endpoint run) {
    add_endpoint(router, services,
                 {.method = Method::get, .pattern = pattern, .query = std::move(query), .run = std::move(run)});
  };
  const auto add_act = [&](const char* name, Endpoint run) {
    add_endpoint(router, services,
                 {.method = Method::post,
                  .pattern = std::string("/api/admin/instances/{domain}/") + name,
                  .max_body = 4096,
                  .run = std::move(run)});
  };
  add_list("/api/admin/instances", {"cursor", "limit"}, list_instances);
  add_list("/api/admin/audit-log", {"cursor", "limit", "actor", "action", "subject", "from", "to"}, list_audit);
  add_act("block", block);
  add_act("unblock", unblock);
  add_act("accept-key", accept_key);
}

}  // namespace kith::daemon
