#include "accounts/second_factor.hpp"

#include <gtest/gtest.h>

#include <set>

#include "accounts/recovery_codes.hpp"
#include "core/encoding.hpp"
#include "tests/unit/accounts/household.hpp"

namespace kith::test {
namespace {

using namespace std::chrono_literals;
using accounts::MailKind;
using core::ErrorCode;
using Codes = core::Expected<std::vector<std::string>>;

const accounts::Client kClient{"192.0.2.1", "test"};

// The bytes of an app's base32 secret.
core::TotpKey read_base32(std::string_view text) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  core::Bytes bytes;
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const char c : text) {
    buffer = (buffer << 5 | static_cast<std::uint32_t>(kAlphabet.find(c))) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<std::uint8_t>(buffer >> bits & 0xff));
  }
  return core::TotpKey::from(bytes).value();
}

}  // namespace

class SecondFactor : public AccountsTest {
 protected:
  SecondFactor() : alice_(add_alice()) { here_ = tokens().verify(token_of(AccountsTest::log_in())).value(); }

  accounts::SecondFactors& factors() { return accounts().second_factors(); }
  core::Expected<accounts::SecondFactorSecret> begin(const std::string& password = kAlicePassword) {
    return factors().begin(alice_.id, password, "Müllers", kClient);
  }
  // What the app shows at a time.
  std::string code_at(core::Timestamp time) const { return core::totp_code(app_, core::totp_step(time)); }
  std::string code() const { return code_at(clock_.now()); }
  Codes confirm(const std::string& text) { return accounts().confirm_second_factor(here_, text, kClient); }
  // Begun and confirmed; the next code is a new one.
  std::vector<std::string> set_up() {
    app_ = read_base32(begin().value().text);
    auto codes = confirm(code()).value();
    clock_.advance(30s);
    return codes;
  }
  core::Expected<accounts::IssuedToken> log_in(std::optional<std::string_view> code,
                                               const std::string& password = kAlicePassword) {
    return tokens().log_in(kAliceEmail, password, kClient, code);
  }
  // Waits until the throttle lets one try again.
  void be_patient() { clock_.advance(15min); }
  std::size_t audited(const std::string& action) {
    const auto page = accounts().audit().list(std::nullopt, 500).value();
    return static_cast<std::size_t>(std::count_if(page.items.begin(), page.items.end(),
                                                  [&](const auto& entry) { return entry.event.action == action; }));
  }
  std::vector<std::string> told() {
    std::vector<std::string> changes;
    for (const auto& mail : process_->mailer().of(MailKind::second_factor_changed)) {
      EXPECT_EQ(mail.to, kAliceEmail);
      changes.push_back(mail.values.at("change"));
    }
    return changes;
  }

  accounts::User alice_;
  accounts::Principal here_;
  core::TotpKey app_;
};

TEST_F(SecondFactor, IsOffUntilACodeOfTheAppWasGiven) {
  EXPECT_FALSE(factors().status(alice_.id)->confirmed_at);
  const auto secret = begin();
  ASSERT_TRUE(secret) << secret.error().detail;
  EXPECT_EQ(secret->text.size(), 32U);
  EXPECT_EQ(secret->uri.find("otpauth://totp/M%C3%BCllers:alice%40mail.example?secret=" + secret->text), 0U);
  EXPECT_TRUE(log_in({})) << "asks nobody for anything";
  EXPECT_FALSE(factors().status(alice_.id)->confirmed_at);
  app_ = read_base32(secret->text);
  const auto codes = confirm(code());
  ASSERT_TRUE(codes) << codes.error().detail;
  EXPECT_EQ(codes->size(), 10U);
  EXPECT_EQ(factors().status(alice_.id)->confirmed_at, clock_.now());
  EXPECT_EQ(factors().status(alice_.id)->recovery_codes_left, 10U);
  EXPECT_EQ(code_of(log_in({})), ErrorCode::second_factor_required);
  EXPECT_EQ(told(), std::vector<std::string>{"on"});
  EXPECT_EQ(audited("second_factor_begun"), 1U);
  EXPECT_EQ(audited("second_factor_on"), 1U);
}

