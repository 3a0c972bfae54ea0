#include "client/people.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "client/limits.hpp"
#include "client/listing.hpp"
#include "client/safe_name.hpp"
#include "core/encoding.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using core::Json;

constexpr std::size_t kIdLength = 26;

bool is_one_of(const std::string& state, States states) {
  return std::find(states.begin(), states.end(), state) != states.end();
}

// What is told about somebody with whom there are connections, but none that will do.
std::string why_none(const std::string& who, const Json& all) {
  for (const auto& connection : all) {
    if (names(who, text_of(connection, "peer")))
      return "The connection with " + printable(text_of(connection, "peer")) + " is " +
             printable(text_of(connection, "state")) + ", so this is not possible. kith connections --all tells more.";
  }
  return "There is no connection with " + printable(who) + ". kith connections lists yours.";
}

}  // namespace

bool is_id(std::string_view text) {
  return text.size() == kIdLength && text.front() <= '7' && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z' && c != 'i' && c != 'l' && c != 'o' && c != 'u');
         });
}

bool names(std::string_view who, std::string_view address) {
  if (who.find('@') == who.npos) address = address.substr(0, address.find('@'));
  return !who.empty() && core::equal_ignoring_case(who, address);
}

std::string candidates_text(const Json& objects, const char* name_field) {
  std::string out;
  std::size_t count = 0;
  for (const auto& object : objects) {
    if (++count > kMaxCandidates) return out + " …";
    out += (out.empty() ? "" : ", ") + text_cell(object, name_field) + " (" + text_cell(object, "id") + ")";
  }
  return out;
}

Expected<std::string> own_address(Api& api) {
  if (!api.account().user.empty()) return api.account().user;
  KITH_TRY_ASSIGN(me, api.get("/api/users/me"));
  auto address = text_of(me, "address");
  if (address.empty()) return senseless_answer();
  return address;
}

Expected<Json> own_connections(Api& api) {
  KITH_TRY_ASSIGN(self, own_address(api));
  return all_items(api, "/api/connections", [&](const Json& each) { return text_of(each, "local") == self; });
}

Expected<Json> find_connection(Api& api, const std::string& who, States states) {
  if (is_id(who)) return api.get("/api/connections/" + in_path(who));
  KITH_TRY_ASSIGN(all, own_connections(api));
  Json candidates = Json::array();
  for (const auto& connection : all) {
    if (names(who, text_of(connection, "peer")) && is_one_of(text_of(connection, "state"), states))
      candidates.push_back(connection);
  }
  if (candidates.empty()) return core::fail(ErrorCode::not_found, why_none(who, all));
  if (candidates.size() > 1)
    return core::fail(ErrorCode::conflict, printable(who) + " may be one of several; name one by its id: " +
                                               candidates_text(candidates, "peer"));
  return candidates.front();
}

Expected<Json> find_user(Api& api, const std::string& who) {
  const auto is_meant = [&](const Json& user) {
    return is_true(user, "is_local") && (text_of(user, "id") == who || names(who, text_of(user, "address")) ||
                                         core::equal_ignoring_case(who, text_of(user, "email")));
  };
  KITH_TRY_ASSIGN(users, all_items(api, "/api/admin/users", is_meant));
  if (users.empty())
    return core::fail(ErrorCode::not_found,
                      "There is no account " + printable(who) + " here. kith admin users lists them all.");
  if (users.size() > 1)
    return core::fail(ErrorCode::conflict, printable(who) + " may be one of several; name one by its id: " +
                                               candidates_text(users, "address"));
  return users.front();
}

}  // namespace kith::client
