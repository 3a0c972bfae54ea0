#pragma once
// QR codes (ISO/IEC 18004) for a terminal, so that a telephone gets a long link from its screen. Pure function.

#include <string>
#include <string_view>

namespace kith::client {

// Lines of half blocks, each two modules high, dark on light whatever the terminal's colours, with the quiet zone that
// readers need. Empty when `text` is too long for a code.
std::string qr_code(std::string_view text);

}  // namespace kith::client
