#include "client/connection_commands.hpp"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "client/follow_connection.hpp"
#include "client/listing.hpp"
#include "client/people.hpp"
#include "client/question.hpp"
#include "client/safe_name.hpp"
#include "client/secret_input.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using core::Json;

std::string peer_of(const Json& connection) {
  return text_cell(connection, "peer");
}

Expected<Json> act(Api& api, const Json& connection, const std::string& deed, const Json& body = Json::object()) {
  return api.post("/api/connections/" + in_path(text_of(connection, "id")) + "/" + deed, body);
}

bool is_invite(const std::string& whom) {
  return whom.find('#') != whom.npos || whom.starts_with("kith1.");
}

Expected<Json> wish_of(const ConnectCommand& command) {
  auto whom = command.whom;
  if (whom == "-") {
    KITH_TRY_ASSIGN(line, read_secret_line("invite link"));
    whom = std::move(line);
  }
  Json wish{{is_invite(whom) ? "invite" : "peer", whom}};
  if (!command.purpose.empty()) wish["purpose"] = command.purpose;
  return wish;
}

// What a person has to know to answer a request.
void show_request(const Json& connection) {
  const auto instance = connection.find("peer_instance");
  const auto from = instance == connection.end() ? Json::object() : *instance;
  Output::notice("Who asks:     " + peer_of(connection));
  Output::notice("From:         " + text_cell(from, "name") + ", " + text_cell(from, "domain"));
  Output::notice("Purpose:      " + text_cell(connection, "purpose"));
  Output::notice("Asked:        " + time_cell(connection, "created_at"));
  Output::notice("Fingerprint:  " + text_cell(connection, "fingerprint"));
}

void tell_next_step(const Json& connection, const Output& output) {
  if (is_true(connection, "verified"))
    output.line("You and " + peer_of(connection) + " are connected. Share with: kith share NAME --with " +
                peer_of(connection));
  else
    output.line("You and " + peer_of(connection) + " are connected. Compare the words with them, on the telephone or " +
                "side by side: kith words " + peer_of(connection));
}

Expected<void> end(Api& api, Json connection, bool wait, const std::string& otherwise, const Output& output) {
  if (wait) {
    KITH_TRY_ASSIGN(made, follow_connection(api, std::move(connection)));
    tell_next_step(made, output);
    output.document(made);
    return {};
  }
  output.line(otherwise);
  output.document(connection);
  return {};
}

// Large on a terminal, one line for scripts.
void show_words(const Json& words, const Output& output) {
  const bool large = ::isatty(STDOUT_FILENO) == 1;
  std::string line;
  int number = 0;
  for (const auto& word : words) {
    const auto text = word.is_string() ? printable(word.get<std::string>()) : std::string("-");
    if (large) output.line("\n    " + std::to_string(++number) + ".  \x1b[1m" + text + "\x1b[0m");
    line += (line.empty() ? "" : " ") + text;
  }
  output.line(large ? "" : line);
}

Expected<std::optional<bool>> comparison(const WordsCommand& command, bool is_compared, const Output& output,
                                         Interruption& interruption) {
  if (command.match || is_compared || output.json() || !can_ask()) return command.match;
  KITH_TRY_ASSIGN(same, ask_yes_or_no("Do they see the same six words, in this order?", interruption));
  if (same) return std::optional(true);
  KITH_TRY_ASSIGN(differ, ask_yes_or_no("If they differ somebody may be listening, and the connection ends at once. "
                                        "Do they differ?",
                                        interruption));
  return differ ? std::optional(false) : std::nullopt;
}

}  // namespace

Done connect(const ConnectCommand& command, const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(wish, wish_of(command));
  KITH_TRY_ASSIGN(session, Session::open(account));
  auto& api = session->api();
  KITH_TRY_ASSIGN(instance, api.get("/api/instance"));
  KITH_TRY_ASSIGN(asked, api.post("/api/connections", wish));
  if (!wish.contains("invite") && !output.json())
    Output::notice("Read this to " + peer_of(asked) +
                   " on another way, so that they know it is you. Your server's "
                   "fingerprint:\n\n    " +
                   text_cell(instance, "fingerprint") + "\n");
  return end(api, asked, command.wait,
             wish.contains("invite")
                 ? "Connecting with " + peer_of(asked) + ". kith connections shows how it goes."
                 : "Asked " + peer_of(asked) + ". Once they approve, compare the words: kith words " + peer_of(asked),
             output);
}

