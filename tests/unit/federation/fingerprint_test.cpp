#include "federation/fingerprint.hpp"

#include <gtest/gtest.h>

#include "core/encoding.hpp"
#include "tests/unit/federation/handshake_run.hpp"

namespace kith::federation {
namespace {

TEST(Fingerprint, Has13GroupsOf4) {
  const auto print = Fingerprint::of(test::signing_key(1).public_key());
  EXPECT_EQ(print.compact().size(), 52u);
  EXPECT_EQ(print.grouped().size(), 52u + 12u);
  EXPECT_EQ(print.grouped().substr(0, 4), print.compact().substr(0, 4));
  EXPECT_EQ(print.grouped()[4], ' ');
}

TEST(Fingerprint, IsComparedWithoutSpacesAndCase) {
  const auto print = Fingerprint::of(test::signing_key(1).public_key());
  EXPECT_EQ(Fingerprint::parse(print.grouped()), print);
  EXPECT_EQ(Fingerprint::parse(" " + core::to_lower_ascii(print.compact()) + " "), print);
  EXPECT_NE(Fingerprint::parse(Fingerprint::of(test::signing_key(2).public_key()).compact()), print);
}

TEST(Fingerprint, RefusesWhatIsNone) {
  const auto text = Fingerprint::of(test::signing_key(1).public_key()).compact();
  for (const auto& wrong : {std::string(), text.substr(1), text + "A", "0" + text.substr(1), "1" + text.substr(1),
                            text.substr(0, 51) + "B", text + "======", "-" + text.substr(1)}) {
    EXPECT_FALSE(Fingerprint::parse(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace kith::federation
