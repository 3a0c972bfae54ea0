#include "client/qr_code.hpp"

#include <qrcodegen/qrcodegen.h>

#include <vector>

namespace kith::client {
namespace {

constexpr int kQuietZone = 4;  // modules, ISO/IEC 18004 section 5.3.8

// One character shows two modules, the upper in the foreground colour, the lower in the background's.
const char* half_blocks(bool upper_dark, bool lower_dark) {
  if (upper_dark && lower_dark) return "█";
  if (upper_dark) return "▀";
  return lower_dark ? "▄" : " ";
}

}  // namespace

std::string qr_code(std::string_view text) {
  std::vector<std::uint8_t> scratch(qrcodegen_BUFFER_LEN_MAX), code(qrcodegen_BUFFER_LEN_MAX);
  if (!qrcodegen_encodeText(std::string(text).c_str(), scratch.data(), code.data(), qrcodegen_Ecc_LOW,
                            qrcodegen_VERSION_MIN, qrcodegen_VERSION_MAX, qrcodegen_Mask_AUTO, true))
    return {};
  const int end = qrcodegen_getSize(code.data()) + kQuietZone;
  std::string out;
  for (int y = -kQuietZone; y < end; y += 2) {
    out += "\x1b[30;107m";  // black on bright white
    for (int x = -kQuietZone; x < end; ++x)
      out += half_blocks(qrcodegen_getModule(code.data(), x, y), qrcodegen_getModule(code.data(), x, y + 1));
    out += "\x1b[0m\n";
  }
  return out;
}

}  // namespace kith::client
