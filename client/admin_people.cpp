// kith admin users, connections and instances.

#include <nlohmann/json.hpp>

#include "client/admin_commands.hpp"
#include "client/listing.hpp"
#include "client/people.hpp"

namespace kith::client {

using core::Json;

Done list_users(bool everybody, const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  const auto wanted = [everybody](const Json& each) { return everybody || is_true(each, "is_local"); };
  KITH_TRY_ASSIGN(users, all_items(session->api(), "/api/admin/users", wanted));
  print_list(output, users,
             {column("WHO", "address"), column("E-MAIL", "email"), column("MAY", "permission"),
              column("STATE", "state"), column("USED", "used_bytes", size_cell),
              column("QUOTA", "quota_bytes", size_cell), column("LAST SEEN", "last_seen_at", time_cell)},
             "There is nobody yet.");
  return {};
}

Done change_user(const UserChange& change, const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  KITH_TRY_ASSIGN(user, find_user(session->api(), change.who));
  Json body = Json::object();
  if (!change.state.empty()) body["state"] = change.state;
  if (!change.permission.empty()) body["permission"] = change.permission;
  if (change.quota_bytes) body["quota_bytes"] = *change.quota_bytes;
  KITH_TRY_ASSIGN(changed, session->api().patch("/api/admin/users/" + in_path(text_of(user, "id")), body));
  output.line(text_cell(changed, "address") + " is " + text_cell(changed, "state") + ", may do what a " +
              text_cell(changed, "permission") + " may, and uses " + size_cell(changed, "used_bytes") + " of " +
              size_cell(changed, "quota_bytes") + ".");
  output.document(changed);
  return {};
}

Done list_all_connections(const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  KITH_TRY_ASSIGN(all, all_items(session->api(), "/api/admin/connections"));
  print_list(
      output, all,
      {column("HERE", "local"), column("THERE", "peer"), column("STATE", "state"),
       column("WORDS COMPARED", "verified", yes_cell), column("SINCE", "created_at", time_cell), column("ID", "id")},
      "Nobody here has a connection yet.");
  return {};
}

Done list_instances(const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  KITH_TRY_ASSIGN(all, all_items(session->api(), "/api/admin/instances"));
  print_list(output, all,
             {column("DOMAIN", "domain"), column("NAME", "name"), column("BLOCKED", "blocked", yes_cell),
              column("LAST SEEN", "last_seen", time_cell), column("DOWN SINCE", "down_since", time_cell),
              column("LOOK AT THIS", "alert")},
             "No other server is known here yet.");
  return {};
}

Done change_instance(const std::string& domain, const std::string& deed, const AccountOptions& account,
                     const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  KITH_TRY_ASSIGN(changed, session->api().post("/api/admin/instances/" + in_path(domain) + "/" + deed, Json::object()));
  output.line(text_cell(changed, "domain") + (is_true(changed, "blocked")
                                                  ? " is blocked: nothing is sent to it or taken from it."
                                                  : " is not blocked: connections with its people go on."));
  output.document(changed);
  return {};
}

Done accept_instance_key(const std::string& domain, const std::string& fingerprint, const AccountOptions& account,
                         const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  KITH_TRY_ASSIGN(changed, session->api().post("/api/admin/instances/" + in_path(domain) + "/accept-key",
                                               {{"fingerprint", fingerprint}}));
  output.line("The key of " + text_cell(changed, "domain") + " is accepted: connections with its people go on.");
  output.document(changed);
  return {};
}

}  // namespace kith::client
