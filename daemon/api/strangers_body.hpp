#pragma once
// The body of a call that anyone may make and that does something: log in, register, set a password. Other sites' pages
// must not be able to have a browser make it. Pure, thread-safe.

#include <initializer_list>
#include <string_view>

#include "core/json.hpp"
#include "daemon/http/message.hpp"

namespace kith::daemon {

inline constexpr std::size_t kMaxStrangersBody = 16 * 1024;  // a password of 1,024 bytes, each escaped, with room
inline constexpr std::size_t kMaxStrangersText = 1024;       // of other fields; what they are for bounds them further

// The JSON object, with no other fields than these. csrf when the browser says that another site made the request,
// unsupported_media_type unless it says that it is JSON, bad_request.
[[nodiscard]] core::Expected<core::Json> strangers_body(const Request& request,
                                                        std::initializer_list<std::string_view> fields);

}  // namespace kith::daemon
