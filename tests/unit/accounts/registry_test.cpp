#include "accounts/registry.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/accounts/household.hpp"

namespace kith::test {
namespace {

using accounts::NewLocalUser;
using accounts::Permission;
using accounts::UserState;
using core::ErrorCode;

NewLocalUser new_user(const std::string& email, std::string_view password = kAlicePassword) {
  NewLocalUser user;
  user.email = email;
  user.password = password;
  return user;
}

}  // namespace

class Registry : public AccountsTest {};

TEST_F(Registry, AddsAUserWithAHandleFromTheAddress) {
  auto wanted = new_user("Alice.Smith@mail.example");
  wanted.first_name = "Alice";
  wanted.last_name = "Sm\xc3\xafth";
  wanted.organization = "Household";
  const auto added = registry().add(wanted, {});
  ASSERT_TRUE(added) << added.error().detail;
  EXPECT_EQ(added->handle, "alice.smith");
  EXPECT_EQ(added->email, "Alice.Smith@mail.example");
  EXPECT_EQ(added->last_name, "Sm\xc3\xafth");
  EXPECT_EQ(added->organization, "Household");
  EXPECT_EQ(added->permission, Permission::user);
  EXPECT_EQ(added->quota_bytes, config::Accounts{}.default_quota_bytes);
  EXPECT_TRUE(added->is_local);
  EXPECT_EQ(added->created_at, clock_.now());
  const auto found = accounts().users().by_id(added->id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->handle, added->handle);
}

TEST_F(Registry, MakesHandlesUnique) {
  EXPECT_EQ(add("alice@one.example").handle, "alice");
  EXPECT_EQ(add("alice@two.example").handle, "alice2");
  EXPECT_EQ(add("alice@three.example").handle, "alice3");
}

TEST_F(Registry, RefusesATakenAddressInAnyCase) {
  add_alice();
  EXPECT_EQ(code_of(registry().add(new_user("ALICE@mail.example"), {})), ErrorCode::conflict);
  EXPECT_EQ(count_rows("SELECT count(*) FROM users"), 1);
}

TEST_F(Registry, RefusesATakenOrIllFormedHandle) {
  add_alice();
  auto user = new_user("bob@mail.example");
  user.handle = "alice";
  EXPECT_EQ(code_of(registry().add(user, {})), ErrorCode::conflict);
  for (const char* bad : {"", "ab", "Bob", "bob smith"}) {
    user.handle = bad;
    EXPECT_EQ(code_of(registry().add(user, {})), ErrorCode::bad_request) << bad;
  }
  EXPECT_EQ(count_rows("SELECT count(*) FROM users"), 1);
}

TEST_F(Registry, RefusesBadTextsBeforeItHashes) {
  EXPECT_EQ(code_of(registry().add(new_user("not an address"), {})), ErrorCode::bad_request);
  auto user = new_user("bob@mail.example");
  user.first_name = "Bob\n";
  EXPECT_EQ(code_of(registry().add(user, {})), ErrorCode::bad_request);
  user.first_name = std::string(201, 'x');
  EXPECT_EQ(code_of(registry().add(user, {})), ErrorCode::bad_request);
  EXPECT_EQ(code_of(registry().add(new_user("bob@mail.example", "too short"), {})), ErrorCode::bad_request);
  EXPECT_EQ(counts().hashed, 0);
}

TEST_F(Registry, OfTwoProcessesAddingTheSameAddressOneGetsConflict) {
  Process other(file(), clock_, 77);
  std::atomic<int> added{0};
  std::atomic<int> conflicts{0};
  const auto add_bob = [&](accounts::Registry& there, const std::string& email) {
    const auto result = there.add(new_user(email), {});
    added += result ? 1 : 0;
    conflicts += code_of(result) == ErrorCode::conflict ? 1 : 0;
  };
  for (int i = 0; i < 10; ++i) {
    const auto email = "bob" + std::to_string(i) + "@mail.example";
    std::thread here([&] { add_bob(registry(), email); });
    std::thread there([&] { add_bob(other.accounts().registry(), email); });
    here.join();
    there.join();
  }
  EXPECT_EQ(added, 10);
  EXPECT_EQ(conflicts, 10);
}

TEST_F(Registry, NewPasswordEndsAllLogInsAlsoFromAnotherProcess) {
  const auto alice = add_alice();
  const auto token = token_of(log_in());
  const auto link = accounts().links().make(alice.id, std::chrono::hours{1}, {});
  ASSERT_TRUE(link);
  ASSERT_TRUE(tokens().verify(token));
  Process shell(file(), clock_, 77);
  ASSERT_TRUE(shell.accounts().registry().set_password(alice.id, "another good password", {}));
  EXPECT_EQ(code_of(tokens().verify(token)), ErrorCode::unauthorized);
  EXPECT_EQ(code_of(accounts().redeem_link(link->token, {})), ErrorCode::unauthorized);
  EXPECT_EQ(code_of(log_in()), ErrorCode::unauthorized);
  EXPECT_TRUE(log_in("another good password"));
}

TEST_F(Registry, RefusedPasswordChangesNothing) {
  const auto alice = add_alice();
  const auto token = token_of(log_in());
  EXPECT_EQ(code_of(registry().set_password(alice.id, "short", {})), ErrorCode::bad_request);
  EXPECT_TRUE(tokens().verify(token));
  EXPECT_TRUE(log_in());
}

TEST_F(Registry, NewPermissionEndsAllLogInsAlsoFromAnotherProcess) {
  const auto alice = add_alice();
  const auto token = token_of(log_in());
  Process shell(file(), clock_, 77);
  ASSERT_TRUE(shell.accounts().registry().set_permission(alice.id, Permission::admin, {}));
  EXPECT_EQ(code_of(tokens().verify(token)), ErrorCode::unauthorized);
  EXPECT_EQ(tokens().verify(token_of(log_in())).value().permission, Permission::admin);
  add("bob@mail.example", kAlicePassword, Permission::admin);
  ASSERT_TRUE(registry().set_permission(alice.id, Permission::user, {}));
  EXPECT_EQ(code_of(tokens().verify(token)), ErrorCode::unauthorized) << "what ended stays ended";
  EXPECT_EQ(count_rows("SELECT count(*) FROM log_ins"), 0);
}

TEST_F(Registry, KeepsTheLastAdmin) {
  EXPECT_FALSE(registry().has_admin().value());
  const auto alice = add(kAliceEmail, kAlicePassword, Permission::admin);
  EXPECT_TRUE(registry().has_admin().value());
  const auto token = token_of(log_in());
  EXPECT_EQ(code_of(registry().set_permission(alice.id, Permission::user, {})), ErrorCode::conflict);
  EXPECT_EQ(code_of(registry().set_state(alice.id, UserState::suspended, {})), ErrorCode::conflict);
  EXPECT_TRUE(tokens().verify(token)) << "a refusal changes nothing";
  add("bob@mail.example", kAlicePassword, Permission::admin);
  EXPECT_TRUE(registry().set_permission(alice.id, Permission::user, {}));
}

TEST_F(Registry, FindsLocalUsersByAddressOrHandle) {
  const auto alice = add_alice();
  EXPECT_EQ(registry().find_local("alice").value().id, alice.id);
  EXPECT_EQ(registry().find_local("Alice@Mail.Example").value().id, alice.id);
  EXPECT_EQ(code_of(registry().find_local("bob")), ErrorCode::not_found);
}

TEST_F(Registry, UnknownUsersAreNotFound) {
  SeededRandom random(5);
  const auto nobody = core::UserId::make(clock_, random);
  EXPECT_EQ(code_of(registry().set_permission(nobody, Permission::admin, {})), ErrorCode::not_found);
  EXPECT_EQ(code_of(registry().set_password(nobody, kAlicePassword, {})), ErrorCode::not_found);
  EXPECT_EQ(code_of(registry().set_state(nobody, UserState::suspended, {})), ErrorCode::not_found);
  EXPECT_EQ(code_of(registry().set_quota(nobody, 1, {})), ErrorCode::not_found);
}

TEST_F(Registry, WritesWhatItDidIntoTheAuditLog) {
  const auto alice = add_alice();
  ASSERT_TRUE(registry().set_quota(alice.id, 5, {"admin-id", "192.0.2.9"}));
  EXPECT_EQ(accounts().users().by_id(alice.id).value().quota_bytes, 5U);
  const auto page = accounts().audit().list(std::nullopt, 10).value();
  ASSERT_EQ(page.items.size(), 2U);
  EXPECT_EQ(page.items[0].event.action, "quota_set");
  EXPECT_EQ(page.items[0].event.actor, "admin-id");
  EXPECT_EQ(page.items[0].event.client, "192.0.2.9");
  EXPECT_EQ(page.items[0].event.subject, alice.id.text());
  EXPECT_EQ(page.items[1].event.action, "user_added");
  EXPECT_EQ(page.items[1].event.actor, "shell");
}

TEST_F(Registry, ChangesAllThatIsNamedOrNothing) {
  const auto root = add("root@mail.example", kAlicePassword, Permission::admin);
  const auto alice = add_alice();
  accounts::UserChange change;
  change.state = UserState::suspended;
  change.permission = Permission::admin;
  change.quota_bytes = 4096;
  ASSERT_TRUE(registry().change(alice.id, change, {"an admin", "192.0.2.9"}));
  const auto changed = accounts().users().by_id(alice.id).value();
  EXPECT_EQ(changed.state, UserState::suspended);
  EXPECT_EQ(changed.permission, Permission::admin);
  EXPECT_EQ(changed.quota_bytes, 4096U);
  EXPECT_EQ(count_rows("SELECT count(*) FROM audit_log WHERE actor = 'an admin' AND client = '192.0.2.9'"), 3);

  change.permission = Permission::user;
  change.state = UserState::active;
  change.quota_bytes = std::uint64_t{1} << 63;
  EXPECT_EQ(code_of(registry().change(alice.id, change, {})), ErrorCode::bad_request);
  EXPECT_EQ(accounts().users().by_id(alice.id).value().permission, Permission::admin) << "the rest was not done either";
  EXPECT_EQ(code_of(registry().change(root.id, {.permission = Permission::none}, {})), ErrorCode::conflict)
      << "a suspended admin administers nothing";
}

TEST_F(Registry, ChangingToWhatIsThereEndsNoLogIns) {
  const auto alice = add_alice();
  const auto token = token_of(log_in());
  ASSERT_TRUE(registry().change(alice.id, {.state = UserState::active, .permission = Permission::user}, {}));
  EXPECT_TRUE(tokens().verify(token));
  ASSERT_TRUE(registry().change(alice.id, {.quota_bytes = 4096}, {}));
  EXPECT_TRUE(tokens().verify(token)) << "nor does a quota";
  ASSERT_TRUE(registry().change(alice.id, {.permission = Permission::none}, {}));
  EXPECT_EQ(code_of(tokens().verify(token)), ErrorCode::unauthorized);
}

TEST_F(Registry, LastSeenOutlivesTheLogIn) {
  const auto alice = add_alice();
  EXPECT_EQ(accounts().users().signs(alice.id).value().last_seen_at, std::nullopt);
  const auto token = token_of(log_in());
  EXPECT_EQ(accounts().users().signs(alice.id).value().last_seen_at, clock_.now());
  clock_.advance(std::chrono::minutes{10});
  ASSERT_TRUE(tokens().renew(token, {}));
  const auto seen = clock_.now();
  clock_.advance(std::chrono::minutes{10});
  ASSERT_TRUE(tokens().log_out_everywhere(alice.id, {}));
  EXPECT_EQ(accounts().users().signs(alice.id).value().last_seen_at, seen);
}

}  // namespace kith::test