TEST_F(SecondFactor, NeedsTheCurrentPassword) {
  EXPECT_EQ(code_of(begin("wrong password ok")), ErrorCode::wrong_current_password);
  EXPECT_EQ(count_rows("SELECT count(*) FROM second_factors"), 0);
  set_up();
  EXPECT_EQ(code_of(factors().end(alice_.id, "wrong password ok", kClient)), ErrorCode::wrong_current_password);
  EXPECT_EQ(code_of(factors().new_recovery_codes(alice_.id, "wrong password ok", kClient)),
            ErrorCode::wrong_current_password);
  EXPECT_EQ(factors().status(alice_.id)->recovery_codes_left, 10U);
  EXPECT_EQ(code_of(log_in({})), ErrorCode::second_factor_required) << "still on";
}

TEST_F(SecondFactor, ASecretNotConfirmedIsReplaced) {
  const auto first = read_base32(begin()->text);
  app_ = read_base32(begin()->text);
  EXPECT_EQ(code_of(confirm(core::totp_code(first, core::totp_step(clock_.now())))), ErrorCode::wrong_second_factor);
  EXPECT_TRUE(confirm(code()));
}

TEST_F(SecondFactor, AConfirmedOneIsNotReplaced) {
  EXPECT_EQ(code_of(confirm("123456")), ErrorCode::conflict) << "nothing begun";
  set_up();
  EXPECT_EQ(code_of(begin()), ErrorCode::conflict);
  EXPECT_EQ(code_of(confirm(code())), ErrorCode::conflict);
  EXPECT_TRUE(log_in(code())) << "the app's secret is still the one that counts";
}

TEST_F(SecondFactor, IsTurnedOnOnlyWhileTheLogInLives) {
  app_ = read_base32(begin()->text);
  // As if the password was reset between the check of the request and here.
  ASSERT_TRUE(tokens().log_out_everywhere(alice_.id, kClient));
  EXPECT_EQ(code_of(confirm(code())), ErrorCode::unauthorized);
  EXPECT_FALSE(factors().status(alice_.id)->confirmed_at);
}

TEST_F(SecondFactor, TurningItOnEndsAllOtherLogIns) {
  const auto there = token_of(AccountsTest::log_in());
  add("bob@mail.example");
  const auto bobs = token_of(AccountsTest::log_in(kAlicePassword, "192.0.2.1", "bob@mail.example"));
  std::vector<core::UserId> listener;
  tokens().on_log_out([&](const core::UserId& user) { listener.push_back(user); });
  app_ = read_base32(begin()->text);
  EXPECT_EQ(code_of(confirm("000000")), ErrorCode::wrong_second_factor);
  EXPECT_TRUE(tokens().verify(there)) << "not by a wrong code";
  ASSERT_TRUE(confirm(code()));
  EXPECT_EQ(code_of(tokens().verify(there)), ErrorCode::unauthorized);
  EXPECT_EQ(tokens().is_live(here_), true);
  EXPECT_TRUE(tokens().verify(bobs));
  EXPECT_EQ(listener, std::vector{alice_.id});
}

TEST_F(SecondFactor, LogsInWithACodeAndNotWithout) {
  set_up();
  EXPECT_EQ(code_of(log_in({})), ErrorCode::second_factor_required);
  EXPECT_EQ(code_of(log_in("")), ErrorCode::second_factor_required);
  EXPECT_EQ(code_of(log_in("  ")), ErrorCode::second_factor_required);
  const auto right = code();
  const auto spaced = right.substr(0, 3) + " " + right.substr(3);
  EXPECT_TRUE(log_in(spaced)) << "as apps show it";
  be_patient();
  for (const auto& wrong : {std::string("12345"), std::string("abcdef"), right + "7", std::string(5000, '1')})
    EXPECT_EQ(code_of(log_in(wrong)), ErrorCode::wrong_second_factor) << wrong;
}

