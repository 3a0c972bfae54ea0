#include "daemon/app/storage_use.hpp"

#include <gtest/gtest.h>

#include "storage/operations.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::daemon {
namespace {

core::Timestamp at(std::int64_t seconds) {
  return core::from_unix_ms(seconds * 1000);
}

storage::BlobKey content(const char* text) {
  return {*core::UserId::parse("01j9z3v7k2m4n6p8q0r2s4t6v8"), core::sha256(core::as_bytes(text))};
}

TEST(DamagedContent, IsCountedOnceAndSince) {
  DamagedContent damaged;
  damaged.note(content("a"), at(10));
  damaged.note(content("b"), at(20));
  damaged.note(content("b"), at(30));
  EXPECT_EQ(damaged.count({}), 2);
  EXPECT_EQ(damaged.count(at(10)), 1);
  EXPECT_EQ(damaged.count(at(30)), 0);
}

struct ReadOperations : testing::Test {
  const test::TempDir folder;
  std::unique_ptr<storage::Database> database = *storage::Database::open(folder / "kith.db");
  DamagedContent noticed;

  void verified(core::Timestamp when, const std::string& detail) {
    ASSERT_TRUE(database->write([&](storage::Transaction& transaction) {
      return note_operation(transaction, storage::kVerifyOperation, {when, detail});
    }));
  }
  StorageView view() {
    StorageView read;
    EXPECT_TRUE(read_operations(*database, &noticed, read));
    return read;
  }
};

TEST_F(ReadOperations, NothingWasDoneYet) {
  EXPECT_FALSE(view().last_verification);
  EXPECT_FALSE(view().last_backup_at);
  EXPECT_EQ(view().damaged, 0);
}

TEST_F(ReadOperations, AVerificationKnowsBetterOfWhatCameBeforeIt) {
  noticed.note(content("a"), at(5));
  EXPECT_EQ(view().damaged, 1);
  verified(at(10), R"({"checked":9,"damaged":0})");
  EXPECT_EQ(view().damaged, 0) << "it was repaired";
  EXPECT_EQ(view().last_verification->checked, 9);
  noticed.note(content("b"), at(20));
  EXPECT_EQ(view().damaged, 1);
  verified(at(30), R"({"checked":9,"damaged":4})");
  EXPECT_EQ(view().damaged, 4);
}

TEST_F(ReadOperations, WhatMakesNoSenseIsNotShown) {
  for (const char* wrong : {"", "[]", "{}", R"({"checked":-1,"damaged":0})", R"({"checked":"9","damaged":0})"}) {
    verified(at(10), wrong);
    EXPECT_FALSE(view().last_verification) << wrong;
  }
}

}  // namespace
}  // namespace kith::daemon
