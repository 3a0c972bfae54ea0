#include "accounts/token_service.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "core/encoding.hpp"
#include "tests/unit/accounts/household.hpp"

namespace kith::test {
namespace {

using namespace std::chrono_literals;
using accounts::Client;
using accounts::Permission;
using accounts::UserState;
using core::ErrorCode;

const Client kClient{"192.0.2.1", "test"};

std::string file_bytes(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

class TokenService : public AccountsTest {};

TEST_F(TokenService, LogsInWithTheRightPassword) {
  const auto alice = add_alice();
  const auto issued = log_in();
  ASSERT_TRUE(issued) << issued.error().detail;
  EXPECT_EQ(issued->user.id, alice.id);
  EXPECT_EQ(issued->expires_at, clock_.now() + 2h);
  const auto principal = tokens().verify(issued->token);
  ASSERT_TRUE(principal) << principal.error().detail;
  EXPECT_EQ(principal->user, alice.id);
  EXPECT_EQ(principal->handle, "alice");
  EXPECT_EQ(principal->permission, Permission::user);
  EXPECT_EQ(principal->expires_at, issued->expires_at);
  EXPECT_TRUE(log_in(kAlicePassword, "192.0.2.1", "ALICE@Mail.Example"));
}

TEST_F(TokenService, AnswersWrongPasswordAndUnknownAddressAlike) {
  add_alice();
  const auto wrong = log_in("wrong password ok");
  const auto unknown = log_in(kAlicePassword, "192.0.2.1", "nobody@mail.example");
  ASSERT_FALSE(wrong);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(wrong.error().code, ErrorCode::unauthorized);
  EXPECT_EQ(unknown.error().code, wrong.error().code);
  EXPECT_EQ(unknown.error().detail, wrong.error().detail);
  EXPECT_EQ(code_of(log_in(std::string(kAlicePassword) + " ")), ErrorCode::unauthorized) << "never trimmed";
  EXPECT_EQ(code_of(log_in("")), ErrorCode::unauthorized);
}

TEST_F(TokenService, HashesAsOftenForUnknownUsersAsForKnownOnes) {
  add_alice();
  const auto verified_by = [&](const std::string& email, const std::string& password) {
    const int before = counts().verified;
    EXPECT_FALSE(log_in(password, "192.0.2.1", email));
    return counts().verified - before;
  };
  EXPECT_EQ(verified_by(kAliceEmail, "wrong password ok"), 1);
  EXPECT_EQ(verified_by("nobody@mail.example", "wrong password ok"), 1);
  EXPECT_EQ(verified_by("not an address", "wrong password ok"), 1);
  EXPECT_EQ(verified_by("", ""), 1);
  EXPECT_EQ(verified_by(kAliceEmail, std::string(5000, 'x')), 1);
  EXPECT_EQ(verified_by("nobody@mail.example", std::string(5000, 'x')), 1);
  EXPECT_EQ(counts().hashed, 1) << "only alice's own";
}

TEST_F(TokenService, WritesAsOftenForUnknownUsersAsForKnownOnes) {
  add_alice();
  const auto rows_after_each = [&](const std::string& email, const std::string& address) {
    std::vector<std::int64_t> written;
    const auto before = count_rows("SELECT max(number) FROM audit_log");
    for (int i = 0; i < 12; ++i) {
      EXPECT_EQ(code_of(log_in("wrong password ok", address, email)), ErrorCode::unauthorized);
      written.push_back(count_rows("SELECT max(number) FROM audit_log") - before);
      clock_.advance(1min);
    }
    return written;
  };
  const auto known = rows_after_each(kAliceEmail, "192.0.2.1");
  EXPECT_EQ(rows_after_each("nobody@mail.example", "192.0.2.2"), known);
  EXPECT_EQ(known.front(), 0);
  EXPECT_GT(known.back(), 0) << "that guessing was slowed down is written";
}

TEST_F(TokenService, RefusesSuspendedUsersAndEndsTheirLogIns) {
  const auto alice = add_alice();
  const auto token = token_of(log_in());
  ASSERT_TRUE(registry().set_state(alice.id, UserState::suspended, {}));
  EXPECT_EQ(code_of(tokens().verify(token)), ErrorCode::unauthorized);
  const auto refused = log_in();
  EXPECT_EQ(code_of(refused), ErrorCode::unauthorized);
  EXPECT_NE(refused.error().detail.find("suspended"), std::string::npos) << "told to who knows the password";
  EXPECT_EQ(log_in("wrong password ok").error().detail.find("suspended"), std::string::npos) << "and to nobody else";
  ASSERT_TRUE(registry().set_state(alice.id, UserState::active, {}));
  EXPECT_EQ(code_of(tokens().verify(token)), ErrorCode::unauthorized) << "what ended stays ended";
  EXPECT_TRUE(log_in());
}

TEST_F(TokenService, ThrottlesGuessingAndRecovers) {
  add_alice();
  for (int i = 0; i < 6; ++i) EXPECT_EQ(code_of(log_in("guess " + std::to_string(i))), ErrorCode::unauthorized);
  const int before = counts().verified;
  const auto refused = log_in();
  ASSERT_EQ(code_of(refused), ErrorCode::too_many_requests);
  EXPECT_EQ(refused.error().retry_after, 1s);
  EXPECT_EQ(counts().verified, before) << "no work is done for it";
  clock_.advance(1s);
  EXPECT_TRUE(log_in());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(code_of(log_in("guess again")), ErrorCode::unauthorized) << "afresh";
  const auto logged = accounts().audit().list(std::nullopt, 50);
  ASSERT_TRUE(logged);
  EXPECT_TRUE(std::any_of(logged->items.begin(), logged->items.end(),
                          [](const auto& entry) { return entry.event.action == "log_in_throttled"; }));
}

TEST_F(TokenService, RefusesATokenWithAnyByteChanged) {
  add_alice();
  const auto token = token_of(log_in());
  ASSERT_EQ(token.size(), accounts::kTokenCharacters);
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (const int flip : {0x01, 0x20, 0x80}) {
      auto changed = token;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      EXPECT_EQ(code_of(tokens().verify(changed)), ErrorCode::unauthorized) << i;
      EXPECT_EQ(code_of(tokens().renew(changed, kClient)), ErrorCode::unauthorized) << i;
    }
  }
  for (const auto& other : {token + "A", token.substr(1), std::string(), token + "=", std::string(192, 'A')})
    EXPECT_EQ(code_of(tokens().verify(other)), ErrorCode::unauthorized);
  EXPECT_TRUE(tokens().verify(token));
}

TEST_F(TokenService, ChecksTheSignatureBeforeItBelievesAnything) {
  add_alice();
  const auto read = accounts::read_token(token_of(log_in()));
  ASSERT_TRUE(read);
  auto claims = read->claims;
  claims.permission = Permission::admin;
  accounts::TokenSecret guessed;
  const auto forged = accounts::write_token(claims, guessed);
  ASSERT_TRUE(accounts::read_token(forged)->mac_holds(guessed)) << "well-formed, by another secret";
  EXPECT_EQ(code_of(tokens().verify(forged)), ErrorCode::unauthorized);
  // Even if somebody who can write the database, but has no master key, puts it among the live ones.
  const auto planted = process_->database().write([&](storage::Transaction& transaction) -> core::Expected<void> {
    KITH_TRY(transaction.execute("UPDATE users SET permission = 'admin'"));
    KITH_TRY(transaction.execute("UPDATE log_ins SET token_hash = ?", {core::sha256(core::as_bytes(forged)).view()}));
    return {};
  });
  ASSERT_TRUE(planted);
  EXPECT_EQ(code_of(tokens().verify(forged)), ErrorCode::unauthorized);
  EXPECT_EQ(code_of(tokens().renew(forged, kClient)), ErrorCode::unauthorized);
}

TEST_F(TokenService, TokensOfTheRightSecretStillNeedALiveLogIn) {
  const auto alice = add_alice();
  auto claims = accounts::read_token(token_of(log_in()))->claims;
  const auto secret = accounts().secrets().for_verifying(claims.secret);
  ASSERT_TRUE(secret);
  claims.nonce[0] ^= 1;
  const auto never_issued = accounts::write_token(claims, *secret);
  ASSERT_TRUE(accounts::read_token(never_issued)->mac_holds(*secret));
  EXPECT_EQ(code_of(tokens().verify(never_issued)), ErrorCode::unauthorized);
}

TEST_F(TokenService, KnowsForgedTokensFromEndedOnes) {
  add_alice();
  const auto token = log_in()->token;
  EXPECT_FALSE(tokens().is_forged(token));
  auto raw = *core::from_base64url(token);
  raw.back() ^= 1;
  EXPECT_TRUE(tokens().is_forged(core::to_base64url(raw)));
  EXPECT_TRUE(tokens().is_forged("forged"));
  EXPECT_TRUE(tokens().is_forged(""));
  ASSERT_TRUE(tokens().log_out(*tokens().verify(token), kClient));
  EXPECT_FALSE(tokens().verify(token));
  EXPECT_FALSE(tokens().is_forged(token)) << "it was good once";
  // What signed it is forgotten after some weeks; who shows such an old token is no forger.
  clock_.advance(24h * 22);
  for (int week = 0; week < 3; ++week) ASSERT_TRUE(accounts().secrets().rotate());
  EXPECT_FALSE(tokens().is_forged(token));
}

TEST_F(TokenService, TokensRunOutAfterTwoHours) {
  add_alice();
  const auto token = token_of(log_in());
  clock_.advance(2h - 1ms);
  EXPECT_TRUE(tokens().verify(token));
  clock_.advance(1ms);
  EXPECT_EQ(code_of(tokens().verify(token)), ErrorCode::unauthorized);
  EXPECT_EQ(code_of(tokens().renew(token, kClient)), ErrorCode::unauthorized);
}

TEST_F(TokenService, TokensOfAClockFarAheadAreNotBelieved) {
  add_alice();
  const auto today = clock_.now();
  clock_.set_wall(today + 24h * 365);
  const auto token = token_of(log_in());
  ASSERT_TRUE(tokens().verify(token));
  clock_.set_wall(today);
  EXPECT_EQ(code_of(tokens().verify(token)), ErrorCode::unauthorized) << "it would live for a year";
  EXPECT_TRUE(log_in()) << "nobody is locked out";
  clock_.set_wall(today - 10min);
  EXPECT_TRUE(tokens().verify(token_of(log_in())));
}

TEST_F(TokenService, RenewalEndsTheOldToken) {
  const auto alice = add_alice();
  const auto first = token_of(log_in());
  clock_.advance(90min);
  const auto renewed = tokens().renew(first, kClient);
  ASSERT_TRUE(renewed) << renewed.error().detail;
  EXPECT_EQ(renewed->expires_at, clock_.now() + 2h);
  EXPECT_EQ(renewed->user.id, alice.id);
  EXPECT_EQ(code_of(tokens().verify(first)), ErrorCode::unauthorized);
  EXPECT_EQ(code_of(tokens().renew(first, kClient)), ErrorCode::unauthorized) << "only once";
  clock_.advance(1h);
  EXPECT_TRUE(tokens().verify(renewed->token));
  EXPECT_EQ(count_rows("SELECT count(*) FROM log_ins"), 1);
}

TEST_F(TokenService, OfTwoRenewalsAtOnceOneHolds) {
  add_alice();
  const auto token = token_of(log_in());
  std::atomic<int> renewed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] { renewed += tokens().renew(token, kClient).has_value() ? 1 : 0; });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(renewed, 1);
}

