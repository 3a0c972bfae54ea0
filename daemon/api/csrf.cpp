#include "daemon/api/csrf.hpp"

#include "core/crypto/hmac.hpp"
#include "core/encoding.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr std::string_view kField = "X-Kith-CSRF";

core::Mac csrf_mac(std::string_view token) {
  return core::hmac_sha256(core::as_bytes(token), core::as_bytes("kith csrf"));
}

bool changes_something(Method method) {
  return method != Method::get && method != Method::head && method != Method::options;
}

}  // namespace

std::string csrf_value(std::string_view token) {
  return core::to_base64url(csrf_mac(token).view());
}

Expected<void> check_csrf(const Request& request, std::string_view token) {
  KITH_TRY(refuse_cross_site(request));
  if (!changes_something(request.method)) return {};
  const auto sent = core::from_base64url_as<core::Mac>(request.headers.get(kField).value_or(""));
  if (sent && request.headers.count(kField) == 1 && core::mac_equal(*sent, csrf_mac(token))) return {};
  return fail(ErrorCode::csrf,
              "With a session cookie this needs the header X-Kith-CSRF, with `csrf` of GET /api/session as it is now.");
}

Expected<void> refuse_cross_site(const Request& request) {
  for (const auto& [name, value] : request.headers.all()) {
    if (core::equal_ignoring_case(name, "Sec-Fetch-Site") && core::equal_ignoring_case(value, "cross-site")) {
      return fail(ErrorCode::csrf, "Another site's page made this request.");
    }
  }
  return {};
}

}  // namespace kith::daemon