Done connections(const ConnectionsCommand& command, const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  KITH_TRY_ASSIGN(all, own_connections(session->api()));
  Json shown = Json::array();
  for (const auto& each : all) {
    const auto state = text_of(each, "state");
    const bool is_over = state == "rejected" || state == "revoked" || state == "failed";
    if (command.pending ? state == "pending_in" : command.all || !is_over) shown.push_back(each);
  }
  std::vector<Column> columns{column("WHO", "peer"),
                              {"STATE", [](const Json& each) { return state_text(text_of(each, "state")); }},
                              {"WORDS", [](const Json& each) { return is_true(each, "verified") ? "same" : "-"; }},
                              column("SINCE", "created_at", time_cell),
                              column("ID", "id"),
                              column("PURPOSE", "purpose")};
  if (command.pending) columns.insert(columns.end() - 1, column("FINGERPRINT", "fingerprint"));
  print_list(output, shown, columns,
             command.pending ? "Nobody asks you for a connection."
                             : "There is no connection yet. Begin with: kith connect SOMEBODY@THEIR.SERVER");
  return {};
}

Done approve(const ApproveCommand& command, const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  auto& api = session->api();
  KITH_TRY_ASSIGN(request, find_connection(api, command.who, {"pending_in"}));
  auto fingerprint = command.fingerprint;
  if (!output.json()) show_request(request);
  if (fingerprint.empty()) {
    KITH_TRY_ASSIGN(same, ask_yes_or_no("Did they read this fingerprint to you, and do you want this connection?",
                                        api.http().interruption()));
    if (!same)
      return core::fail(ErrorCode::conflict, "Nothing was changed. To decline: kith reject " + peer_of(request));
    fingerprint = text_of(request, "fingerprint");
  }
  KITH_TRY_ASSIGN(approved, act(api, request, "approve", {{"fingerprint", fingerprint}}));
  return end(api, approved, command.wait,
             "Approved. Now compare the words with " + peer_of(request) + ": kith words " + peer_of(request), output);
}

Done reject(const std::string& who, const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  KITH_TRY_ASSIGN(request, find_connection(session->api(), who, {"pending_in"}));
  KITH_TRY_ASSIGN(rejected, act(session->api(), request, "reject"));
  return end(session->api(), rejected, false, "Declined the request of " + peer_of(rejected) + ".", output);
}

Done words(const WordsCommand& command, const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  auto& api = session->api();
  KITH_TRY_ASSIGN(connection, find_connection(api, command.who, {"exchanging", "verifying", "established"}));
  const auto words = connection.find("words");
  if (words == connection.end() || !words->is_array())
    return core::fail(ErrorCode::not_ready, "There are no words with " + peer_of(connection) +
                                                " yet: they come once the request is approved. Try again in a moment.");
  show_words(*words, output);
  KITH_TRY_ASSIGN(match, comparison(command, is_true(connection, "verified"), output, api.http().interruption()));
  if (!match) {
    if (!output.json() && !is_true(connection, "verified"))
      Output::notice("Compare them with " + peer_of(connection) + ", then run kith words " + peer_of(connection) +
                     " --match, or --no-match if they differ.");
    output.document(connection);
    return {};
  }
  KITH_TRY_ASSIGN(compared, act(api, connection, "confirm-words", {{"match", *match}}));
  if (*match && text_of(compared, "state") == "established") {
    tell_next_step(compared, output);
    output.document(compared);
    return {};
  }
  return end(api, compared, false,
             *match ? "Noted. The connection is still being made; kith connections shows how it goes."
                    : "The connection with " + peer_of(compared) +
                          " has ended: somebody may have been in between. Ask them on another way what happened.",
             output);
}

Done disconnect(const DisconnectCommand& command, const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  auto& api = session->api();
  KITH_TRY_ASSIGN(connection, find_connection(api, command.who,
                                              {"pending_out", "pending_in", "exchanging", "verifying", "established"}));
  if (!command.yes && !output.json() && can_ask()) {
    KITH_TRY_ASSIGN(sure,
                    ask_yes_or_no("End the connection with " + peer_of(connection) + ", and all shares with them?",
                                  api.http().interruption()));
    if (!sure) return core::fail(ErrorCode::conflict, "Nothing was changed.");
  }
  KITH_TRY_ASSIGN(ended, act(api, connection, "revoke"));
  return end(api, ended, false, "The connection with " + peer_of(ended) + " has ended.", output);
}

}  // namespace kith::client
