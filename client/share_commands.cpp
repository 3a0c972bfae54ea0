#include "client/share_commands.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "client/listing.hpp"
#include "client/people.hpp"
#include "client/remote_files.hpp"
#include "client/safe_name.hpp"
#include "core/clock.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using core::Json;

std::string name_of(const Json& share) {
  const auto asset = share.find("asset");
  return asset == share.end() ? std::string() : text_of(*asset, "name");
}

bool fits(const std::string& name, const Json& share) {
  return name_of(share) == name || (is_pattern(name) && fits_pattern(name, name_of(share)));
}

// A name without @ is somebody on this server, as it is when something is shared.
std::string full_address(const std::string& person, const std::string& own_address) {
  return person.find('@') == person.npos ? person + own_address.substr(own_address.find('@')) : person;
}

std::string count_text(std::size_t count) {
  return count == 1 ? "1 file" : std::to_string(count) + " files";
}

}  // namespace

Expected<void> share(const ShareCommand& command, const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  auto& api = session->api();
  KITH_TRY_ASSIGN(files, choose_files(api, std::nullopt, command.names));
  Json wish{{"asset_ids", Json::array()}, {"with", command.with}};
  for (const auto& file : files) wish["asset_ids"].push_back(file.id);
  if (command.expires_in)
    wish["expires_at"] = core::format_timestamp(core::SystemClock().now() + std::chrono::seconds(*command.expires_in));
  if (!command.strip.empty()) wish["strip"] = command.strip;
  KITH_TRY_ASSIGN(made, api.post("/api/shares", wish));
  const auto items = made.find("items");
  if (items == made.end() || !items->is_array() || items->empty()) return senseless_answer();
  output.line("Shared " + count_text(items->size()) + " with " + text_cell(items->front(), "with") + ".");
  output.document(*items);
  return {};
}

Expected<void> unshare(const UnshareCommand& command, const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  auto& api = session->api();
  KITH_TRY_ASSIGN(self, own_address(api));
  const auto is_meant = [with = command.with.empty() ? "" : full_address(command.with, self)](const Json& each) {
    return with.empty() || names(with, text_of(each, "with"));
  };
  KITH_TRY_ASSIGN(all, all_items(api, "/api/shares", is_meant));
  Json chosen = Json::array();
  for (const auto& name : command.names) {
    const auto before = chosen.size();
    for (const auto& each : all) {
      if (fits(name, each) && std::find(chosen.begin(), chosen.end(), each) == chosen.end()) chosen.push_back(each);
    }
    if (chosen.size() == before)
      return core::fail(ErrorCode::not_found, printable(name) + " is not shared with " +
                                                  (command.with.empty() ? "anybody" : printable(command.with)) +
                                                  ". kith shares lists what is.");
  }
  for (const auto& each : chosen) KITH_TRY(api.del("/api/shares/" + in_path(text_of(each, "id"))));
  for (const auto& each : chosen)
    output.line(printable(name_of(each)) + " is no longer shared with " + text_cell(each, "with") + ".");
  output.document(chosen);
  return {};
}

Expected<void> shares(const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  KITH_TRY_ASSIGN(all, all_items(session->api(), "/api/shares"));
  print_list(output, all,
             {{"FILE", [](const Json& each) { return printable(name_of(each)); }},
              column("WITH", "with"),
              column("SINCE", "shared_at", time_cell),
              column("UNTIL", "expires_at", time_cell)},
             "You share nothing. Begin with: kith share NAME --with SOMEBODY@THEIR.SERVER");
  return {};
}

}  // namespace kith::client
