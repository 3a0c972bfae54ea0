#include "accounts/common_passwords.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "core/encoding.hpp"

namespace kith::accounts {
namespace {

constexpr std::array<std::string_view, 3> kAbout{"alice@mail.example", "alice.b", "Alice's server"};

bool guessed(std::string_view password) {
  return is_easily_guessed(password, kAbout);
}

}  // namespace

TEST(CommonPasswords, TheListIsLowerCaseAndInOrder) {
  const auto list = common_passwords();
  EXPECT_GT(list.size(), 4000U);
  EXPECT_GT(std::ranges::count_if(list, [](auto line) { return line.size() >= 12; }), 300);
  EXPECT_TRUE(std::ranges::is_sorted(list));
  EXPECT_EQ(std::ranges::adjacent_find(list), list.end()) << "twice";
  for (const auto line : list) EXPECT_EQ(core::to_lower_ascii(line), line);
}

TEST(CommonPasswords, EveryLongOneOnTheListIsRefused) {
  for (const auto line : common_passwords()) {
    EXPECT_TRUE(is_easily_guessed(line)) << line;
  }
}

TEST(CommonPasswords, NoneOfTheFirstTriesPasses) {
  for (const auto* password :
       {"correcthorsebatterystaple", "CorrectHorseBatteryStaple", "administrator", "1q2w3e4r5t6y",  // listed
        "password1234", "Password123!", "!!Summer2024!!", "dragon123456789", "Passwort1234",        // and padded
        "P@ssw0rd2024", "pa$$w0rd1234", "adm1n1strat0r",                                            // in disguise
        "passwordpassword", "letmein letmein", "trustno1trustno1", "summer2024summer2024", "Hunter2hunter2"}) {
    EXPECT_TRUE(guessed(password)) << password;
  }
}

TEST(CommonPasswords, NoRunsAndRepetitionsPass) {
  for (const auto* password : {"aaaaaaaaaaaa", "            ", "abcabcabcabc", "a1b2ca1b2ca1b2c", "abcdefghijkl",
                               "123456789012", "098765432109", "qwertyuiop123", "qwertzuiop12", "asdfghjklasdfghjkl",
                               "aaaaaabbbbbb", "abcd1234efgh5678", "zyxwvutsrqponm", "ZXCVBNM,./12"}) {
    EXPECT_TRUE(guessed(password)) << password;
  }
}

TEST(CommonPasswords, NothingThatAnybodyKnowsOfTheAccountPasses) {
  for (const auto* password :
       {"alice@mail.example", "Alice@Mail.Example", "alice@mail.example!", "alice1234567", "alicealicealice",
        "alice.b12345", "Alice's server", "alice's server 1", "al1ce12345678"}) {
    EXPECT_TRUE(guessed(password)) << password;
  }
  EXPECT_FALSE(is_easily_guessed("alice@mail.example", std::array<std::string_view, 1>{"bob@mail.example"}));
}

TEST(CommonPasswords, OthersPass) {
  for (const auto* password :
       {"correct horse battery", "alice's own password", "a good password", "another one for emil", "kx9!vR2#pLq8",
        "margarita&&5729103846", "a quiet green lamp", "p\xc3\xa4ssw\xc3\xb6rd mit: Doppelpunkt \xe5\xa4\x8f",
        "canary-password-3141", "the owl sleeps late", "tr0ub4dor&3 is old"}) {
    EXPECT_FALSE(guessed(password)) << password;
  }
  EXPECT_FALSE(is_easily_guessed("48213x92177.", std::array<std::string_view, 1>{"x"})) << "a name of one letter";
}

TEST(CommonPasswords, TakesWhateverComes) {
  for (const auto* text : {"", "a", "\xff\xff\xff", "@", "1"}) {
    EXPECT_NO_FATAL_FAILURE(static_cast<void>(is_easily_guessed(text, std::array<std::string_view, 2>{"", "@"})));
  }
}

}  // namespace kith::accounts