TEST_F(TokenService, RenewsForThirtyDaysAndNoLonger) {
  add_alice();
  const auto start = clock_.now();
  auto token = token_of(log_in());
  while (clock_.now() + 1h < start + 30 * 24h) {
    clock_.advance(1h);
    const auto renewed = tokens().renew(token, kClient);
    ASSERT_TRUE(renewed) << (clock_.now() - start) / 1h << " hours";
    EXPECT_LE(renewed->expires_at, start + 30 * 24h);
    token = renewed->token;
  }
  clock_.advance(1h);
  EXPECT_EQ(code_of(tokens().renew(token, kClient)), ErrorCode::unauthorized);
  EXPECT_EQ(code_of(tokens().verify(token)), ErrorCode::unauthorized);
  EXPECT_TRUE(log_in());
}

TEST_F(TokenService, RestartKeepsLogIns) {
  add_alice();
  const auto token = token_of(log_in());
  restart();
  ASSERT_TRUE(tokens().verify(token));
  EXPECT_TRUE(tokens().renew(token, kClient));
}

TEST_F(TokenService, LogsOutHereOnly) {
  add_alice();
  const auto here = token_of(log_in());
  const auto there = token_of(log_in());
  ASSERT_TRUE(tokens().log_out(tokens().verify(here).value(), kClient));
  EXPECT_EQ(code_of(tokens().verify(here)), ErrorCode::unauthorized);
  EXPECT_TRUE(tokens().verify(there));
}