TEST_F(SecondFactor, IsNotSpokenOfBeforeThePasswordIsRight) {
  set_up();
  for (const auto& given :
       {std::optional<std::string>(), std::optional(code()), std::optional<std::string>("000000")}) {
    const auto wrong = log_in(given, "wrong password ok");
    const auto unknown = tokens().log_in("nobody@mail.example", "wrong password ok", kClient, given);
    EXPECT_EQ(code_of(wrong), ErrorCode::unauthorized);
    EXPECT_EQ(code_of(unknown), ErrorCode::unauthorized);
    EXPECT_EQ(wrong.error().detail, unknown.error().detail);
  }
  EXPECT_TRUE(log_in(code())) << "a code beside a wrong password is not used up";
}

TEST_F(SecondFactor, TakesNoCodeTwice) {
  app_ = read_base32(begin()->text);
  const auto first = code();
  ASSERT_TRUE(confirm(first));
  EXPECT_EQ(code_of(log_in(first)), ErrorCode::wrong_second_factor) << "the one that confirmed";
  clock_.advance(30s);
  const auto ahead = code_at(clock_.now() + 30s);
  const auto second = code();
  ASSERT_TRUE(log_in(second));
  restart();
  EXPECT_EQ(code_of(log_in(second)), ErrorCode::wrong_second_factor);
  EXPECT_TRUE(log_in(ahead)) << "of an app whose clock is a little ahead";
  EXPECT_EQ(code_of(log_in(second)), ErrorCode::wrong_second_factor) << "nor an older one";
  clock_.advance(30s);
  EXPECT_EQ(code_of(log_in(ahead)), ErrorCode::wrong_second_factor);
}

TEST_F(SecondFactor, OfTheSameCodeAtOnceOneLogsIn) {
  set_up();
  Process other(file(), clock_, 77);
  const auto shared = code();
  EXPECT_TRUE(other.accounts().tokens().log_in(kAliceEmail, kAlicePassword, kClient, shared));
  EXPECT_EQ(code_of(log_in(shared)), ErrorCode::wrong_second_factor);
}

TEST_F(SecondFactor, RecoveryCodesAreGoodOnceEach) {
  const auto codes = set_up();
  for (std::size_t i = 0; i < codes.size(); ++i) {
    ASSERT_TRUE(log_in(codes[i])) << codes[i];
    EXPECT_EQ(factors().status(alice_.id)->recovery_codes_left, 9 - i);
    be_patient();
    EXPECT_EQ(code_of(log_in(codes[i])), ErrorCode::wrong_second_factor);
    be_patient();
  }
  EXPECT_EQ(audited("recovery_code_used"), 10U);
  EXPECT_EQ(told().back(), "code_used");
  EXPECT_TRUE(log_in(code())) << "the app goes on";
}

TEST_F(SecondFactor, RecoveryCodesAreTakenAsPeopleTypeThem) {
  const auto codes = set_up();
  auto shouted = codes[0];
  for (auto& c : shouted) c = c == '1' ? 'l' : c == '0' ? 'O' : static_cast<char>(std::toupper(c));
  EXPECT_TRUE(log_in(shouted)) << shouted;
  auto bare = codes[1];
  std::erase(bare, '-');
  EXPECT_TRUE(log_in(bare)) << bare;
  EXPECT_TRUE(log_in(" " + codes[2].substr(0, 5) + " - " + codes[2].substr(6) + " "));
}

TEST_F(SecondFactor, RecoveryCodesAreOnesOwn) {
  const auto codes = set_up();
  const auto bob = add("bob@mail.example");
  const auto theirs = tokens().verify(token_of(AccountsTest::log_in(kAlicePassword, "192.0.2.1", bob.email))).value();
  const auto key = read_base32(factors().begin(bob.id, kAlicePassword, "x", kClient)->text);
  ASSERT_TRUE(accounts().confirm_second_factor(theirs, core::totp_code(key, core::totp_step(clock_.now())), kClient));
  EXPECT_EQ(code_of(tokens().log_in(bob.email, kAlicePassword, kClient, codes[0])), ErrorCode::wrong_second_factor);
  EXPECT_TRUE(log_in(codes[0]));
}

