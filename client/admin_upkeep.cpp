// kith admin storage, health, alerts, audit-log and rotate-secrets.

#include <map>
#include <nlohmann/json.hpp>

#include "client/admin_commands.hpp"
#include "client/listing.hpp"
#include "client/people.hpp"

namespace kith::client {
namespace {

using core::Expected;
using core::Json;

// A part of an answer that is an object or an array; an empty object for anything else.
Json part(const Json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_structured() ? *found : Json::object();
}

// Pairs of what it is and how it is, one beneath the other.
void print_pairs(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Table table({"", ""});
  for (const auto& [name, value] : pairs) table.add({name, value});
  table.print();
}

void print_storage(const Json& storage) {
  const auto disk = part(storage, "disk"), content = part(storage, "content"),
             check = part(storage, "last_verification");
  print_pairs({
      {"Disk", size_cell(disk, "free_bytes") + " free of " + size_cell(disk, "total_bytes") + ", " +
                   text_cell(disk, "path") + "; " + size_cell(disk, "keep_free_bytes") + " are kept free"},
      {"Files", size_cell(content, "bytes") + " in " + number_cell(content, "count")},
      {"Thumbnails", size_cell(storage, "thumbnails_bytes")},
      {"Database", size_cell(storage, "database_bytes")},
      {"Damaged", number_cell(storage, "damaged_count")},
      {"Last verified", time_cell(check, "finished_at")},
      {"Last backup", time_cell(storage, "last_backup_at")},
  });
}

// Ids of people here, as they call themselves.
Expected<std::map<std::string, std::string>> people_by_id(Api& api) {
  KITH_TRY_ASSIGN(users, all_items(api, "/api/admin/users"));
  std::map<std::string, std::string> people;
  for (const auto& user : users) people[text_of(user, "id")] = text_cell(user, "address");
  return people;
}

void add_to(std::string& target, const char* name, const std::string& value) {
  if (!value.empty()) target += std::string("&") + name + "=" + in_path(value);
}

// An actor or subject may be named as people do; what is no account here (shell, a domain) goes as it is.
Expected<std::string> id_or_text(Api& api, const std::string& who) {
  if (who.empty()) return who;
  auto user = find_user(api, who);
  if (user) return text_of(*user, "id");
  if (user.error().code == core::ErrorCode::not_found) return who;
  return tl::make_unexpected(std::move(user.error()));
}

}  // namespace

Done show_storage(const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  KITH_TRY_ASSIGN(storage, session->api().get("/api/admin/storage"));
  output.document(storage);
  if (output.json()) return {};
  print_storage(storage);
  output.line("");
  print_list(output, part(storage, "users"),
             {column("WHO", "handle"), column("E-MAIL", "email"), column("USED", "used_bytes", size_cell),
              column("QUOTA", "quota_bytes", size_cell)},
             "Nobody has stored anything yet.");
  return {};
}

Done show_health(const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  KITH_TRY_ASSIGN(health, session->api().get("/api/admin/health"));
  output.document(health);
  if (output.json()) return {};
  Output::notice("kithd " + text_cell(health, "version") + ", running since " + time_cell(health, "started_at"));
  print_list(output, part(health, "checks"), {column("CHECK", "check"), column("STATE", "state"), column("", "text")},
             "Nothing was checked.");
  return {};
}

Done list_alerts(const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  KITH_TRY_ASSIGN(alerts, all_items(session->api(), "/api/admin/alerts"));
  print_list(output, alerts,
             {column("LAST", "last_at", time_cell), column("TIMES", "count", number_cell), column("KIND", "kind"),
              column("ABOUT", "about"), column("WHAT HAPPENED", "detail")},
             "There is nothing to look at.");
  return {};
}

Done show_audit_log(const AuditQuery& query, const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  auto& api = session->api();
  auto target = "/api/admin/audit-log?limit=" + std::to_string(query.limit);
  KITH_TRY_ASSIGN(actor, id_or_text(api, query.actor));
  KITH_TRY_ASSIGN(subject, id_or_text(api, query.subject));
  add_to(target, "actor", actor);
  add_to(target, "subject", subject);
  add_to(target, "action", query.action);
  add_to(target, "from", query.from);
  add_to(target, "to", query.to);
  KITH_TRY_ASSIGN(page, api.get(target));
  if (output.json()) {
    output.document(part(page, "items"));
    return {};
  }
  KITH_TRY_ASSIGN(people, people_by_id(api));
  const auto person = [&people](const char* field) {
    return [&people, field](const Json& entry) {
      const auto known = people.find(text_of(entry, field));
      return known == people.end() ? text_cell(entry, field) : known->second;
    };
  };
  print_list(output, part(page, "items"),
             {column("WHEN", "at", time_cell),
              {"WHO", person("actor")},
              column("ACTION", "action"),
              {"WHAT", person("subject")},
              column("FROM", "client"),
              column("DETAIL", "detail")},
             "Nothing of that kind is in the audit log, which goes back 90 days.");
  if (!text_of(page, "next").empty())
    Output::notice("There is more: name a larger --limit, or an earlier end with --to.");
  return {};
}

Done rotate_secrets(const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  KITH_TRY(session->api().post("/api/admin/secrets/rotate", Json::object()));
  output.line("New log-ins are signed by a new secret. Nobody is logged out.");
  output.document(Json::object());
  return {};
}

}  // namespace kith::client
