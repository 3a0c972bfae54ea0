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

// What one column answers, row after row.
std::string answers(Database& database, std::string_view sql) {
  std::string all;
  const auto done = database.read([&](Reader& reader) {
    return reader.query(sql, {}, [&](const Row& row) {
      all += (all.empty() ? "" : " ") + row.text(0);
      return true;
    });
  });
  return done ? all : done.error().detail;
}

// A household as the release before exchanges and photos left it, with every kind of row that later steps touch.
constexpr const char* kVersion7[] = {
    "INSERT INTO users (id, handle, is_local, email, permission, state, quota_bytes, created_at, updated_at) "
    "SELECT printf('%026d', i), 'user' || i, 1, i || '@mail.example', 'user', 'active', 0, 0, 0 "
    "FROM (SELECT 1 AS i UNION SELECT 2)",
    "INSERT INTO blobs (owner, digest, size) SELECT printf('%026d', 1), CAST(printf('%032d', i) AS BLOB), i "
    "FROM (SELECT 1 AS i UNION SELECT 2 UNION SELECT 3)",
    // A photo in its second version, the same photo again and deleted, and a text.
    "INSERT INTO assets (id, owner, name, name_folded, kind, version, created_at, updated_at, deleted_at) VALUES "
    "(printf('%026d', 11), printf('%026d', 1), 'a.jpg', 'a.jpg', 'photo', 2, 100, 200, NULL), "
    "(printf('%026d', 12), printf('%026d', 1), 'b.jpg', 'b.jpg', 'photo', 1, 300, 300, 400), "
    "(printf('%026d', 13), printf('%026d', 1), 'c.txt', 'c.txt', 'document', 1, 500, 500, NULL)",
    "INSERT INTO asset_versions (asset, number, owner, digest, size, media_type, created_at, superseded_at) "
    "SELECT printf('%026d', asset), number, printf('%026d', 1), CAST(printf('%032d', blob) AS BLOB), blob, media_type, "
    "created_at, superseded_at FROM (SELECT 11 AS asset, 1 AS number, 1 AS blob, 'image/jpeg' AS media_type, "
    "100 AS created_at, 200 AS superseded_at UNION SELECT 11, 2, 2, 'image/jpeg', 200, NULL "
    "UNION SELECT 12, 1, 2, 'image/jpeg', 300, NULL UNION SELECT 13, 1, 3, 'text/plain', 500, NULL)",
    "INSERT INTO shares (id, owner, viewer, asset, shared_at, expires_at) VALUES "
    "(printf('%026d', 21), printf('%026d', 1), printf('%026d', 2), printf('%026d', 11), 3, NULL)",
    "INSERT INTO idempotency (user_id, key, request, status, body, created_at) "
    "VALUES (printf('%026d', 1), 'key', zeroblob(32), 201, '{}', 1)"};

TEST(Migrations, AHouseholdOfTheReleaseBeforeKeepsAllItHas) {
  const auto all = embedded_migrations();
  test::TempDir folder;
  const auto file = folder / "kith.db";
  {
    auto old = SqliteDatabase::open(file, kOptions, all.first(7));
    ASSERT_TRUE(old) << old.error().detail;
    for (const auto* sql : kVersion7) {
      const auto done = (*old)->write([&](Transaction& transaction) -> Expected<void> {
        KITH_TRY(transaction.execute(sql));
        return {};
      });
      ASSERT_TRUE(done) << done.error().detail;
    }
  }
  auto grown = SqliteDatabase::open(file, kOptions, all);
  ASSERT_TRUE(grown) << grown.error().detail;
  auto& database = **grown;
  EXPECT_EQ(answers(database, "SELECT \"table\" FROM pragma_foreign_key_check"), "");
  EXPECT_EQ(answers(database, "SELECT * FROM pragma_integrity_check"), "ok");
  EXPECT_EQ(answers(database, "SELECT names || '' FROM blobs ORDER BY digest"), "1 2 1");
  EXPECT_EQ(answers(database, "SELECT name || taken_at FROM assets ORDER BY id"), "a.jpg100 b.jpg300 c.txt500");
  EXPECT_EQ(answers(database, "SELECT count(*) || '' FROM asset_versions"), "4");
  EXPECT_EQ(answers(database, "SELECT state || attempts FROM photos"), "waiting0 waiting0") << "each content once";
  EXPECT_EQ(answers(database, "SELECT strip || is_own || ifnull(own_expires_at, '-') FROM shares"), "none1-");
  EXPECT_EQ(answers(database, "SELECT count(*) || '' FROM idempotency"), "0") << "they were not sealed";
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
