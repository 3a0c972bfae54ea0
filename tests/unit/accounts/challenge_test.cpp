#include "accounts/challenge.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "core/encoding.hpp"
#include "core/json.hpp"
#include "tests/unit/accounts/entrance_fixture.hpp"

namespace kith::accounts {
namespace {

using namespace std::chrono_literals;
using core::ErrorCode;
using core::Json;
using test::code_of;
using test::payload_of;
using test::solve;

class ChallengesTest : public ::testing::Test {
 protected:
  // The payload of a right solution, with one field changed.
  std::string changed(const Challenge& challenge, const char* field, const Json& value) {
    const auto bytes = core::from_base64(payload_of(challenge, solve(challenge)));
    auto object = Json::parse(core::as_text(*bytes));
    object[field] = value;
    return core::to_base64(core::as_bytes(object.dump()));
  }
  test::FakeClock clock_;
  test::SeededRandom random_{5};
  Challenges challenges_{clock_, random_, 50};
};

}  // namespace

TEST_F(ChallengesTest, AreOfTheFormThatWidgetsKnow) {
  const auto made = challenges_.make();
  EXPECT_EQ(made.max_number, 50);
  EXPECT_EQ(made.challenge.size(), 64U);
  EXPECT_EQ(made.signature.size(), 64U);
  const auto ends = std::to_string(core::to_unix_ms(clock_.now() + 10min) / 1000);
  EXPECT_TRUE(made.salt.ends_with("?expires=" + ends)) << made.salt;
  EXPECT_NE(made.salt, challenges_.make().salt);
  const auto number = solve(made);
  EXPECT_GE(number, 0);
  EXPECT_LE(number, 50);
}

TEST_F(ChallengesTest, TheNumbersLieAnywhere) {
  std::set<std::int64_t> numbers;
  for (int i = 0; i < 500; ++i) numbers.insert(solve(challenges_.make()));
  EXPECT_GT(numbers.size(), 45U) << "of 51";
  EXPECT_FALSE(numbers.contains(-1));
}

TEST_F(ChallengesTest, TakesEachSolutionOnce) {
  const auto made = challenges_.make();
  const auto payload = payload_of(made, solve(made));
  EXPECT_TRUE(challenges_.take(payload));
  EXPECT_EQ(code_of(challenges_.take(payload)), ErrorCode::challenge_failed);
  EXPECT_EQ(code_of(challenges_.take(changed(made, "took", 99))), ErrorCode::challenge_failed);
  const auto other = challenges_.make();
  EXPECT_TRUE(challenges_.take(payload_of(other, solve(other))));
}

TEST_F(ChallengesTest, EndAfterTenMinutes) {
  const auto early = challenges_.make();
  const auto late = challenges_.make();
  clock_.advance(10min - 1s);
  EXPECT_TRUE(challenges_.take(payload_of(early, solve(early))));
  clock_.advance(1s);
  EXPECT_EQ(code_of(challenges_.take(payload_of(late, solve(late)))), ErrorCode::challenge_failed);
}

TEST_F(ChallengesTest, ASolutionTakenIsNotTakenAgainAfterTheClockWasSetBack) {
  const auto made = challenges_.make();
  const auto payload = payload_of(made, solve(made));
  EXPECT_TRUE(challenges_.take(payload));
  clock_.set_wall(clock_.now() - 1h);
  EXPECT_EQ(code_of(challenges_.take(payload)), ErrorCode::challenge_failed);
}

TEST_F(ChallengesTest, RefusesWhatWasNotMadeHere) {
  const auto made = challenges_.make();
  const auto right = solve(made);
  EXPECT_EQ(code_of(challenges_.take(payload_of(made, (right + 1) % 51))), ErrorCode::challenge_failed);
  auto signature = made.signature;
  signature[5] = signature[5] == '0' ? '1' : '0';
  for (const auto& payload :
       {changed(made, "signature", signature), changed(made, "signature", std::string(64, '0')),
        changed(made, "challenge", challenges_.make().challenge), changed(made, "salt", challenges_.make().salt),
        changed(made, "number", -1), changed(made, "number", 51), changed(made, "number", "7"),
        changed(made, "number", 7.0), changed(made, "algorithm", "SHA-1"), changed(made, "algorithm", nullptr),
        changed(made, "more", 1)})
    EXPECT_EQ(code_of(challenges_.take(payload)), ErrorCode::challenge_failed) << payload;
  Challenges others(clock_, random_, 50);
  EXPECT_EQ(code_of(others.take(payload_of(made, right))), ErrorCode::challenge_failed) << "of another key";
  EXPECT_TRUE(challenges_.take(payload_of(made, right))) << "none of this spent it";
}

// Digits moved between the end of the salt and the number leave the hash as it is.
TEST_F(ChallengesTest, DigitsCannotMoveBetweenTimeAndNumber) {
  for (int i = 0; i < 20; ++i) {
    const auto made = challenges_.make();
    const auto number = std::to_string(solve(made));
    auto longer = made;
    longer.salt += number.substr(0, 1);
    const auto rest = number.size() > 1 ? std::stoll(number.substr(1)) : 0;
    EXPECT_EQ(code_of(challenges_.take(payload_of(longer, rest))), ErrorCode::challenge_failed);
    auto shorter = made;
    shorter.salt.pop_back();
    const auto more = std::stoll(made.salt.substr(made.salt.size() - 1) + number);
    EXPECT_EQ(code_of(challenges_.take(payload_of(shorter, more))), ErrorCode::challenge_failed);
  }
}

TEST_F(ChallengesTest, RefusesWhatIsNoSolutionAtAll) {
  const auto encode = [](std::string_view text) { return core::to_base64(core::as_bytes(text)); };
  for (const auto& payload : {std::string(), std::string("!!!"), std::string("e30"), encode(""), encode("{}"),
                              encode("[]"), encode("null"), encode("{\"algorithm\":\"SHA-256\"}"), encode("\xff\xfe"),
                              std::string(100'000, 'A'), encode(R"({"algorithm":"SHA-256","algorithm":"SHA-256"})")})
    EXPECT_EQ(code_of(challenges_.take(payload)), ErrorCode::challenge_failed) << payload.substr(0, 80);
}

TEST_F(ChallengesTest, OnlySaltsOfOurFormHaveAnEnd) {
  const std::string hex(24, 'a');
  EXPECT_EQ(salt_expiry(hex + "?expires=1800000000"), core::from_unix_ms(1'800'000'000'000));
  for (const auto& salt :
       {hex, hex + "?expires=", hex + "?expires=-1", hex + "?expires=+1", hex + "?expires=01", hex + "?expires=1x",
        hex + "?expires=1&", hex + "?expires= 1", hex + "?expires=99999999999", hex.substr(1) + "?expires=1",
        hex + "a?expires=1", "A" + hex.substr(1) + "?expires=1", std::string("?expires=1"), std::string()})
    EXPECT_FALSE(salt_expiry(salt)) << salt;
}

}  // namespace kith::accounts
