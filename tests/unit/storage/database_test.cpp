#include "storage/database.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "storage/sqlite_database.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::storage {
namespace {

using core::ErrorCode;

constexpr Migration kTestSchema[] = {{1, "0001_test.sql", R"(
  CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;
  CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, size INTEGER CHECK (size >= 0), content BLOB,
                      parent INTEGER REFERENCES parent (id)) STRICT;)"}};

struct DatabaseTest : testing::Test {
  test::TempDir folder;
  std::filesystem::path file = folder / "kith.db";
  DatabaseOptions options = {.readers = 2, .busy_timeout = std::chrono::milliseconds(20000)};

  std::unique_ptr<SqliteDatabase> open() {
    auto opened = SqliteDatabase::open(file, options, kTestSchema);
    EXPECT_TRUE(opened) << opened.error().detail;
    return std::move(*opened);
  }
  static Expected<void> insert(Transaction& transaction, const std::string& name) {
    KITH_TRY(transaction.execute("INSERT INTO thing (name) VALUES (?)", {name}));
    return {};
  }
  static std::int64_t count(Database& database) {
    return *database.read_for<std::int64_t>([](Reader& reader) -> Expected<std::int64_t> {
      std::int64_t number = -1;
      KITH_TRY(reader.query("SELECT count(*) FROM thing", {}, [&](const Row& row) {
        number = row.integer(0);
        return true;
      }));
      return number;
    });
  }
};

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777;
}

TEST_F(DatabaseTest, GivesBackEveryKindOfValue) {
  auto database = open();
  const core::Bytes content = {0, 1, 0, 255};
  const std::string name("n\0ul", 4);
  ASSERT_TRUE(database->write([&](Transaction& t) -> Expected<void> {
    KITH_TRY(
        t.execute("INSERT INTO thing (name, size, content) VALUES (?, ?, ?)", {name, std::int64_t{1} << 40, content}));
    KITH_TRY(t.execute("INSERT INTO thing (name, size, content) VALUES (?, ?, ?)",
                       {"empty", std::optional<std::int64_t>(), core::Bytes()}));
    return {};
  }));
  int rows = 0;
  ASSERT_TRUE(database->read([&](Reader& reader) {
    return reader.query("SELECT name, size, content FROM thing ORDER BY id", {}, [&](const Row& row) {
      if (rows++ == 0) {
        EXPECT_EQ(row.text(0), name);
        EXPECT_EQ(row.integer(1), std::int64_t{1} << 40);
        EXPECT_EQ(row.blob(2), content);
      } else {
        EXPECT_FALSE(row.optional_integer(1));
        EXPECT_FALSE(row.is_null(2)) << "an empty blob is not NULL";
        EXPECT_TRUE(row.blob(2).empty());
      }
      return true;
    });
  }));
  EXPECT_EQ(rows, 2);
}

TEST_F(DatabaseTest, RollsBackWhenTheWorkFails) {
  auto database = open();
  auto written = database->write([&](Transaction& t) -> Expected<void> {
    KITH_TRY(insert(t, "a"));
    return core::fail(ErrorCode::gone, "no");
  });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::gone);
  EXPECT_EQ(count(*database), 0);
}

TEST_F(DatabaseTest, RollsBackWhenTheWorkThrows) {
  auto database = open();
  EXPECT_THROW((void)database->write([&](Transaction& t) -> Expected<void> {
    KITH_TRY(insert(t, "a"));
    throw std::runtime_error("thrown by the work");
  }),
               std::runtime_error);
  EXPECT_EQ(count(*database), 0);
  EXPECT_TRUE(database->write([](Transaction& t) { return insert(t, "b"); })) << "the writer is usable again";
  EXPECT_EQ(count(*database), 1);
}

