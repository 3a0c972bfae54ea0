#include "client/exchange_list.hpp"

#include <nlohmann/json.hpp>

#include "client/listing.hpp"
#include "client/safe_name.hpp"

namespace kith::client {
namespace {

using core::Expected;
using core::Json;

bool is_alive(const Json& exchange) {
  const auto state = text_of(exchange, "state");
  return state == "open" || state == "uploading" || state == "available";
}

// "beach.jpg and 3 more".
std::string files_text(const Json& exchange) {
  const auto files = exchange.find("files");
  if (files == exchange.end() || !files->is_array() || files->empty()) return "-";
  if (is_true(exchange, "encrypted")) return std::to_string(files->size()) + " encrypted";
  const auto first = text_cell(files->front(), "name");
  return files->size() == 1 ? first : first + " and " + std::to_string(files->size() - 1) + " more";
}

std::string downloads_text(const Json& exchange) {
  const auto most = number_cell(exchange, "max_downloads");
  return number_cell(exchange, "downloads") + (most == "-" ? "" : " of " + most);
}

}  // namespace

Expected<void> list_exchanges(bool all, const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  KITH_TRY_ASSIGN(found,
                  all_items(session->api(), "/api/exchanges", [&](const Json& each) { return all || is_alive(each); }));
  print_list(output, found,
             {column("ID", "id"),
              column("DIRECTION", "direction"),
              column("STATE", "state"),
              {"DOWNLOADS", downloads_text},
              column("SIZE", "size", size_cell),
              column("UNTIL", "expires_at", time_cell),
              {"FILES", files_text},
              column("NOTE", "note")},
             "There is no link that still works. Make one with: kith exchange send FILE");
  return {};
}

Expected<void> revoke_exchanges(const std::vector<std::string>& ids, const AccountOptions& account,
                                const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  for (const auto& id : ids) {
    KITH_TRY(session->api().del("/api/exchanges/" + in_path(id)));
    output.line(printable(id) + " is revoked: its links are dead.");
  }
  output.document({{"revoked", ids}});
  return {};
}

}  // namespace kith::client
