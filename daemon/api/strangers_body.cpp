#include "daemon/api/strangers_body.hpp"

#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "daemon/api/csrf.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;

// A form of another site can send other types without being asked (Fetch, "CORS-safelisted request-header"), and so log
// somebody in as somebody else.
Expected<void> require_json(const Request& request) {
  const auto type = request.headers.get("Content-Type").value_or("");
  auto essence = type.substr(0, type.find(';'));
  while (essence.ends_with(' ') || essence.ends_with('\t')) essence.remove_suffix(1);
  const bool one = request.headers.count("Content-Type") == 1;
  if (one && core::equal_ignoring_case(essence, "application/json")) return {};
  return core::fail(ErrorCode::unsupported_media_type, "Send JSON, with Content-Type: application/json.");
}

}  // namespace

Expected<core::Json> strangers_body(const Request& request, std::initializer_list<std::string_view> fields) {
  KITH_TRY(refuse_cross_site(request));
  KITH_TRY(require_json(request));
  KITH_TRY_ASSIGN(body, core::parse_json_object(request.body));
  KITH_TRY(core::only_fields(body, fields));
  return body;
}

}  // namespace kith::daemon
