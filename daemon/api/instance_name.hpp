#pragma once
// What an admin may call the instance, and the domain it may have. Pure.

#include <cstddef>
#include <string_view>

#include "core/error.hpp"

namespace kith::daemon {

inline constexpr std::size_t kMaxChosenName = 80;  // characters

// bad_request, saying what is wrong, unless `name` is 1 to 80 characters of UTF-8 that show as what they are: no
// control characters or line breaks, none that are invisible or turn the reading direction, no space at either end.
[[nodiscard]] core::Expected<void> check_instance_name(std::string_view name);
// The rules of instance.domain in the configuration file and of federation/PROTOCOL.md, "Addresses".
[[nodiscard]] core::Expected<void> check_instance_domain(std::string_view domain);

}  // namespace kith::daemon
