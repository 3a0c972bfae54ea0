#pragma once
// What narrows a list of photos, as requests say it.

#include <optional>
#include <string>

#include "assets/photos.hpp"
#include "core/error.hpp"

namespace kith::daemon {

// bad_request for a bound that is neither a day nor an RFC 3339 time.
[[nodiscard]] core::Expected<assets::PhotoFilter> photo_filter(std::string name, std::optional<std::string> camera,
                                                               const std::optional<std::string>& from,
                                                               const std::optional<std::string>& to);

}  // namespace kith::daemon
