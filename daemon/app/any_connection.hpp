#pragma once
// Whether somebody relies on this instance's name.

#include "core/error.hpp"
#include "storage/database.hpp"

namespace kith::daemon {

// True with a connection that has not ended. What strangers made that nobody is shown relies on nothing.
[[nodiscard]] core::Expected<bool> any_connection(storage::Reader& reader);

}  // namespace kith::daemon
