#pragma once
// Text as mail carries it: seven bits a character, short lines. Pure functions; all take valid UTF-8.

#include <string>
#include <string_view>

namespace kith::accounts {

// Whether `text` is printable ASCII throughout: no control characters, no line ends.
bool is_printable_ascii(std::string_view text);

// `text` on one line: every control character, line separator and sign that turns the direction of writing becomes a
// space, and what comes after `most` code points is cut off. For names and the like that people chose.
std::string on_one_line(std::string_view text, std::size_t most);

// RFC 2047 encoded words ("=?UTF-8?B?…?="), each on a line of its own after the first. The first follows a field's name
// of `indent` characters.
std::string to_encoded_words(std::string_view text, std::size_t indent);

// Quoted-printable (RFC 2045, section 6.7) of text whose lines end with LF; the result's end with CRLF.
std::string to_quoted_printable(std::string_view text);

}  // namespace kith::accounts
