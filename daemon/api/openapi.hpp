#pragma once
// The document that describes this interface (daemon/api/openapi.json), embedded when the program is built.

#include <string_view>

namespace kith::daemon {

// The whole document, as it is served at GET /api/openapi.json.
std::string_view openapi_document();

}  // namespace kith::daemon
