#include "storage/database_look.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "storage/database.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::storage {
namespace {

constexpr std::chrono::milliseconds kLong{60'000};

struct DatabaseLookTest : testing::Test {
  const test::TempDir folder;
  const std::filesystem::path file = folder / "kith.db";
};

TEST_F(DatabaseLookTest, NoneIsMade) {
  EXPECT_FALSE(look_at_database(file, kLong).found);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(DatabaseLookTest, ASoundOneAlsoWhileItIsWrittenTo) {
  const auto database = *Database::open(file);
  const auto look = [&] { return look_at_database(file, kLong); };
  EXPECT_TRUE(look().found && look().finished);
  EXPECT_EQ(look().problem, "");
  EXPECT_EQ(look().version, database->schema_version());
  EXPECT_EQ(look().newest, database->schema_version());
  EXPECT_TRUE(database->write([&](Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("INSERT INTO operations VALUES ('backup', 1, '{}')"));
    EXPECT_EQ(look().problem, "");
    return {};
  }));
}

TEST_F(DatabaseLookTest, WhatIsNoDatabase) {
  std::ofstream(file) << std::string(8192, 'x');
  const auto look = look_at_database(file, kLong);
  EXPECT_TRUE(look.found);
  EXPECT_NE(look.problem, "");
}

TEST_F(DatabaseLookTest, DamageWithin) {
  (void)*Database::open(file);
  const auto size = std::filesystem::file_size(file);
  ASSERT_GT(size, 8192u);
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(4096);
  bytes << std::string(size - 4096, 'x');
  bytes.close();
  const auto look = look_at_database(file, kLong);
  EXPECT_NE(look.problem, "");
}

}  // namespace
}  // namespace kith::storage
