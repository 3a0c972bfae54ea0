#include "storage/migrations.hpp"

#include <fstream>
#include <sstream>

#include "storage/sqlite_database.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::storage {
namespace {

constexpr DatabaseOptions kOptions = {.readers = 1, .busy_timeout = std::chrono::milliseconds(5000)};

std::string content_of(const std::filesystem::path& file) {
  std::ostringstream out;
  out << std::ifstream(file, std::ios::binary).rdbuf();
  return out.str();
}

std::vector<std::string> schema_of(Database& database) {
  std::vector<std::string> lines;
  EXPECT_TRUE(database.read([&](Reader& reader) {
    return reader.query("SELECT type || ' ' || name || ': ' || ifnull(sql, '') FROM sqlite_schema ORDER BY 1", {},
                        [&](const Row& row) {
                          lines.push_back(row.text(0));
                          return true;
                        });
  }));
  return lines;
}

TEST(Migrations, AreNumberedFromOneWithoutGaps) {
  int expected = 0;
  for (const auto& migration : embedded_migrations()) EXPECT_EQ(migration.number, ++expected) << migration.name;
  EXPECT_GE(expected, 1);
}

TEST(Migrations, EveryFileIsEmbedded) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(KITH_SOURCE_DIR "/storage/migrations")) {
    ++files;
    const auto name = entry.path().filename().string();
    const auto all = embedded_migrations();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
    ASSERT_NE(found, all.end()) << name;
    EXPECT_EQ(found->sql, content_of(entry.path()));
  }
  EXPECT_EQ(files, embedded_migrations().size());
}

TEST(Migrations, LeadToTheSameSchemaFromEveryVersion) {
  const auto all = embedded_migrations();
  test::TempDir folder;
  auto fresh = SqliteDatabase::open(folder / "fresh.db", kOptions, all);
  ASSERT_TRUE(fresh) << fresh.error().detail;
  const auto expected = schema_of(**fresh);
  EXPECT_EQ((*fresh)->schema_version(), all.back().number);
  for (std::size_t steps = 0; steps <= all.size(); ++steps) {
    const auto file = folder / ("from" + std::to_string(steps) + ".db");
    ASSERT_TRUE(SqliteDatabase::open(file, kOptions, all.first(steps)));
    auto grown = SqliteDatabase::open(file, kOptions, all);
    ASSERT_TRUE(grown) << grown.error().detail;
    EXPECT_EQ(schema_of(**grown), expected) << "from version " << steps;
  }
}

// From before shares left anything out: their viewers keep what they were told of.
TEST(Migrations, OldSharesGoOnShowingContentAsItIs) {
  const auto all = embedded_migrations();
  test::TempDir folder;
  const auto file = folder / "kith.db";
  {
    auto old = SqliteDatabase::open(file, kOptions, all.first(7));
    ASSERT_TRUE(old) << old.error().detail;
    ASSERT_TRUE((*old)->write([](Transaction& transaction) -> Expected<void> {
      for (const auto* sql :
           {"INSERT INTO users (id, handle, is_local, email, permission, state, quota_bytes, created_at, updated_at) "
            "SELECT printf('%026d', i), 'user' || i, 1, i || '@mail.example', 'user', 'active', 0, 0, 0 "
            "FROM (SELECT 1 AS i UNION SELECT 2)",
            "INSERT INTO assets (id, owner, name, name_folded, kind, version, created_at, updated_at) "
            "VALUES (printf('%026d', 3), printf('%026d', 1), 'a', 'a', 'photo', 1, 0, 0)",
            "INSERT INTO shares (id, owner, viewer, asset, shared_at, expires_at) "
            "VALUES (printf('%026d', 4), printf('%026d', 1), printf('%026d', 2), printf('%026d', 3), 3, 4)"})
        KITH_TRY(transaction.execute(sql));
      return {};
    }));
  }
  auto grown = SqliteDatabase::open(file, kOptions, all);
  ASSERT_TRUE(grown) << grown.error().detail;
  std::string row_text;
  ASSERT_TRUE((*grown)->read([&](Reader& reader) {
    return reader.query(
        "SELECT strip || own_strip || is_own || expires_at || own_expires_at || ifnull(album, '-') FROM shares", {},
        [&](const Row& row) {
          row_text = row.text(0);
          return true;
        });
  }));
  EXPECT_EQ(row_text, "nonenone144-");
}

TEST(Migrations, TablesAreStrict) {
  test::TempDir folder;
  auto database = SqliteDatabase::open(folder / "kith.db", kOptions, embedded_migrations());
  ASSERT_TRUE(database) << database.error().detail;
  ASSERT_TRUE((*database)->read([](Reader& reader) {
    return reader.query(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict "
        "AND name NOT LIKE 'sqlite_%'",
        {}, [](const Row& row) {
          ADD_FAILURE() << row.text(0);
          return true;
        });
  }));
}

TEST(Migrations, AFailingStepChangesNothing) {
  constexpr Migration kBroken[] = {
      {1, "0001_good.sql", "CREATE TABLE good (a INTEGER) STRICT;"},
      {2, "0002_bad.sql", "CREATE TABLE half (a INTEGER) STRICT; INSERT INTO none VALUES (1);"}};
  test::TempDir folder;
  auto opened = SqliteDatabase::open(folder / "kith.db", kOptions, kBroken);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().detail, testing::HasSubstr("0002_bad.sql"));
  auto older = SqliteDatabase::open(folder / "kith.db", kOptions, std::span(kBroken).first(1));
  ASSERT_TRUE(older) << older.error().detail;
  EXPECT_THAT(schema_of(**older), testing::ElementsAre(testing::HasSubstr("good")));
}

TEST(Migrations, ANewerDatabaseIsRefusedAndUntouched) {
  constexpr Migration kNewer[] = {{1, "0001_a.sql", "CREATE TABLE a (b INTEGER) STRICT;"},
                                  {2, "0002_c.sql", "CREATE TABLE c (d INTEGER) STRICT;"}};
  test::TempDir folder;
  const auto file = folder / "kith.db";
  ASSERT_TRUE(SqliteDatabase::open(file, kOptions, kNewer));
  const auto before = content_of(file);
  auto opened = SqliteDatabase::open(file, kOptions, std::span(kNewer).first(1));
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().detail, testing::HasSubstr("schema version 2"));
  EXPECT_THAT(opened.error().detail, testing::HasSubstr("newer program"));
  EXPECT_EQ(content_of(file), before);
}

}  // namespace
}  // namespace kith::storage