TEST_F(SecondFactor, NewRecoveryCodesEndThoseBefore) {
  EXPECT_EQ(code_of(factors().new_recovery_codes(alice_.id, kAlicePassword, kClient)), ErrorCode::conflict);
  const auto old = set_up();
  const auto fresh = factors().new_recovery_codes(alice_.id, kAlicePassword, kClient);
  ASSERT_TRUE(fresh) << fresh.error().detail;
  EXPECT_EQ(fresh->size(), 10U);
  EXPECT_EQ(code_of(log_in(old[0])), ErrorCode::wrong_second_factor);
  EXPECT_TRUE(log_in(fresh->front()));
  EXPECT_EQ(told(), (std::vector<std::string>{"on", "new_codes", "code_used"}));
  EXPECT_EQ(audited("recovery_codes_made"), 1U);
}

TEST_F(SecondFactor, EndsWithAllItsCodes) {
  set_up();
  ASSERT_TRUE(factors().end(alice_.id, kAlicePassword, kClient));
  EXPECT_TRUE(log_in({}));
  EXPECT_TRUE(log_in("000000")) << "a code nobody asked for is passed over";
  EXPECT_EQ(count_rows("SELECT count(*) FROM second_factors"), 0);
  EXPECT_EQ(count_rows("SELECT count(*) FROM recovery_codes"), 0);
  EXPECT_EQ(told(), (std::vector<std::string>{"on", "off"}));
  EXPECT_EQ(audited("second_factor_off"), 1U);
  ASSERT_TRUE(factors().end(alice_.id, kAlicePassword, kClient)) << "again is fine";
  EXPECT_EQ(told().size(), 2U) << "and no news";
  set_up();
  EXPECT_EQ(code_of(log_in({})), ErrorCode::second_factor_required) << "it can be set up afresh";
}

TEST_F(SecondFactor, AnAdminEndsItForSomebodyWhoLostAll) {
  set_up();
  EXPECT_GT(count_rows("SELECT count(*) FROM log_ins"), 0);
  ASSERT_TRUE(factors().end_by_admin(alice_.id, {"shell", ""}));
  EXPECT_EQ(count_rows("SELECT count(*) FROM log_ins"), 0) << "the phone may be in other hands";
  EXPECT_TRUE(log_in({}));
  EXPECT_EQ(told(), (std::vector<std::string>{"on", "off_by_admin"}));
  SeededRandom random(5);
  EXPECT_EQ(code_of(factors().end_by_admin(core::UserId::make(clock_, random), {"shell", ""})), ErrorCode::not_found);
}

TEST_F(SecondFactor, CodesCannotBeGuessed) {
  const auto recovery = set_up();
  int tried = 0;
  const auto end = clock_.now() + 24h;
  while (clock_.now() < end) {
    const auto guessed = log_in("000000");
    if (code_of(guessed) == ErrorCode::wrong_second_factor) {
      ++tried;
    } else {
      ASSERT_EQ(code_of(guessed), ErrorCode::too_many_requests);
      ASSERT_TRUE(guessed.error().retry_after);
      clock_.advance(*guessed.error().retry_after);
    }
  }
  EXPECT_LE(tried, 120) << "a day's guesses, with the right password";
  EXPECT_GE(tried, 20) << "nobody is locked out";
  EXPECT_EQ(audited("wrong_second_factor"), static_cast<std::size_t>(tried)) << "each can be seen";
  be_patient();
  EXPECT_TRUE(log_in(code()));
}

TEST_F(SecondFactor, GuessingCountsForPasswordsToo) {
  set_up();
  int wrong = 0;
  while (code_of(log_in("000000")) == ErrorCode::wrong_second_factor) ++wrong;
  EXPECT_EQ(wrong, 6);
  EXPECT_EQ(code_of(log_in({}, "wrong password ok")), ErrorCode::too_many_requests);
  EXPECT_EQ(code_of(begin()), ErrorCode::too_many_requests) << "and for the current one";
}