TEST_F(DatabaseTest, TellsBrokenConstraintsAsConflict) {
  auto database = open();
  ASSERT_TRUE(database->write([](Transaction& t) { return insert(t, "taken"); }));
  for (const char* sql :
       {"INSERT INTO thing (name) VALUES ('taken')", "INSERT INTO thing (name, size) VALUES ('b', -1)",
        "INSERT INTO thing (name, parent) VALUES ('c', 7)"}) {
    auto written = database->write([&](Transaction& t) -> Expected<void> {
      KITH_TRY(t.execute(sql));
      return {};
    });
    ASSERT_FALSE(written) << sql;
    EXPECT_EQ(written.error().code, ErrorCode::conflict) << sql;
  }
  EXPECT_EQ(count(*database), 1);
}

TEST_F(DatabaseTest, TellsMistakesOfTheProgramAsInternal) {
  auto database = open();
  const auto code_of = [&](const char* sql, std::initializer_list<Value> values) {
    auto written = database->write([&](Transaction& t) -> Expected<void> {
      KITH_TRY(t.execute(sql, values));
      return {};
    });
    return written ? ErrorCode::count_ : written.error().code;
  };
  EXPECT_EQ(code_of("INSERT INTO nothing VALUES (1)", {}), ErrorCode::internal);
  EXPECT_EQ(code_of("INSERT INTO thing (name) VALUES (?)", {}), ErrorCode::internal) << "a value is missing";
  EXPECT_EQ(code_of("INSERT INTO thing (name) VALUES (?)", {"a", "b"}), ErrorCode::internal) << "one too many";
  EXPECT_EQ(code_of("INSERT INTO thing (name) VALUES (NULL)", {}), ErrorCode::internal);
}

TEST_F(DatabaseTest, TellsAFullDiskAsStorageFull) {
  auto database = open();
  auto written = database->write([](Transaction& t) -> Expected<void> {
    KITH_TRY(t.query("PRAGMA max_page_count = 40", {}, [](const Row&) { return true; }));
    for (int i = 0; i < 100; ++i)
      KITH_TRY(t.execute("INSERT INTO thing (name, content) VALUES (?, zeroblob(8192))", {std::to_string(i)}));
    return {};
  });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::storage_full);
  EXPECT_EQ(count(*database), 0);
}

TEST_F(DatabaseTest, AnswersBusyWhenAnotherProcessDoesNotFinish) {
  auto database = open();
  options.busy_timeout = std::chrono::milliseconds(1);
  auto other = open();
  ASSERT_TRUE(database->write([&](Transaction&) -> Expected<void> {
    auto written = other->write([](Transaction& t) { return insert(t, "a"); });
    EXPECT_TRUE(!written && written.error().code == ErrorCode::busy);
    return {};
  }));
}

TEST_F(DatabaseTest, ReadersSeeOneSnapshotWhileTheWriterWrites) {
  auto database = open();
  ASSERT_TRUE(database->read([&](Reader& reader) -> Expected<void> {
    std::int64_t seen = -1;
    const auto look = [&] {
      return reader.query("SELECT count(*) FROM thing", {}, [&](const Row& row) {
        seen = row.integer(0);
        return true;
      });
    };
    KITH_TRY(look());
    KITH_TRY(database->write([](Transaction& t) { return insert(t, "a"); }));
    KITH_TRY(look());
    EXPECT_EQ(seen, 0);
    return {};
  }));
  EXPECT_EQ(count(*database), 1);
}

TEST_F(DatabaseTest, ReadersCannotWrite) {
  auto database = open();
  auto done = database->read([](Reader& reader) {
    return reader.query("INSERT INTO thing (name) VALUES ('a') RETURNING id", {}, [](const Row&) { return true; });
  });
  EXPECT_FALSE(done);
  EXPECT_EQ(count(*database), 0);
}

