// `kith status`.

#include <nlohmann/json.hpp>

#include "client/api.hpp"
#include "client/limits.hpp"
#include "client/login_commands.hpp"
#include "client/progress.hpp"
#include "client/safe_name.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using core::Json;

// What waits for the person, in the words of what to do; empty when nothing does.
std::string task_of(const Json& connection) {
  const auto state = text_of(connection, "state");
  const auto peer = printable(text_of(connection, "peer"));
  if (state == "pending_in") return peer + " asks for a connection: kith approve " + peer + ", or kith reject " + peer;
  const bool verified = core::required_bool(connection, "verified").value_or(true);
  if (state == "established" && !verified) return "Compare the words with " + peer + ": kith words " + peer;
  return {};
}

// What the token may not see is left out.
template <class T>
Expected<T> unless_hidden(Expected<T> answer, T otherwise) {
  if (answer || answer.error().code != ErrorCode::scope_missing) return answer;
  return otherwise;
}

struct Situation {
  Json welcome, me, instance;
  Json waiting = Json::array();
};

Expected<Json> waiting_connections(Api& api, const std::string& address) {
  Json waiting = Json::array();
  const auto take = [&](const Json& connection) -> Expected<void> {
    // An admin is told of everybody's.
    if (text_of(connection, "local") == address && !task_of(connection).empty()) waiting.push_back(connection);
    return {};
  };
  KITH_TRY(api.each("/api/connections", take, kMaxListed));
  return waiting;
}

Expected<Situation> look(Api& api) {
  Situation now;
  KITH_TRY_ASSIGN(welcome, api.get("/api/welcome"));
  KITH_TRY_ASSIGN(me, api.get("/api/users/me"));
  KITH_TRY_ASSIGN(instance, unless_hidden(api.get("/api/instance"), Json::object()));
  KITH_TRY_ASSIGN(waiting, unless_hidden(waiting_connections(api, text_of(me, "address")), Json::array()));
  now.welcome = std::move(welcome);
  now.me = std::move(me);
  now.instance = std::move(instance);
  now.waiting = std::move(waiting);
  return now;
}

std::uint64_t bytes_of(const Json& object, const char* field) {
  return static_cast<std::uint64_t>(core::required_integer(object, field, 0, INT64_MAX).value_or(0));
}

std::string space_of(const Json& me) {
  const auto used = bytes_of(me, "used_bytes"), quota = bytes_of(me, "quota_bytes");
  const auto percent =
      quota == 0 ? 0 : static_cast<int>(100.0 * static_cast<double>(used) / static_cast<double>(quota));
  return size_text(used) + " of " + size_text(quota) + " used (" + std::to_string(percent) + " %)";
}

std::string reachability_of(const Json& instance) {
  const auto reached = text_of(instance, "reached_at");
  if (text_of(instance, "reachability") == "reached")
    return reached.empty() ? "other servers reach it" : "another server got through last at " + time_text(reached);
  return "no other server has got through yet";
}

void print(const Output& output, const std::string& server, const Situation& now) {
  const auto row = [&](std::string label, const std::string& text) {
    label.resize(14, ' ');
    output.line(label + text);
  };
  row("Server", server + " (" + printable(text_of(now.welcome, "name")) + ", kith " +
                    printable(text_of(now.welcome, "version")) + ")");
  row("You", printable(text_of(now.me, "address")) + (text_of(now.me, "permission") == "admin" ? ", an admin" : ""));
  row("Space", space_of(now.me));
  if (!now.instance.empty()) {
    row("Fingerprint", printable(text_of(now.instance, "fingerprint")));
    row("From outside", reachability_of(now.instance));
  }
  for (const auto& connection : now.waiting) row("To do", task_of(connection));
}

}  // namespace

Expected<void> show_status(const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  const auto server = printable(session->api().account().server);
  auto now = look(session->api());
  if (!now && now.error().code == ErrorCode::unauthorized)
    now.error().detail = "Your token is no good any more at " + server + ". Log in again with kith login.";
  if (!now) return tl::make_unexpected(std::move(now.error()));
  print(output, server, *now);
  output.document({{"server", server},
                   {"instance", now->instance.empty() ? Json() : now->instance},
                   {"version", text_of(now->welcome, "version")},
                   {"user", now->me},
                   {"waiting", now->waiting}});
  return {};
}

}  // namespace kith::client
