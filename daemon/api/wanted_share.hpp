#pragma once
// What bodies that share something say beside what it is: `with`, `expires_at`, `strip`.

#include "assets/share_terms.hpp"
#include "core/json.hpp"
#include "daemon/api/endpoint.hpp"

namespace kith::daemon {

struct WantedShare {
  core::UserId viewer;  // somebody here, or who is connected to the caller
  assets::ShareTerms terms;
};

// not_found for a person or a connection that is not there, bad_request for fields that make no sense.
[[nodiscard]] core::Expected<WantedShare> wanted_share(const Call& call, const core::Json& body);

// The field `strip`; nothing when it is left out.
[[nodiscard]] core::Expected<std::optional<assets::Strip>> strip_in(const core::Json& body);

}  // namespace kith::daemon
