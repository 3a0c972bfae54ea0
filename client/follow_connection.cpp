#include "client/follow_connection.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "client/limits.hpp"
#include "client/output.hpp"
#include "client/safe_name.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using core::Json;
using std::chrono::milliseconds;

bool is_ended(const std::string& state) {
  return state == "rejected" || state == "revoked" || state == "failed";
}

core::Unexpected end_of(const Json& connection) {
  const auto peer = printable(text_of(connection, "peer"));
  if (text_of(connection, "state") == "rejected")
    return core::fail(ErrorCode::handshake_rejected, peer + " declined. You can ask again with kith connect.");
  const auto why = obstacle_of(connection);
  const auto reason = printable(text_of(connection, "reason"));
  return core::fail(ErrorCode::handshake_ended, "There is no connection with " + peer + " (" + reason +
                                                    "). Ask again with kith connect." + (why.empty() ? "" : " " + why));
}

// A network that fails for a while is no reason to give up.
bool may_pass(const core::Error& error) {
  return error.code == ErrorCode::peer_unreachable || error.code == ErrorCode::busy ||
         error.code == ErrorCode::too_many_requests;
}

}  // namespace

std::string state_text(std::string_view state) {
  if (state == "pending_out") return "waits for them";
  if (state == "pending_in") return "asks you";
  if (state == "exchanging" || state == "verifying") return "being made";
  if (state == "established") return "connected";
  if (state == "rejected") return "declined";
  if (state == "revoked") return "ended";
  return printable(state);
}

std::string obstacle_of(const Json& connection) {
  const auto timeline = connection.find("timeline");
  if (timeline == connection.end() || !timeline->is_array() || timeline->empty()) return {};
  const auto& last = timeline->back();
  const auto done = last.is_object() ? last.find("done") : last.end();
  const bool is_done = done != last.end() && done->is_boolean() && done->get<bool>();
  if (is_done || text_of(last, "last_error").empty()) return {};
  auto text = printable(text_of(last, "last_error"));
  if (const auto help = printable(text_of(last, "help")); !help.empty()) text += " " + help;
  return text;
}

Expected<Json> follow_connection(Api& api, Json connection) {
  const auto target = "/api/connections/" + in_path(text_of(connection, "id"));
  std::string told;
  milliseconds pause = kFirstLook;
  for (int in_vain = 0;;) {
    const auto state = text_of(connection, "state");
    if (state == "established") return connection;
    if (is_ended(state)) return end_of(connection);
    if (const auto obstacle = obstacle_of(connection); !obstacle.empty() && obstacle != told) {
      Output::notice(obstacle);
      told = obstacle;
    }
    if (api.http().interruption().came_within(pause))
      return core::fail(ErrorCode::conflict, "Stopped waiting. The request stays: kith connections shows how it goes.");
    pause = std::min(pause * 3 / 2, kLongestLook);
    auto seen = api.get(target);
    if (seen) {
      connection = std::move(*seen);
      in_vain = 0;
    } else if (!may_pass(seen.error()) || ++in_vain > kTriesInVain) {
      return seen;
    }
  }
}

}  // namespace kith::client
