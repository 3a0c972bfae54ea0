#pragma once
// Exchanges as JSON: for the people who made them, and for outsiders.

#include <nlohmann/json_fwd.hpp>

#include "assets/exchange.hpp"
#include "core/json.hpp"
#include "daemon/api/services.hpp"

namespace kith::daemon {

core::Json exchange_json(const assets::Exchange& exchange);
// How somebody is called by people who don't know handles; empty for a user who is not there.
std::string person_of(const Services& services, const core::UserId& id);
// With the tokens, and the pages that go on in their fragment. The caller sees to it that it goes into no log.
core::Json new_exchange_json(const assets::NewExchange& made, std::string_view public_url);
// What an outsider sees of the exchange a token opened. While a password is missing: nothing of its content.
core::Json visit_json(const assets::ExchangeVisit& visit, const Services& services);
// A file that has just come.
core::Json uploaded_json(const assets::ExchangeFile& file, const assets::Exchange& exchange);

}  // namespace kith::daemon
