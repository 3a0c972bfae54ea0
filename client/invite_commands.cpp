#include "client/invite_commands.hpp"

#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "client/listing.hpp"
#include "client/qr_code.hpp"
#include "client/safe_name.hpp"

namespace kith::client {
namespace {

using core::Expected;
using core::Json;

Expected<void> list_invites(Api& api, const Output& output) {
  KITH_TRY_ASSIGN(invites, all_items(api, "/api/invites"));
  print_list(output, invites,
             {column("ID", "id"), column("GOOD UNTIL", "expires_at", time_cell), column("USES", "uses", number_cell),
              column("USED", "spent", number_cell)},
             "There is no invite. Make one with: kith invite");
  return {};
}

Expected<void> remove_invite(Api& api, const std::string& id, const Output& output) {
  KITH_TRY(api.del("/api/invites/" + in_path(id)));
  output.line("Withdrawn. The link connects nobody any more.");
  output.document(Json::object());
  return {};
}

}  // namespace

Expected<void> invite(const InviteCommand& command, const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  if (command.list) return list_invites(session->api(), output);
  if (!command.removed.empty()) return remove_invite(session->api(), command.removed, output);
  Json wish = Json::object();
  if (command.expires_in) wish["expires_in"] = *command.expires_in;
  if (command.uses) wish["uses"] = *command.uses;
  KITH_TRY_ASSIGN(made, session->api().post("/api/invites", wish));
  const auto link = printable(text_of(made, "link"));
  if (link.empty()) return senseless_answer();
  if (!output.json()) {
    Output::notice("Give this link to nobody else: whoever opens it is connected with you. Good until " +
                   time_cell(made, "expires_at") + ".");
    if (::isatty(STDOUT_FILENO) == 1) std::cout << qr_code(link);
  }
  output.line(link);
  output.document(made);
  return {};
}

}  // namespace kith::client
