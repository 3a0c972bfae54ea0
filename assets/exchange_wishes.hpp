#pragma once
// What may be wished for when an exchange is made. For assets/ only. Pure functions.

#include "assets/exchange.hpp"
#include "core/error.hpp"

namespace kith::assets {

// bad_request, saying which wish is out of bounds or doesn't go with which other.
core::Expected<void> check_wishes(const ExchangeWishes& wishes);
// Name and sealed name of a file for `exchange`, as a stranger gives them: bad_request.
core::Expected<void> check_exchange_file(const Exchange& exchange, std::string_view name,
                                         const std::optional<std::string>& sealed_name);

}  // namespace kith::assets
