#include "client/account.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "client/login_commands.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::test {
namespace {

namespace fs = std::filesystem;
using client::Account;
using client::Privacy;
using core::ErrorCode;

class Accounts : public testing::Test {
 protected:
  std::string path() const { return folder_ / "config/kith/account.json"; }
  static unsigned mode(const fs::path& path) { return static_cast<unsigned>(fs::status(path).permissions()); }

  const Account account_{"https://a.example", "kith_token", "alice@a.example", "01j9z3v7k2m4n6p8q0r2s4t6v8"};

 private:
  TempDir temporary_;
  const fs::path folder_ = temporary_.path();
};

}  // namespace

TEST_F(Accounts, AreStoredForTheirOwnerOnly) {
  EXPECT_FALSE(client::stored_account(path()).value());
  ASSERT_TRUE(client::store_account(path(), account_));
  EXPECT_EQ(mode(path()), 0600U);
  EXPECT_EQ(mode(fs::path(path()).parent_path()), 0700U);
  const auto stored = client::stored_account(path()).value();
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->server, account_.server);
  EXPECT_EQ(stored->token, account_.token);
  EXPECT_EQ(stored->user, account_.user);
  EXPECT_EQ(stored->token_id, account_.token_id);
  EXPECT_TRUE(client::forget_account(path()).value());
  EXPECT_FALSE(client::forget_account(path()).value());
}

TEST_F(Accounts, AreRefusedOnceOthersCouldReadThem) {
  ASSERT_TRUE(client::store_account(path(), account_));
  for (const mode_t open : {0640U, 0604U, 0620U}) {
    ASSERT_EQ(::chmod(path().c_str(), open), 0);
    const auto stored = client::stored_account(path());
    ASSERT_FALSE(stored);
    EXPECT_EQ(stored.error().code, ErrorCode::forbidden);
    EXPECT_TRUE(client::stored_account(path(), Privacy::not_asked).value());
  }
}

TEST_F(Accounts, ThatMakeNoSenseAreErrors) {
  ASSERT_TRUE(client::store_account(path(), account_));
  for (const auto* text : {"", "{", "[]", "{\"server\":\"https://a.example\"}", "{\"server\":1}"}) {
    std::ofstream(path(), std::ios::trunc) << text;
    EXPECT_FALSE(client::stored_account(path())) << text;
  }
  std::ofstream(path(), std::ios::trunc) << std::string(1 << 20, ' ');
  EXPECT_FALSE(client::stored_account(path()));
}

TEST(Login, KnowsWhereAPasswordCouldBeRead) {
  for (const auto* unseen : {"https://kith.example", "http://localhost:8470", "http://127.0.0.1:8470", "http://[::1]:1",
                             "http://127.1.2.3/path"})
    EXPECT_TRUE(client::is_unseen_by_others(unseen)) << unseen;
  for (const auto* seen : {"http://kith.example", "http://192.168.1.2:8470", "http://localhost.example",
                           "http://127.0.0.1.example", "http://[::2]", "http://127.evil"})
    EXPECT_FALSE(client::is_unseen_by_others(seen)) << seen;
}

TEST(Login, TakesAServerAsPeopleNameIt) {
  EXPECT_EQ(client::server_of("kith.example").value(), "https://kith.example");
  EXPECT_EQ(client::server_of(" http://127.0.0.1:8470/ ").value(), "http://127.0.0.1:8470");
  EXPECT_FALSE(client::server_of("ftp://kith.example"));
  EXPECT_FALSE(client::server_of("https://user@kith.example"));
}

}  // namespace kith::test
