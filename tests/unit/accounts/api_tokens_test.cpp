#include "accounts/api_tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/unit/accounts/household.hpp"

namespace kith::test {
namespace {

using namespace std::chrono_literals;
using accounts::Client;
using accounts::NewApiToken;
using accounts::Permission;
using accounts::Scope;
using accounts::Scopes;
using accounts::UserState;
using core::ErrorCode;

const Client kClient{"192.0.2.1", "script"};

Scopes scopes(std::initializer_list<Scope> list) {
  Scopes out;
  for (const auto scope : list) out.add(scope);
  return out;
}

NewApiToken wanted(std::string name = "backup") {
  return {std::move(name), scopes({Scope::files_read}), 24h};
}

}  // namespace

class ApiTokens : public AccountsTest {
 protected:
  accounts::ApiTokens& api_tokens() { return accounts().api_tokens(); }
  // Who `user` is when logged in with a password.
  accounts::Principal log_in_of(const accounts::User& user) {
    const auto issued = tokens().log_in(user.email, kAlicePassword, kClient);
    return tokens().verify(token_of(issued)).value();
  }
  accounts::MadeApiToken make(const accounts::User& user, const NewApiToken& token = wanted()) {
    auto made = api_tokens().make(log_in_of(user), token, kClient);
    EXPECT_TRUE(made) << made.error().detail;
    return made.value();
  }
  std::int64_t stored() { return count_rows("SELECT count(*) FROM api_tokens"); }
  bool is_good(const accounts::MadeApiToken& token) { return api_tokens().verify(token.text, kClient).has_value(); }
};

TEST_F(ApiTokens, AreMadeOnlyWhileTheLogInLives) {
  const auto who = log_in_of(add_alice());
  // As if the password was reset between the check of the request and here.
  ASSERT_TRUE(tokens().log_out_everywhere(who.user, kClient));
  EXPECT_EQ(code_of(api_tokens().make(who, wanted(), kClient)), ErrorCode::unauthorized);
  EXPECT_EQ(stored(), 0);
}

TEST_F(ApiTokens, SpeakForTheirUserWithinTheirScopes) {
  const auto alice = add_alice();
  const auto made = make(alice, {"backup", scopes({Scope::files_read, Scope::shares}), 24h});
  EXPECT_EQ(made.token.expires_at, clock_.now() + 24h);
  const auto who = api_tokens().verify(made.text, kClient);
  ASSERT_TRUE(who) << who.error().detail;
  EXPECT_EQ(who->user, alice.id);
  EXPECT_EQ(who->handle, "alice");
  EXPECT_EQ(who->permission, Permission::user);
  EXPECT_EQ(who->api_token, made.token.id);
  EXPECT_EQ(who->expires_at, made.token.expires_at);
  EXPECT_TRUE(who->scopes.has(Scope::files_read));
  EXPECT_TRUE(who->scopes.has(Scope::shares));
  EXPECT_FALSE(who->scopes.has(Scope::files_write));
  restart();
  EXPECT_TRUE(is_good(made));
}

TEST_F(ApiTokens, AreRecognisedByTheirText) {
  const auto made = make(add_alice());
  EXPECT_TRUE(made.text.starts_with("kith_"));
  EXPECT_EQ(made.text.size(), 48U);
  EXPECT_TRUE(accounts::is_api_token(made.text));
  EXPECT_FALSE(accounts::is_api_token(token_of(log_in()))) << "a log-in's";
  EXPECT_FALSE(accounts::is_api_token(made.text + "A"));
  EXPECT_FALSE(accounts::is_api_token(""));
  EXPECT_EQ(code_of(tokens().verify(made.text)), ErrorCode::unauthorized) << "it is no log-in";
}

TEST_F(ApiTokens, WithAnyCharacterChangedAreRefused) {
  const auto made = make(add_alice());
  for (std::size_t i = 0; i < made.text.size(); ++i) {
    auto changed = made.text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(code_of(api_tokens().verify(changed, kClient)), ErrorCode::unauthorized) << i;
  }
  for (const auto& other : {std::string(), made.text.substr(5), made.text + "=", std::string(100'000, 'k')})
    EXPECT_EQ(code_of(api_tokens().verify(other, kClient)), ErrorCode::unauthorized);
  EXPECT_TRUE(is_good(made));
}

TEST_F(ApiTokens, AreNowhereInTheClear) {
  const auto made = make(add_alice());
  ASSERT_TRUE(is_good(made));
  process_.reset();
  for (const auto* ending : {"", "-wal"}) {
    std::ifstream in(file().string() + ending, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(bytes.find(made.text), std::string::npos);
    EXPECT_EQ(bytes.find(made.text.substr(5)), std::string::npos);
  }
}

TEST_F(ApiTokens, RunOutAndAreErasedAWhileLater) {
  const auto alice = add_alice();
  const auto made = make(alice, {"short", scopes({Scope::shares}), 60s});
  clock_.advance(60s - 1ms);
  EXPECT_TRUE(is_good(made));
  clock_.advance(1ms);
  EXPECT_FALSE(is_good(made));
  ASSERT_TRUE(api_tokens().prune());
  EXPECT_EQ(api_tokens().list(alice.id)->size(), 1U) << "its owner may wonder why the script stopped";
  clock_.advance(30 * 24h);
  ASSERT_TRUE(api_tokens().prune());
  EXPECT_EQ(stored(), 0);
}

TEST_F(ApiTokens, AreListedForTheirOwnerOnly) {
  const auto alice = add_alice();
  const auto bob = add("bob@mail.example");
  const auto first = make(alice, wanted("first"));
  clock_.advance(1s);
  const auto second = make(alice, wanted("second"));
  make(bob, wanted("bob's"));
  const auto listed = api_tokens().list(alice.id);
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 2U);
  EXPECT_EQ(listed->at(0).id, second.token.id) << "the newest first";
  EXPECT_EQ(listed->at(0).name, "second");
  EXPECT_EQ(listed->at(0).scopes, scopes({Scope::files_read}));
  EXPECT_EQ(listed->at(1).id, first.token.id);
}

TEST_F(ApiTokens, AreDeletedByTheirOwnerOnly) {
  const auto alice = add_alice();
  const auto bob = add("bob@mail.example");
  const auto made = make(alice);
  EXPECT_EQ(code_of(api_tokens().remove(bob.id, made.token.id, kClient)), ErrorCode::not_found);
  EXPECT_TRUE(is_good(made));
  ASSERT_TRUE(api_tokens().remove(alice.id, made.token.id, kClient));
  EXPECT_FALSE(is_good(made));
  EXPECT_EQ(code_of(api_tokens().remove(alice.id, made.token.id, kClient)), ErrorCode::not_found);
}

TEST_F(ApiTokens, SayWhenAndFromWhereTheyWereUsedToTheMinute) {
  const auto alice = add_alice();
  const auto made = make(alice);
  const auto listed = [&] { return api_tokens().list(alice.id)->at(0); };
  EXPECT_EQ(listed().last_used_at, std::nullopt);
  EXPECT_EQ(listed().last_client, std::nullopt);
  const auto first = clock_.now();
  ASSERT_TRUE(api_tokens().verify(made.text, {"192.0.2.7", "curl"}));
  EXPECT_EQ(listed().last_used_at, first);
  EXPECT_EQ(listed().last_client, "192.0.2.7");
  clock_.advance(59s);
  ASSERT_TRUE(api_tokens().verify(made.text, {"192.0.2.8", "curl"}));
  EXPECT_EQ(listed().last_used_at, first) << "reading writes once a minute";
  clock_.advance(1s);
  ASSERT_TRUE(api_tokens().verify(made.text, {std::string(100, '8'), "curl"}));
  EXPECT_EQ(listed().last_used_at, first + 60s);
  EXPECT_EQ(listed().last_client, std::string(64, '8'));
  clock_.set_wall(first - 24h);
  ASSERT_TRUE(api_tokens().verify(made.text, kClient));
  EXPECT_EQ(listed().last_used_at, first - 24h) << "a clock that was set back";
}

TEST_F(ApiTokens, OfSuspendedAndDeletedUsersDoNothing) {
  const auto alice = add_alice();
  const auto made = make(alice);
  ASSERT_TRUE(registry().set_state(alice.id, UserState::suspended, {}));
  EXPECT_EQ(code_of(api_tokens().verify(made.text, kClient)), ErrorCode::unauthorized);
  ASSERT_TRUE(registry().set_state(alice.id, UserState::active, {}));
  EXPECT_TRUE(is_good(made));
  ASSERT_TRUE(process_->database().write([&](storage::Transaction& transaction) -> core::Expected<void> {
    KITH_TRY(transaction.execute("UPDATE users SET deleted_at = ? WHERE id = ?", {clock_.now(), alice.id.text()}));
    return {};
  }));
  EXPECT_EQ(code_of(api_tokens().verify(made.text, kClient)), ErrorCode::unauthorized);
}

TEST_F(ApiTokens, MayNoMoreThanTheirUserAtThatMoment) {
  const auto root = add("root@mail.example", kAlicePassword, Permission::admin);
  add("other@mail.example", kAlicePassword, Permission::admin);
  const auto made = make(root, {"admin", scopes({Scope::admin}), 24h});
  EXPECT_EQ(api_tokens().verify(made.text, kClient)->permission, Permission::admin);
  ASSERT_TRUE(registry().set_permission(root.id, Permission::user, {}));
  EXPECT_EQ(api_tokens().verify(made.text, kClient)->permission, Permission::user);
}

TEST_F(ApiTokens, OutliveLogInsAndANewPassword) {
  const auto alice = add_alice();
  const auto made = make(alice);
  accounts::OwnChange change;
  change.password = "another horse battery";
  change.current_password = kAlicePassword;
  ASSERT_TRUE(accounts().own_account().change(log_in_of(alice), change, kClient));
  ASSERT_TRUE(tokens().log_out_everywhere(alice.id, kClient));
  EXPECT_TRUE(is_good(made));
}

TEST_F(ApiTokens, EndWhenSomebodyElseSetsThePassword) {
  const auto alice = add_alice();
  const auto made = make(alice);
  ASSERT_TRUE(registry().set_password(alice.id, "another horse battery", {}));
  EXPECT_FALSE(is_good(made));
}

TEST_F(ApiTokens, EndTogetherWhenTheirUserIsErased) {
  const auto alice = add_alice();
  const auto bob = add("bob@mail.example");
  const auto gone = make(alice);
  const auto kept = make(bob);
  ASSERT_TRUE(process_->database().write(
      [&](storage::Transaction& transaction) { return accounts::erase_api_tokens(transaction, alice.id); }));
  EXPECT_FALSE(is_good(gone));
  EXPECT_TRUE(is_good(kept));
}

TEST_F(ApiTokens, NeedANameScopesAndALifetimeWithinBounds) {
  const auto alice = log_in_of(add_alice());
  const auto refused = [&](const NewApiToken& token) { return code_of(api_tokens().make(alice, token, kClient)); };
  for (const std::string& name : {std::string(), std::string("   "), std::string("line\nbreak"), std::string("\x7f"),
                                  std::string("nul\0", 4), std::string("\xff"), std::string(201, 'x')})
    EXPECT_EQ(refused(wanted(name)), ErrorCode::bad_request) << name;
  EXPECT_EQ(refused({"none", {}, 24h}), ErrorCode::bad_request);
  EXPECT_EQ(refused({"short", scopes({Scope::shares}), 59s}), ErrorCode::bad_request);
  EXPECT_EQ(refused({"long", scopes({Scope::shares}), 3650 * 24h + 1s}), ErrorCode::bad_request);
  EXPECT_EQ(stored(), 0);
  EXPECT_TRUE(api_tokens().make(alice, wanted(std::string(200, 'x')), kClient));
  EXPECT_TRUE(api_tokens().make(alice, {"nächtliche Sicherung", scopes({Scope::shares}), 3650 * 24h}, kClient));
}

TEST_F(ApiTokens, AreGivenTheScopeAdminByAdminsOnly) {
  const auto token = NewApiToken{"admin", scopes({Scope::files_read, Scope::admin}), 24h};
  EXPECT_EQ(code_of(api_tokens().make(log_in_of(add_alice()), token, kClient)), ErrorCode::forbidden);
  const auto root = add("root@mail.example", kAlicePassword, Permission::admin);
  EXPECT_TRUE(api_tokens().make(log_in_of(root), token, kClient));
}

TEST_F(ApiTokens, AreAtMostAHundredAUserAndSpentOnesGiveWay) {
  const auto alice = log_in_of(add_alice());
  for (int i = 0; i < 99; ++i) ASSERT_TRUE(api_tokens().make(alice, wanted(), kClient));
  ASSERT_TRUE(api_tokens().make(alice, {"short", scopes({Scope::shares}), 60s}, kClient));
  EXPECT_EQ(code_of(api_tokens().make(alice, wanted(), kClient)), ErrorCode::conflict);
  const auto bob = log_in_of(add("bob@mail.example"));
  EXPECT_TRUE(api_tokens().make(bob, wanted(), kClient)) << "each has their own hundred";
  clock_.advance(60s);
  EXPECT_TRUE(api_tokens().make(alice, wanted(), kClient));
  EXPECT_EQ(stored(), 101);
  EXPECT_EQ(code_of(api_tokens().make(alice, wanted(), kClient)), ErrorCode::conflict);
}

TEST_F(ApiTokens, LeaveTracesInTheAuditLogWithoutTheirText) {
  const auto alice = add_alice();
  const auto made = make(alice, wanted("backup"));
  ASSERT_TRUE(api_tokens().remove(alice.id, made.token.id, kClient));
  const auto logged = accounts().audit().list(std::nullopt, 50);
  ASSERT_TRUE(logged);
  std::vector<std::string> actions;
  for (const auto& entry : logged->items) {
    EXPECT_EQ(entry.event.detail.find(made.text), std::string::npos);
    if (entry.event.subject != made.token.id.text()) continue;
    actions.push_back(entry.event.action);
    EXPECT_EQ(entry.event.actor, alice.id.text());
    EXPECT_EQ(entry.event.client, "192.0.2.1");
  }
  EXPECT_THAT(actions, testing::ElementsAre("api_token_deleted", "api_token_made"));
}

}  // namespace kith::test
