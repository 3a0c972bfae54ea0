#pragma once
// The field `asset_ids` of request bodies.

#include <vector>

#include "core/error.hpp"
#include "core/id.hpp"
#include "core/json.hpp"

namespace kith::daemon {

// 1 to `max` of them, in their order. bad_request for anything but a list of texts, not_found for what is no id.
[[nodiscard]] core::Expected<std::vector<core::AssetId>> asset_ids_of(const core::Json& body, std::size_t max);

}  // namespace kith::daemon
