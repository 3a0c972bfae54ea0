#pragma once
// POST to a collection of tus: an upload is created, perhaps with its first bytes, and only once for an idempotency
// key.

#include <memory>

#include "daemon/api/services.hpp"
#include "daemon/api/tus_routes.hpp"
#include "daemon/http/body.hpp"

namespace kith::daemon {

// For the request whose head has come; may answer before its body does.
[[nodiscard]] core::Expected<std::unique_ptr<BodySink>> open_tus_creation(const Services& services, const TusDoor& door,
                                                                          const Request& request);

}  // namespace kith::daemon
