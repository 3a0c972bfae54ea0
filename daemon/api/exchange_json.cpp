#include "daemon/api/exchange_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "federation/net/instance_identity.hpp"

namespace kith::daemon {
namespace {

using assets::ExchangeRole;
using core::Json;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json offered_json(const assets::ExchangeFile& file) {
  return {{"number", file.number},
          {"name", file.name},
          {"size", file.size},
          {"sealed_name", or_null(file.sealed_name)},
          {"digest", core::digest_text(file.digest)},
          {"media_type", file.media_type}};
}

int files_left(const assets::Exchange& exchange) {
  if (exchange.finished) return 0;
  return std::max(0, exchange.max_files - static_cast<int>(exchange.files.size()));
}

Json page_of(const std::optional<assets::ExchangeToken>& token, std::string_view public_url, const char* path) {
  if (!token) return nullptr;
  return std::string(public_url) + path + assets::exchange_token_text(*token);
}

Json token_json(const std::optional<assets::ExchangeToken>& token) {
  return token ? Json(assets::exchange_token_text(*token)) : Json(nullptr);
}

}  // namespace

std::string person_of(const Services& services, const core::UserId& id) {
  const auto user = services.accounts.users().by_id(id);
  if (!user) return {};
  auto name = user->first_name;
  if (!name.empty() && !user->last_name.empty()) name += ' ';
  name += user->last_name;
  return name.empty() ? user->handle : name;
}

Json exchange_json(const assets::Exchange& exchange) {
  Json files = Json::array();
  for (const auto& file : exchange.files) {
    files.push_back(offered_json(file));
    files.back()["asset_id"] = file.asset ? Json(file.asset->text()) : Json(nullptr);
  }
  return {{"id", exchange.id.text()},
          {"direction", assets::direction_name(exchange.direction)},
          {"state", assets::state_name(exchange.state)},
          {"encrypted", exchange.encrypted},
          {"note", or_null(exchange.note)},
          {"has_password", exchange.has_password},
          {"max_downloads", or_null(exchange.max_downloads)},
          {"downloads", exchange.downloads()},
          {"downloads_running", exchange.downloads_running},
          {"max_files", exchange.max_files},
          {"max_size", or_null(exchange.max_size)},
          {"files", std::move(files)},
          {"size", exchange.size()},
          {"created_at", core::format_timestamp(exchange.created_at)},
          {"expires_at", core::format_timestamp(exchange.expires_at)},
          {"finished", exchange.finished}};
}

Json new_exchange_json(const assets::NewExchange& made, std::string_view public_url) {
  Json out = exchange_json(made.exchange);
  out["exchange_id"] = made.exchange.id.text();
  out["upload_token"] = token_json(made.upload_token);
  out["download_token"] = token_json(made.download_token);
  out["upload_page"] = page_of(made.upload_token, public_url, "/exchange/u#");
  out["download_page"] = page_of(made.download_token, public_url, "/exchange/d#");
  return out;
}

Json visit_json(const assets::ExchangeVisit& visit, const Services& services) {
  const auto& exchange = visit.exchange;
  Json out = {{"role", visit.role == ExchangeRole::upload ? "upload" : "download"},
              {"direction", assets::direction_name(exchange.direction)},
              {"state", assets::state_name(exchange.state)},
              {"from",
               {{"instance", services.config.instance.name},
                {"domain", services.identity.domain()},
                {"person", person_of(services, exchange.owner)}}},
              {"note", or_null(exchange.note)},
              {"encrypted", exchange.encrypted},
              {"password_required", visit.needs_password},
              {"max_files", exchange.max_files},
              {"files_left", files_left(exchange)},
              {"max_size", or_null(exchange.max_size)},
              {"files", nullptr},
              {"size", nullptr},
              {"downloads_left", nullptr},
              {"expires_at", core::format_timestamp(exchange.expires_at)}};
  // Several people may have the link of a collection: none sees what the others gave.
  const bool collects = exchange.direction == assets::ExchangeDirection::receive;
  if (visit.needs_password) return out;
  out["files"] = Json::array();
  if (collects) return out;
  for (const auto& file : exchange.files) out["files"].push_back(offered_json(file));
  out["size"] = exchange.size();
  out["downloads_left"] = or_null(exchange.downloads_left());
  return out;
}

Json uploaded_json(const assets::ExchangeFile& file, const assets::Exchange& exchange) {
  Json out = offered_json(file);
  out["state"] = assets::state_name(exchange.state);
  out["finished"] = exchange.finished;
  out["files_left"] = files_left(exchange);
  return out;
}

}  // namespace kith::daemon
