#pragma once
// What a body that is stored as one whole file may not be.

#include "core/error.hpp"
#include "daemon/http/message.hpp"

namespace kith::daemon {

// bad_request for a part, which would be stored as if it were the whole, and for conditions; unsupported_media_type for
// the envelope of an HTML form.
[[nodiscard]] core::Expected<void> require_whole_file(const Request& request);

}  // namespace kith::daemon
