#pragma once
// Names from elsewhere, made fit for this computer's disk and terminal. Pure functions.

#include <string>
#include <string_view>

namespace kith::client {

// One name in a folder, never a path: no slash, backslash or control character, no direction marks that turn
// "gpj.exe" around, no leading dot or dash, not longer than kMaxNameBytes; "file" when nothing is left. UTF-8.
std::string safe_name(std::string_view name);
// The name to try for the n-th time: "a.jpg", "a (2).jpg", "a (3).jpg".
std::string numbered_name(std::string_view safe, int n);
// Text from elsewhere for the terminal: without control characters and escapes.
std::string printable(std::string_view text);

}  // namespace kith::client
