#include "storage/operations.hpp"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace kith::storage {
namespace {

TEST(Operations, TheLatestOfEachKindIsKept) {
  const test::TempDir folder;
  auto database = *Database::open(folder / "kith.db");
  const auto note = [&](std::string_view name, std::int64_t at, const char* detail) {
    ASSERT_TRUE(database->write([&](Transaction& transaction) {
      return note_operation(transaction, name, {core::from_unix_ms(at), detail});
    }));
  };
  const auto last = [&](std::string_view name) {
    return *database->read_for<std::optional<Operation>>([&](Reader& reader) { return last_operation(reader, name); });
  };
  EXPECT_FALSE(last(kBackupOperation));
  note(kBackupOperation, 1000, "{}");
  note(kBackupOperation, 2000, R"({"bytes":7})");
  EXPECT_EQ(last(kBackupOperation)->finished_at, core::from_unix_ms(2000));
  EXPECT_EQ(last(kBackupOperation)->detail, R"({"bytes":7})");
  EXPECT_FALSE(last(kVerifyOperation)) << "each kind has a row of its own";
}

}  // namespace
}  // namespace kith::storage
