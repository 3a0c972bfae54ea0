// `kith rm`.

#include <nlohmann/json.hpp>

#include "client/file_commands.hpp"
#include "client/limits.hpp"
#include "client/question.hpp"
#include "client/remote_files.hpp"
#include "client/safe_name.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using core::Json;

std::string names_of(const std::vector<RemoteFile>& files) {
  std::string text;
  for (std::size_t i = 0; i < files.size() && i < kMaxCandidates; ++i)
    text += (i == 0 ? "" : ", ") + printable(files[i].name);
  if (files.size() > kMaxCandidates) text += " and " + std::to_string(files.size() - kMaxCandidates) + " more";
  return text;
}

Expected<void> check_wish(Interruption& interruption, const std::vector<RemoteFile>& files) {
  KITH_TRY_ASSIGN(yes, ask_yes_or_no("Delete " + names_of(files) + "?", interruption));
  if (!yes) return core::fail(ErrorCode::conflict, "Nothing was deleted.");
  return {};
}

// The one deleted last, where several of that name were.
Expected<Json> find_deleted(Api& api, const std::string& name) {
  Json found;
  const auto take = [&](const Json& asset) -> Expected<void> {
    if (text_of(asset, "name") == name &&
        (found.is_null() || text_of(asset, "deleted_at") > text_of(found, "deleted_at")))
      found = asset;
    return {};
  };
  KITH_TRY(api.each("/api/deleted-assets", take, kMaxListed));
  if (found.is_null())
    return core::fail(ErrorCode::not_found, "No file called " + printable(name) +
                                                " was deleted within the last day. What was deleted before is gone.");
  return found;
}

Expected<void> bring_back(Api& api, const std::vector<std::string>& names, const Output& output) {
  Json brought = Json::array();
  for (const auto& name : names) {
    KITH_TRY_ASSIGN(deleted, find_deleted(api, name));
    KITH_TRY_ASSIGN(asset, api.post("/api/assets/" + in_path(text_of(deleted, "id")) + "/undelete", Json::object()));
    output.line(printable(text_of(asset, "name")));
    brought.push_back(std::move(asset));
  }
  output.document(brought);
  return {};
}

}  // namespace

Expected<void> remove_files(const RmCommand& command, const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  auto& api = session->api();
  if (command.undo) return bring_back(api, command.names, output);
  KITH_TRY_ASSIGN(files, choose_files(api, std::nullopt, command.names));
  if (!command.yes && can_ask()) KITH_TRY(check_wish(session->http().interruption(), files));
  Json removed = Json::array();
  for (const auto& file : files) {
    KITH_TRY(api.del("/api/assets/" + in_path(file.id)));
    output.line(printable(file.name));
    removed.push_back({{"id", file.id}, {"name", file.name}});
  }
  output.document(removed);
  if (!output.json()) Output::notice("Deleted. For a day kith rm --undo NAME brings it back, and its shares with it.");
  return {};
}

}  // namespace kith::client