TEST_F(TokenService, LogsOutEverywhereButNobodyElse) {
  const auto alice = add_alice();
  add("bob@mail.example");
  const auto first = token_of(log_in());
  const auto second = token_of(log_in());
  const auto bobs = token_of(log_in(kAlicePassword, "192.0.2.1", "bob@mail.example"));
  ASSERT_TRUE(tokens().log_out_everywhere(alice.id, kClient));
  EXPECT_EQ(code_of(tokens().verify(first)), ErrorCode::unauthorized);
  EXPECT_EQ(code_of(tokens().verify(second)), ErrorCode::unauthorized);
  EXPECT_TRUE(tokens().verify(bobs));
}

TEST_F(TokenService, ALogInLivesOnThroughRenewalsUntilItEnds) {
  add_alice();
  const auto first = token_of(log_in());
  const auto who = tokens().verify(first).value();
  EXPECT_EQ(tokens().is_live(who), true);
  clock_.advance(90min);
  const auto second = token_of(tokens().renew(first, kClient));
  clock_.advance(60min);
  EXPECT_EQ(tokens().is_live(who), true) << "another token, the same log-in";
  clock_.advance(60min);
  EXPECT_EQ(tokens().is_live(who), false) << "its last token has run out";
  const auto again = tokens().verify(token_of(log_in())).value();
  EXPECT_EQ(tokens().is_live(again), true);
  ASSERT_TRUE(tokens().log_out(again, kClient));
  EXPECT_EQ(tokens().is_live(again), false);
}

