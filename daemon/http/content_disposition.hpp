#pragma once
// Content-Disposition with any Unicode file name (RFC 6266; RFC 8187 for `filename*`).

#include <string>
#include <string_view>

namespace kith::daemon {

// `kind` is "attachment" or "inline". Control characters, path separators and bidirectional controls in `name` become
// '_'; names beyond ASCII get an ASCII stand-in as `filename` and the real one as `filename*`.
std::string content_disposition(std::string_view kind, std::string_view name);

}  // namespace kith::daemon
