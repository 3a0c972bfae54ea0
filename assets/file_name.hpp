#pragma once
// File names as people give them. A name is a label, never a path: nothing on disk is ever called by it. Pure
// functions.

#include <string>
#include <string_view>

#include "core/error.hpp"

namespace kith::assets {

// bad_request, saying what is wrong, unless `name` is 1 to 255 bytes of UTF-8 without `/`, `\` and control characters
// (C0, DEL, C1, line and paragraph separator), and other than "." and "..". Any other Unicode is a name, direction
// marks included: who shows names isolates them. Composed and decomposed forms are different names.
[[nodiscard]] core::Expected<void> check_file_name(std::string_view name);

// C0, DEL, C1, line and paragraph separator. `text` must be UTF-8.
bool has_control_character(std::string_view text);

// The form names are searched in: every character in its simple lower case. `text` must be UTF-8.
std::string fold_case(std::string_view text);

// What stands behind the last dot, in ASCII lower case; empty for none ("README", ".profile").
std::string extension_of(std::string_view name);

}  // namespace kith::assets