TEST_F(TokenService, ALogInDoesNotLiveOnWithAnotherPermissionOrSuspended) {
  const auto alice = add_alice();
  const auto who = tokens().verify(token_of(log_in())).value();
  for (const auto* change : {"permission = 'admin'", "permission = 'none'", "state = 'suspended'"}) {
    const auto set = [&](const std::string& what) {
      return process_->database().write([&](storage::Transaction& transaction) -> core::Expected<void> {
        KITH_TRY(transaction.execute("UPDATE users SET " + what + " WHERE id = ?", {alice.id.text()}));
        return {};
      });
    };
    EXPECT_EQ(tokens().is_live(who), true);
    ASSERT_TRUE(set(change));
    EXPECT_EQ(tokens().is_live(who), false) << change;
    ASSERT_TRUE(set("permission = 'user', state = 'active'"));
  }
}

TEST_F(TokenService, LogOutsAreTold) {
  const auto alice = add_alice();
  std::vector<core::UserId> told;
  tokens().on_log_out([&](const core::UserId& user) { told.push_back(user); });
  const auto who = tokens().verify(token_of(log_in())).value();
  EXPECT_TRUE(told.empty());
  ASSERT_TRUE(tokens().log_out(who, kClient));
  EXPECT_EQ(told, std::vector{alice.id});
  ASSERT_TRUE(tokens().log_out_everywhere(alice.id, kClient));
  EXPECT_EQ(told.size(), 2u);
}

