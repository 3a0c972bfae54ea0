#include "accounts/user_removal.hpp"

#include <gmock/gmock.h>

#include "tests/unit/accounts/household.hpp"

namespace kith::test {
namespace {

using accounts::Permission;
using accounts::User;
using core::ErrorCode;

constexpr const char* kTraces[] = {
    "log_ins", "login_links", "api_tokens", "second_factors", "recovery_codes", "email_changes", "password_resets",
};

}  // namespace

class UserRemoval : public AccountsTest {
 protected:
  accounts::UserRemoval& removal() { return registry().removal(); }

  // Alice, who has used everything that accounts offer.
  User add_alice_with_everything() {
    accounts::NewLocalUser wanted;
    wanted.email = kAliceEmail;
    wanted.password = kAlicePassword;
    wanted.first_name = "Alice";
    wanted.last_name = "Example";
    wanted.organization = "Household";
    const auto alice = registry().add(wanted, {}).value();
    token_of(log_in());
    EXPECT_TRUE(accounts().links().make(alice.id, std::chrono::hours{1}, {}));
    const auto id = alice.id.text();
    run("UPDATE users SET language = 'de' WHERE id = ?", id);
    run("INSERT INTO api_tokens (id, user_id, name, token_hash, scopes, created_at, expires_at) "
        "SELECT id, id, 'nightly', randomblob(32), 1, 0, 1 FROM users WHERE id = ?",
        id);
    run("INSERT INTO second_factors (user_id, sealed, last_step, created_at) VALUES (?, x'00', 0, 0)", id);
    run("INSERT INTO recovery_codes (user_id, code_hash) VALUES (?, randomblob(32))", id);
    run("INSERT INTO email_changes (user_id, email, expires_at) VALUES (?, 'new@mail.example', 0)", id);
    run("INSERT INTO password_resets (user_id, token_hash, expires_at) VALUES (?, randomblob(32), 0)", id);
    return alice;
  }

  void run(const std::string& sql, const std::string& value) {
    const auto done = process_->database().write([&](storage::Transaction& transaction) -> core::Expected<void> {
      KITH_TRY(transaction.execute(sql, {value}));
      return {};
    });
    ASSERT_TRUE(done) << sql << ": " << done.error().detail;
  }

  // All texts in the one row of the users table.
  std::string row_of(const User& user) {
    std::string all;
    const auto columns = static_cast<int>(count_rows("SELECT count(*) FROM pragma_table_info('users')"));
    EXPECT_TRUE(process_->database().read([&](storage::Reader& reader) {
      return reader.query("SELECT * FROM users WHERE id = ?", {user.id.text()}, [&](const storage::Row& row) {
        for (int column = 0; column < columns; ++column) all += row.optional_text(column).value_or("-") + "|";
        return false;
      });
    }));
    return all;
  }
};

TEST_F(UserRemoval, WipesTheRowAndEndsEveryWayIn) {
  const auto alice = add_alice_with_everything();
  const auto hash = accounts().users().credentials(kAliceEmail)->password_hash.value();
  ASSERT_THAT(row_of(alice), ::testing::AllOf(::testing::HasSubstr("Household"), ::testing::HasSubstr(hash)))
      << "or the test looks at nothing";
  for (const auto* table : kTraces) ASSERT_EQ(count_rows(std::string("SELECT count(*) FROM ") + table), 1) << table;

  const auto removed = removal().remove(alice.id, {"an admin", "192.0.2.9"});
  ASSERT_TRUE(removed) << removed.error().detail;
  EXPECT_EQ(removed->first_name, "Alice") << "who has to be told is told by name";

  const auto row = row_of(alice);
  for (const auto* gone : {"Alice|", "Example", "Household", "|de|", hash.c_str()})
    EXPECT_THAT(row, ::testing::Not(::testing::HasSubstr(gone)));
  EXPECT_THAT(row, ::testing::HasSubstr(kAliceEmail)) << "nobody else may have the address yet";
  for (const auto* table : kTraces) EXPECT_EQ(count_rows(std::string("SELECT count(*) FROM ") + table), 0) << table;
  EXPECT_EQ(count_rows("SELECT count(*) FROM audit_log WHERE action = 'user_deleted' AND actor = 'an admin' AND "
                       "client = '192.0.2.9' AND subject = '" +
                       alice.id.text() + "'"),
            1);
}

TEST_F(UserRemoval, IsFoundByNobody) {
  const auto alice = add_alice();
  const auto bob = add("bob@mail.example");
  const auto token = token_of(log_in());
  ASSERT_TRUE(removal().remove(alice.id, {}));
  auto& users = accounts().users();
  EXPECT_EQ(code_of(users.by_id(alice.id)), ErrorCode::not_found);
  EXPECT_EQ(code_of(users.by_email(kAliceEmail)), ErrorCode::not_found);
  EXPECT_EQ(code_of(users.by_address("alice")), ErrorCode::not_found);
  EXPECT_EQ(code_of(users.credentials(kAliceEmail)), ErrorCode::not_found);
  EXPECT_EQ(code_of(registry().find_local("alice")), ErrorCode::not_found);
  EXPECT_EQ(code_of(registry().find_local(kAliceEmail)), ErrorCode::not_found);
  const auto listed = users.list({}).value().items;
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].id, bob.id);
  EXPECT_EQ(code_of(log_in()), ErrorCode::unauthorized);
  EXPECT_EQ(code_of(tokens().verify(token)), ErrorCode::unauthorized);
  EXPECT_EQ(code_of(registry().change(alice.id, {.state = accounts::UserState::active}, {})), ErrorCode::not_found);
  EXPECT_EQ(code_of(registry().set_password(alice.id, kAlicePassword, {})), ErrorCode::not_found);
  EXPECT_EQ(code_of(removal().remove(alice.id, {})), ErrorCode::not_found) << "a second time";
}

