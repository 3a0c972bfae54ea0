#include "daemon/api/whole_file.hpp"

#include "core/encoding.hpp"

namespace kith::daemon {

using core::ErrorCode;
using core::fail;

core::Expected<void> require_whole_file(const Request& request) {
  if (request.headers.get("Content-Range")) {
    return fail(ErrorCode::bad_request, "Partial uploads are not taken here: send the whole file.");
  }
  if (core::to_lower_ascii(request.headers.get("Content-Type").value_or("")).starts_with("multipart/")) {
    return fail(ErrorCode::unsupported_media_type,
                "Send the bytes of the file as the body (curl --data-binary @FILE).");
  }
  for (const auto* condition : {"If-Match", "If-None-Match"}) {
    if (request.headers.get(condition)) {
      return fail(ErrorCode::bad_request, "Conditions are not taken here: each upload is a new one.");
    }
  }
  return {};
}

}  // namespace kith::daemon
