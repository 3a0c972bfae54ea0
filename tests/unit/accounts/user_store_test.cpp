#include "accounts/user_store.hpp"

#include <gtest/gtest.h>

#include "tests/unit/accounts/household.hpp"

namespace kith::test {
namespace {

using accounts::User;
using accounts::UserQuery;
using core::ErrorCode;

}  // namespace

class UserStore : public AccountsTest {
 protected:
  core::Expected<User> ensure(const std::string& handle, const std::string& domain) {
    return process_->database().write_for<User>([&](storage::Transaction& transaction) {
      return accounts().users().ensure_remote(transaction, handle, domain);
    });
  }
};

TEST_F(UserStore, MakesARemoteUserOnceAndFindsItAgain) {
  const auto first = ensure("bob", "b.example:8471");
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_FALSE(first->is_local);
  EXPECT_EQ(first->domain, "b.example:8471");
  EXPECT_EQ(first->permission, accounts::Permission::none);
  EXPECT_EQ(ensure("bob", "b.example:8471").value().id, first->id);
  EXPECT_NE(ensure("bob", "c.example").value().id, first->id);
  EXPECT_EQ(accounts().users().by_address("bob", "b.example:8471").value().id, first->id);
  EXPECT_EQ(code_of(accounts().users().by_address("bob")), ErrorCode::not_found) << "nobody of that name lives here";
  EXPECT_EQ(add("bob@mail.example").handle, "bob") << "the names of other instances take none here";
}

TEST_F(UserStore, RefusesAddressesThatAreNone) {
  EXPECT_EQ(code_of(ensure("Bob", "b.example")), ErrorCode::bad_request);
  EXPECT_EQ(code_of(ensure("bob", "")), ErrorCode::bad_request);
  EXPECT_EQ(code_of(ensure("bob", "b.example/x")), ErrorCode::bad_request);
  EXPECT_EQ(code_of(ensure("bob", std::string(301, 'b'))), ErrorCode::bad_request);
  EXPECT_EQ(code_of(ensure("bob@x", "b.example")), ErrorCode::bad_request);
}

TEST_F(UserStore, KeepsASuspendedRemoteUserSuspended) {
  const auto bob = ensure("bob", "b.example").value();
  ASSERT_TRUE(registry().set_state(bob.id, accounts::UserState::suspended, {}));
  EXPECT_EQ(ensure("bob", "b.example").value().state, accounts::UserState::suspended);
}

TEST_F(UserStore, RemoteUsersGetNeitherPasswordNorPermissionNorLink) {
  const auto bob = ensure("bob", "b.example").value();
  EXPECT_EQ(code_of(registry().set_password(bob.id, kAlicePassword, {})), ErrorCode::conflict);
  EXPECT_EQ(code_of(registry().set_permission(bob.id, accounts::Permission::admin, {})), ErrorCode::conflict);
  EXPECT_EQ(code_of(registry().set_quota(bob.id, 1, {})), ErrorCode::conflict);
  EXPECT_EQ(code_of(accounts().links().make(bob.id, std::chrono::hours{1}, {})), ErrorCode::conflict);
  EXPECT_EQ(code_of(log_in(kAlicePassword, "192.0.2.1", "bob@b.example")), ErrorCode::unauthorized);
}

TEST_F(UserStore, TheDatabaseItselfRefusesARemoteAdmin) {
  const auto bob = ensure("bob", "b.example").value();
  const auto forced = process_->database().write([&](storage::Transaction& transaction) -> core::Expected<void> {
    KITH_TRY(transaction.execute("UPDATE users SET permission = 'admin' WHERE id = ?", {bob.id.text()}));
    return {};
  });
  EXPECT_EQ(code_of(forced), ErrorCode::conflict);
}

TEST_F(UserStore, ListsInPagesEachUserOnce) {
  for (int i = 0; i < 7; ++i) {
    clock_.advance(std::chrono::milliseconds{1});
    add("user" + std::to_string(i) + "@mail.example");
  }
  clock_.advance(std::chrono::milliseconds{1});
  ASSERT_TRUE(ensure("bob", "b.example"));
  std::vector<std::string> seen;
  UserQuery query;
  query.limit = 3;
  query.is_local = true;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = accounts().users().list(query).value();
    EXPECT_LE(page.items.size(), 3U);
    for (const auto& user : page.items) seen.push_back(user.handle);
    if (!page.next) break;
    query.after = page.next;
  }
  EXPECT_THAT(seen, ::testing::ElementsAre("user0", "user1", "user2", "user3", "user4", "user5", "user6"));
  EXPECT_EQ(accounts().users().list({}).value().items.size(), 8U);
  query = {};
  query.is_local = false;
  EXPECT_EQ(accounts().users().list(query).value().items.size(), 1U);
  query.limit = 0;
  EXPECT_EQ(accounts().users().list(query).value().items.size(), 1U) << "limits are clamped";
}

TEST_F(UserStore, RefusesAQuotaTheDatabaseCannotHold) {
  const auto alice = add_alice();
  EXPECT_EQ(code_of(registry().set_quota(alice.id, std::uint64_t{1} << 63, {})), ErrorCode::bad_request);
}

}  // namespace kith::test
