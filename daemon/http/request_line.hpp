#pragma once
// A second opinion on the request line: Pistache's parser reads it too, and a request both don't read alike is refused.

#include "core/error.hpp"

namespace kith::daemon {

struct RequestHead;

// `head` has method, version and target. Methods Pistache doesn't know are passed over. bad_request on a difference.
[[nodiscard]] core::Expected<void> confirm_request_line(const RequestHead& head);

}  // namespace kith::daemon
