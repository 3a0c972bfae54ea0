// `kith ls`.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "client/api.hpp"
#include "client/file_commands.hpp"
#include "client/limits.hpp"
#include "client/listing.hpp"
#include "client/remote_files.hpp"
#include "client/safe_name.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using core::Json;

struct Wish {
  Owner owner;
  std::string name;  // a part of it, or a pattern
};

Expected<Wish> wish_of(const LsCommand& command) {
  Wish wish{command.from, command.what};
  if (command.what.size() > 1 && command.what.starts_with('@')) wish = {command.what.substr(1), {}};
  const bool several = command.from && wish.owner != command.from;
  if (several || (command.shared && wish.owner))
    return core::fail(ErrorCode::bad_request, "Name one person, or ask with --shared for what everybody shares.");
  return wish;
}

// A part of a name is found by the server; lists that it can't narrow are narrowed here too.
bool is_meant(const Wish& wish, const LsCommand& command, const Json& asset) {
  if (wish.name.empty()) return true;
  const auto name = text_of(asset, "name");
  if (is_pattern(wish.name)) return fits_pattern(wish.name, name);
  return !command.shared || name.find(wish.name) != name.npos;
}

// Columns of fixed width, so that a line can be shown before the next one is known.
std::string line_of(const LsCommand& command, const Json& asset) {
  const auto name = printable(text_of(asset, "name"));
  const auto owner = command.shared ? printable(text_of(asset, "owner")) : std::string();
  if (!command.is_long) return owner.empty() ? name : owner + "  " + name;
  const bool is_own = asset.contains("updated_at");
  return fmt::format("{:>10}  {:16}  {}{}", size_cell(asset, "size"),
                     time_cell(asset, is_own ? "updated_at" : "created_at"), owner.empty() ? "" : owner + "  ", name);
}

}  // namespace

Expected<void> list_files(const LsCommand& command, const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(wish, wish_of(command));
  KITH_TRY_ASSIGN(session, Session::open(account));
  Json shown = Json::array();
  std::size_t count = 0;
  const auto take = [&](const Json& asset) -> Expected<void> {
    if (!is_meant(wish, command, asset)) return {};
    ++count;
    if (output.json())
      shown.push_back(asset);
    else
      output.line(line_of(command, asset));
    return {};
  };
  const auto target = command.shared ? "/api/shared-with-me" : list_target(wish.owner, wish.name);
  KITH_TRY(session->api().each(target, take, kMaxListed));
  output.document(shown);
  if (count == 0 && !output.json())
    Output::notice(wish.name.empty() ? "There are no files." : "No file has " + printable(wish.name) + " in its name.");
  return {};
}

}  // namespace kith::client