TEST_F(DatabaseTest, AQueryMayRunWithinTheSameQuery) {
  auto database = open();
  int inner = 0;
  ASSERT_TRUE(database->write([&](Transaction& t) -> Expected<void> {
    KITH_TRY(insert(t, "a"));
    KITH_TRY(insert(t, "b"));
    const char* all = "SELECT name FROM thing";
    return t.query(all, {}, [&](const Row&) {
      EXPECT_TRUE(t.query(all, {}, [&](const Row&) { return ++inner > 0; }));
      return true;
    });
  }));
  EXPECT_EQ(inner, 4);
}

TEST_F(DatabaseTest, KeepsNoMoreStatementsThanItsBound) {
  auto database = open();
  ASSERT_TRUE(database->read([](Reader& reader) -> Expected<void> {
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < 600; ++i) {
        std::int64_t answer = -1;
        KITH_TRY(reader.query("SELECT " + std::to_string(i), {}, [&](const Row& row) {
          answer = row.integer(0);
          return true;
        }));
        EXPECT_EQ(answer, i);
      }
    }
    return {};
  }));
}

TEST_F(DatabaseTest, ManyThreadsWriteAndRead) {
  auto database = open();
  std::atomic<int> failed = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 6; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < 50; ++i) {
          const auto name = std::to_string(thread) + "/" + std::to_string(i);
          if (!database->write([&](Transaction& t) { return insert(t, name); })) ++failed;
          if (count(*database) < i) ++failed;
        }
      });
    }
  }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(count(*database), 300);
}

TEST_F(DatabaseTest, ASecondProcessWritesToTheSameFile) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  // SQLite's locks do not survive a fork, so the child goes its own way before this process opens the file.
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  const auto write_fifty = [](Database& database, const std::string& who) {
    for (int i = 0; i < 50; ++i)
      if (!database.write([&](Transaction& t) { return insert(t, who + std::to_string(i)); })) return false;
    return true;
  };
  if (child == 0) {
    char byte = 0;
    if (::read(ready[0], &byte, 1) != 1) ::_exit(2);
    auto database = SqliteDatabase::open(file, options, kTestSchema);
    ::_exit(database && write_fifty(**database, "child") ? 0 : 1);
  }
  auto database = open();
  ASSERT_EQ(::write(ready[1], "x", 1), 1);
  EXPECT_TRUE(write_fifty(*database, "parent"));
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(count(*database), 100);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(DatabaseTest, FilesAreForTheOwnerOnly) {
  const auto before = ::umask(0);
  auto database = open();
  ASSERT_TRUE(database->write([](Transaction& t) { return insert(t, "a"); }));
  ::umask(before);
  EXPECT_EQ(mode_of(file), 0600);
  EXPECT_EQ(mode_of(file.string() + "-wal"), 0600);
  EXPECT_EQ(mode_of(file.string() + "-shm"), 0600);
}

TEST_F(DatabaseTest, CommittedWorkSurvivesALostProcess) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto database = SqliteDatabase::open(file, options, kTestSchema);
    if (!database || !(*database)->write([](Transaction& t) { return insert(t, "kept"); })) ::_exit(1);
    (void)(*database)->write([](Transaction& t) -> Expected<void> {
      KITH_TRY(insert(t, "lost"));
      ::_exit(0);  // nothing is closed, nothing rolled back
    });
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  auto database = open();
  EXPECT_EQ(count(*database), 1);
}

TEST_F(DatabaseTest, RefusesAFileThatIsNoDatabase) {
  std::ofstream(file) << std::string(4096, 'x');
  auto opened = SqliteDatabase::open(file, options, kTestSchema);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().detail, testing::HasSubstr("kith.db"));
  EXPECT_THAT(opened.error().detail, testing::HasSubstr("not a database"));
}

TEST_F(DatabaseTest, RefusesASymbolicLinkInItsPlace) {
  std::filesystem::create_symlink(folder / "elsewhere", file);
  EXPECT_FALSE(SqliteDatabase::open(file, options, kTestSchema));
  EXPECT_FALSE(std::filesystem::exists(folder / "elsewhere"));
}

}  // namespace
}  // namespace kith::storage
