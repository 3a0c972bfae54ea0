#pragma once
// What a mail server answers, as far as this side reads it itself; the protocol is libcurl's. Pure functions that take
// whatever comes over the line.

#include <optional>
#include <string>
#include <string_view>

namespace kith::accounts {

// The reply code of a line (RFC 5321, section 4.2): 200 to 599.
std::optional<int> reply_code(std::string_view line);

// `line` for a log and an admin's page: short, printable ASCII, and without the recipient's address or the part of it
// before the @.
std::string presentable_answer(std::string_view line, std::string_view recipient);

}  // namespace kith::accounts
