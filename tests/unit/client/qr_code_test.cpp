// QR codes in a terminal. That a telephone reads them is the library's part; here: that what is drawn is the code.
#include "client/qr_code.hpp"

#include <gtest/gtest.h>
#include <qrcodegen/qrcodegen.h>

#include <vector>

namespace kith::client {
namespace {

constexpr const char* kLink = "https://kith.example.org/invite#kith1.alice@kith.example.org.SECRET";

// Lines of modules, true for dark, read from the drawing as an eye does.
std::vector<std::vector<bool>> read(const std::string& drawing) {
  std::vector<std::vector<bool>> rows;
  std::size_t at = 0;
  while (at < drawing.size()) {
    const auto end = drawing.find('\n', at);
    auto line = drawing.substr(drawing.find('m', at) + 1, drawing.rfind("\x1b", end) - drawing.find('m', at) - 1);
    std::vector<bool> upper, lower;
    while (!line.empty()) {
      const std::string block = line.substr(0, line[0] == ' ' ? 1 : 3);
      line.erase(0, block.size());
      upper.push_back(block == "█" || block == "▀");
      lower.push_back(block == "█" || block == "▄");
    }
    rows.push_back(std::move(upper));
    rows.push_back(std::move(lower));
    at = end + 1;
  }
  return rows;
}

TEST(QrCode, IsDrawnModuleByModuleWithinItsQuietZone) {
  const auto rows = read(qr_code(kLink));
  std::vector<std::uint8_t> scratch(qrcodegen_BUFFER_LEN_MAX), code(qrcodegen_BUFFER_LEN_MAX);
  ASSERT_TRUE(
      qrcodegen_encodeText(kLink, scratch.data(), code.data(), qrcodegen_Ecc_LOW, 1, 40, qrcodegen_Mask_AUTO, true));
  const int size = qrcodegen_getSize(code.data());
  ASSERT_GE(rows.size(), static_cast<std::size_t>(size + 8));
  for (int y = -4; y < size + 4; ++y) {
    const auto& row = rows.at(static_cast<std::size_t>(y + 4));
    ASSERT_EQ(row.size(), static_cast<std::size_t>(size + 8));
    for (int x = -4; x < size + 4; ++x)
      EXPECT_EQ(row.at(static_cast<std::size_t>(x + 4)), qrcodegen_getModule(code.data(), x, y)) << x << "," << y;
  }
}

TEST(QrCode, FitsATerminalForALinkOfAnInvite) {
  const auto rows = read(qr_code(std::string(210, 'x')));
  EXPECT_LE(rows.front().size(), 80U);
}

TEST(QrCode, IsNothingForWhatNoCodeHolds) {
  EXPECT_EQ(qr_code(std::string(10'000, 'x')), "");
}

}  // namespace
}  // namespace kith::client