TEST_F(SecondFactor, BeingAskedForACodeIsNoFailure) {
  set_up();
  for (int i = 0; i < 20; ++i) ASSERT_EQ(code_of(log_in({})), ErrorCode::second_factor_required) << i;
  EXPECT_TRUE(log_in(code()));
}

TEST_F(SecondFactor, WrongCurrentPasswordsAreThrottledWithLogIns) {
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(code_of(begin("guess number " + std::to_string(i))), ErrorCode::wrong_current_password);
  const auto refused = begin();
  ASSERT_EQ(code_of(refused), ErrorCode::too_many_requests);
  EXPECT_EQ(refused.error().retry_after, 1s);
  EXPECT_EQ(code_of(AccountsTest::log_in()), ErrorCode::too_many_requests) << "neither is a way around the other";
  clock_.advance(1s);
  EXPECT_TRUE(begin());
}

TEST_F(SecondFactor, AClockThatWasWrongLocksNobodyOut) {
  const auto recovery = set_up();
  const auto today = clock_.now();
  clock_.set_wall(today + 24h * 365);
  EXPECT_EQ(code_of(log_in(code_at(today))), ErrorCode::wrong_second_factor) << "the app knows the time, we don't";
  EXPECT_TRUE(log_in(recovery[0]));
  EXPECT_TRUE(log_in(code())) << "both a year ahead";
  clock_.set_wall(today);
  EXPECT_TRUE(log_in(code())) << "the code of next year refuses none of today";
  EXPECT_EQ(code_of(log_in(code())), ErrorCode::wrong_second_factor) << "which is good once all the same";
}

TEST_F(SecondFactor, ALogInLinkAsksForNoCode) {
  set_up();
  const auto link = accounts().links().make(alice_.id, 1h, {});
  ASSERT_TRUE(link);
  EXPECT_TRUE(accounts().redeem_link(link->token, kClient));
}

TEST_F(SecondFactor, IsSealedToItsOwner) {
  const auto codes = set_up();
  const auto bob = add("bob@mail.example");
  ASSERT_TRUE(factors().begin(bob.id, kAlicePassword, "x", kClient));
  const auto moved = process_->database().write([&](storage::Transaction& transaction) -> core::Expected<void> {
    KITH_TRY(transaction.execute(
        "UPDATE second_factors SET confirmed_at = 1, sealed = (SELECT sealed FROM second_factors WHERE user_id = ?)",
        {alice_.id.text()}));
    return {};
  });
  ASSERT_TRUE(moved);
  EXPECT_EQ(code_of(tokens().log_in(bob.email, kAlicePassword, kClient, code())), ErrorCode::internal);
  EXPECT_TRUE(log_in(code()));
}

TEST(RecoveryCodes, AreLongEnoughAndEasyToRead) {
  SeededRandom random(1);
  std::set<std::string> seen;
  std::set<char> letters;
  for (int i = 0; i < 1000; ++i) {
    const auto code = accounts::make_recovery_code(random);
    ASSERT_EQ(code.size(), 11U);
    ASSERT_EQ(code[5], '-');
    for (const char c : code.substr(0, 5) + code.substr(6)) letters.insert(c);
    seen.insert(code);
  }
  EXPECT_EQ(seen.size(), 1000U);
  EXPECT_EQ(letters.size(), 32U) << "five bits a character, fifty in all";
  for (const char c : {'i', 'l', 'o', 'u'}) EXPECT_FALSE(letters.contains(c)) << c;
}

TEST(RecoveryCodes, ReadNothingElse) {
  EXPECT_EQ(accounts::read_recovery_code("7K2MQ-x94wd"), "7k2mqx94wd");
  EXPECT_EQ(accounts::read_recovery_code("oO1il-00000"), "0011100000");
  for (const auto* text : {"", "-", "7k2mq-x94w", "7k2mq-x94wdd", "7k2mq_x94wd", "7k2mq-x94wu", "7k2mq-x94w\xc3\xa4"})
    EXPECT_FALSE(accounts::read_recovery_code(text)) << text;
  EXPECT_FALSE(accounts::read_recovery_code(std::string(100, ' ') + "7k2mq-x94wd"));
}

}  // namespace kith::test