TEST_F(TokenService, KeepsABoundedNumberOfLogInsAUser) {
  add_alice();
  const auto oldest = token_of(log_in());
  for (std::size_t i = 0; i < accounts::kMaxLogInsPerUser; ++i) {
    clock_.advance(1ms);
    ASSERT_TRUE(log_in());
  }
  EXPECT_EQ(count_rows("SELECT count(*) FROM log_ins"), static_cast<std::int64_t>(accounts::kMaxLogInsPerUser));
  EXPECT_EQ(code_of(tokens().verify(oldest)), ErrorCode::unauthorized);
  clock_.advance(3h);
  ASSERT_TRUE(log_in());
  EXPECT_EQ(count_rows("SELECT count(*) FROM log_ins"), 1) << "what has run out goes";
}

TEST_F(TokenService, HashesAnewWhenTheConfiguredCostChanged) {
  add_alice();
  const auto costlier = core::PasswordCost{2, 16 * 1024};
  process_ = std::make_unique<Process>(file(), clock_, 9, costlier);
  const auto token = token_of(log_in());
  EXPECT_TRUE(tokens().verify(token));
  EXPECT_EQ(counts().hashed, 1);
  ASSERT_TRUE(log_in());
  EXPECT_EQ(counts().hashed, 1) << "once is enough";
}

TEST_F(TokenService, StoresNothingInTheClear) {
  const auto alice = add_alice();
  const auto token = token_of(log_in());
  const auto renewed = tokens().renew(token, kClient);
  ASSERT_TRUE(renewed);
  const auto link = accounts().links().make(alice.id, 1h, {});
  ASSERT_TRUE(link);
  const auto secret = accounts().secrets().for_verifying(accounts::read_token(token)->claims.secret);
  ASSERT_TRUE(secret);
  EXPECT_FALSE(log_in(kAlicePassword, "192.0.2.1", "typed-into-the-wrong-field"));
  for (int i = 0; i < 10; ++i) (void)log_in("x", "192.0.2.7", "typed-into-the-wrong-field");
  std::string everything;
  for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) everything += file_bytes(entry.path());
  ASSERT_NE(everything.find(kAliceEmail), std::string::npos) << "looked into the right files";
  const auto contains = [&](std::string_view text) { return everything.find(text) != std::string::npos; };
  for (const auto& canary :
       {std::string(kAlicePassword), token, renewed->token, link->token, std::string("typed-into-the-wrong-field")})
    EXPECT_FALSE(contains(canary)) << canary;
  for (const auto& canary : {token, renewed->token, link->token})
    EXPECT_FALSE(contains(core::as_text(*core::from_base64url(canary))));
  EXPECT_FALSE(contains(core::as_text(secret->view())));
}

TEST_F(TokenService, ManyThreadsAtOnceGetEachTheirOwn) {
  const auto alice = add_alice();
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int round = 0; round < 10; ++round) {
        const auto issued = log_in(kAlicePassword, "192.0.2." + std::to_string(i + 1));
        if (!issued) continue;
        const auto principal = tokens().verify(issued->token);
        if (principal && principal->user == alice.id && tokens().log_out(*principal, kClient) &&
            !tokens().verify(issued->token))
          ++good;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 40);
}

}  // namespace kith::test