TEST_F(UserRemoval, KeepsTheLastAdminAndPeopleElsewhere) {
  const auto alice = add(kAliceEmail, kAlicePassword, Permission::admin);
  EXPECT_EQ(code_of(removal().remove(alice.id, {})), ErrorCode::conflict);
  EXPECT_EQ(accounts().users().by_id(alice.id).value().permission, Permission::admin) << "nothing was changed";
  ASSERT_TRUE(log_in()) << "the password is there still";

  const auto bob = process_->database().write_for<User>([&](storage::Transaction& transaction) {
    return accounts().users().ensure_remote(transaction, "bob", "b.example");
  });
  EXPECT_EQ(code_of(removal().remove(bob.value().id, {})), ErrorCode::conflict);

  const auto carol = add("carol@mail.example", kAlicePassword, Permission::admin);
  ASSERT_TRUE(removal().remove(alice.id, {}));
  EXPECT_EQ(code_of(removal().remove(carol.id, {})), ErrorCode::conflict) << "a deleted admin administers nothing";
  EXPECT_EQ(code_of(registry().set_permission(carol.id, Permission::user, {})), ErrorCode::conflict);
}

TEST_F(UserRemoval, KeepsAddressAndHandleForThirtyDays) {
  const auto alice = add_alice();
  ASSERT_TRUE(removal().remove(alice.id, {}));
  const auto taken = [&](const std::string& email, const std::string& handle) {
    accounts::NewLocalUser wanted;
    wanted.email = email;
    wanted.password = kAlicePassword;
    wanted.handle = handle;
    return code_of(registry().add(wanted, {}));
  };
  EXPECT_EQ(taken("Alice@mail.example", "alicia"), ErrorCode::conflict);
  EXPECT_EQ(taken("other@mail.example", "alice"), ErrorCode::conflict);
  EXPECT_EQ(add("alice@other.example").handle, "alice2") << "nor is the handle given without asking";

  clock_.advance(accounts::kAddressKept - std::chrono::milliseconds{1});
  EXPECT_FALSE(removal().erase(alice.id).value());
  EXPECT_THAT(removal().removed(std::nullopt, 10).value(), ::testing::ElementsAre(alice.id));
  EXPECT_EQ(taken("alice@mail.example", "alicia"), ErrorCode::conflict);
  clock_.advance(std::chrono::milliseconds{1});
  EXPECT_TRUE(removal().erase(alice.id).value());
  EXPECT_FALSE(removal().erase(alice.id).value()) << "a second time";
  EXPECT_TRUE(removal().removed(std::nullopt, 10).value().empty());
  EXPECT_EQ(taken("alice@mail.example", "alice"), ErrorCode::count_) << "free again";
}

TEST_F(UserRemoval, ErasesNoRowOfSomebodyWhoIsThere) {
  const auto alice = add_alice();
  clock_.advance(accounts::kAddressKept * 2);
  EXPECT_FALSE(removal().erase(alice.id).value());
  EXPECT_TRUE(accounts().users().by_id(alice.id));
}

TEST_F(UserRemoval, ListsTheRemovedInPages) {
  std::vector<core::UserId> all;
  for (int i = 0; i < 5; ++i) {
    clock_.advance(std::chrono::milliseconds{1});
    all.push_back(add("user" + std::to_string(i) + "@mail.example").id);
    ASSERT_TRUE(removal().remove(all.back(), {}));
  }
  std::vector<core::UserId> seen;
  std::optional<core::UserId> last;
  for (;;) {
    const auto page = removal().removed(last, 2).value();
    if (page.empty()) break;
    seen.insert(seen.end(), page.begin(), page.end());
    last = seen.back();
  }
  EXPECT_EQ(seen, all);
}

}  // namespace kith::test
