#include "storage/key_vault.hpp"

#include "tests/support/recorded_alerts.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::storage {
namespace {

struct KeyVaultTest : testing::Test {
  test::TempDir folder;
  test::SeededRandom random;
  std::unique_ptr<Database> database = std::move(*Database::open(folder / "kith.db"));

  MasterKey key(std::uint8_t first) {
    MasterKey made;
    made.writable()[0] = first;
    return made;
  }
  std::unique_ptr<KeyVault> open(std::uint8_t first = 1) {
    return std::move(*KeyVault::open(*database, key(first), random));
  }
};

const core::Bytes kSecret = {1, 2, 3, 4};

TEST_F(KeyVaultTest, OpensWhatItSealed) {
  auto vault = open();
  const auto sealed = vault->seal("instance key", "self", kSecret);
  EXPECT_EQ(vault->open_sealed("instance key", "self", sealed).value(), kSecret);
  EXPECT_NE(vault->seal("instance key", "self", kSecret), sealed) << "a fresh nonce every time";
}

TEST_F(KeyVaultTest, RefusesASealedValueMovedToAnotherRow) {
  auto vault = open();
  const auto sealed = vault->seal("permanent key", "row1", kSecret);
  EXPECT_FALSE(vault->open_sealed("permanent key", "row2", sealed));
  EXPECT_FALSE(vault->open_sealed("instance key", "row1", sealed));
  EXPECT_FALSE(vault->open_sealed("permanent keyr", "ow1", sealed)) << "the parts are apart";
}

TEST_F(KeyVaultTest, RefusesEveryFlippedBitAndEveryCut) {
  auto vault = open();
  const auto sealed = vault->seal("p", "i", kSecret);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    auto changed = sealed;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    auto opened = vault->open_sealed("p", "i", changed);
    ASSERT_FALSE(opened) << "bit " << bit;
    EXPECT_EQ(opened.error().code, core::ErrorCode::internal);
  }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_FALSE(vault->open_sealed("p", "i", core::ByteView(sealed).first(size))) << size;
}

TEST_F(KeyVaultTest, RaisesAnAlertWhenASealedValueDoesNotOpen) {
  test::RecordedAlerts alerts;
  auto vault = std::move(*KeyVault::open(*database, key(1), random, &alerts));
  const auto sealed = vault->seal("permanent key", "row1", kSecret);
  EXPECT_TRUE(vault->open_sealed("permanent key", "row1", sealed));
  EXPECT_TRUE(alerts.raised.empty());
  EXPECT_FALSE(vault->open_sealed("permanent key", "row2", sealed));
  ASSERT_EQ(alerts.raised.size(), 1u);
  EXPECT_EQ(alerts.raised[0].substr(0, 26), "master_key permanent key: ");
  EXPECT_THAT(alerts.raised[0], testing::HasSubstr("does not open"));
}

TEST_F(KeyVaultTest, RefusesAWrongMasterKeyAndLeavesTheMark) {
  const auto sealed = open(1)->seal("p", "i", kSecret);
  auto wrong = KeyVault::open(*database, key(2), random);
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().detail, testing::HasSubstr("restore the right master.key"));
  EXPECT_EQ(open(1)->open_sealed("p", "i", sealed).value(), kSecret);
}

TEST_F(KeyVaultTest, SealedBytesDoNotShowTheSecret) {
  const core::Bytes long_secret(64, 0xAB);
  const auto sealed = open()->seal("p", "i", long_secret);
  EXPECT_EQ(std::search_n(sealed.begin(), sealed.end(), 8, 0xAB), sealed.end());
}

}  // namespace
}  // namespace kith::storage
