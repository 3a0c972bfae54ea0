#include "storage/database_copy.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "storage/operations.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::storage {
namespace {

struct CopiedDatabase : testing::Test {
  test::TempDir folder;
  std::unique_ptr<Database> database = *Database::open(folder / "kith.db");
  const std::filesystem::path copy = folder / "copy.db";

  void note(const char* detail) {
    ASSERT_TRUE(database->write([&](Transaction& transaction) {
      return note_operation(transaction, kBackupOperation, {core::from_unix_ms(1000), detail});
    }));
  }
  std::string detail_in_copy() {
    auto opened = DatabaseCopy::open(copy);
    EXPECT_TRUE(opened) << opened.error().detail;
    return (*last_operation(*opened, kBackupOperation))->detail;
  }
};

TEST_F(CopiedDatabase, HoldsWhatWasWrittenBefore) {
  note("{}");
  ASSERT_TRUE(copy_database(folder / "kith.db", copy));
  note(R"({"later":1})");
  EXPECT_EQ(detail_in_copy(), "{}");
  struct stat status {};
  ASSERT_EQ(::stat(copy.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(CopiedDatabase, IsMadeWhileSomebodyWrites) {
  note("{}");
  ASSERT_TRUE(database->write([&](Transaction& transaction) -> Expected<void> {
    KITH_TRY(note_operation(transaction, kBackupOperation, {core::from_unix_ms(2000), R"({"open":1})"}));
    return copy_database(folder / "kith.db", copy);
  }));
  EXPECT_EQ(detail_in_copy(), "{}") << "what was not committed is not in it";
}

TEST_F(CopiedDatabase, ReadingItWritesNothing) {
  ASSERT_TRUE(copy_database(folder / "kith.db", copy));
  const auto names = [&] { return std::distance(std::filesystem::directory_iterator(folder.path()), {}); };
  const auto before = names();
  auto opened = DatabaseCopy::open(copy);
  ASSERT_TRUE(opened);
  EXPECT_FALSE(last_operation(*opened, kBackupOperation).value());
  EXPECT_EQ(names(), before);
  EXPECT_FALSE(opened->query("DELETE FROM operations", {}, [](const Row&) { return true; }));
}

TEST_F(CopiedDatabase, NothingIsOverwritten) {
  std::ofstream(copy) << "something";
  EXPECT_FALSE(copy_database(folder / "kith.db", copy));
  EXPECT_EQ(std::filesystem::file_size(copy), 9u);
}

}  // namespace
}  // namespace kith::storage
