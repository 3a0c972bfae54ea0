#pragma once
// Proof of work in the place of a CAPTCHA, in the format of ALTCHA: find the number with SHA-256(salt and number, in
// decimal) = challenge. Every challenge is signed, good for ten minutes and for one solution. The key and the solutions
// taken are in memory: a restart ends all challenges, and the page asks for another. Thread-safe.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/crypto/hmac.hpp"
#include "core/crypto/sha256.hpp"
#include "core/error.hpp"
#include "core/random.hpp"

namespace kith::accounts {

using core::Expected;

inline constexpr std::chrono::minutes kChallengeLife{10};
inline constexpr std::size_t kMaxSolution = 1024;      // characters of base64; a real one has about 400
inline constexpr std::size_t kMostSolutions = 20'000;  // taken within the life of a challenge
inline constexpr std::string_view kChallengeAlgorithm = "SHA-256";

struct Challenge {
  std::string challenge;  // 64 hexadecimal digits
  std::int64_t max_number = 0;
  std::string salt;       // 24 hexadecimal digits, "?expires=" and Unix seconds
  std::string signature;  // hex HMAC-SHA-256 of the text `challenge`
};

// What a client sends back, not believed yet.
struct Solution {
  std::string challenge;
  std::int64_t number = 0;
  std::string salt;
  std::string signature;
};
// From the base64 of the JSON object {algorithm, challenge, number, salt, signature}, to which clients may add `took`.
// challenge_failed for anything else. Pure.
[[nodiscard]] Expected<Solution> parse_solution(std::string_view base64);
// When the challenge with that salt ends; nothing for a salt that is not of our form. Pure.
std::optional<core::Timestamp> salt_expiry(std::string_view salt);

class Challenges {
 public:
  Challenges(const core::Clock& clock, core::Random& random, std::int64_t max_number);

  // Of challenges from now on.
  void set_max_number(std::int64_t max_number) { max_number_ = max_number; }

  Challenge make();
  // Takes a solution, once. challenge_failed when it is wrong, not for one of our challenges, too late, or was taken
  // before; busy when more were taken lately than are remembered.
  [[nodiscard]] Expected<void> take(std::string_view base64);

 private:
  [[nodiscard]] Expected<void> check(const Solution& solution, core::Timestamp now) const;

  const core::Clock& clock_;
  core::Random& random_;
  std::atomic<std::int64_t> max_number_;
  core::Secret<32> key_;
  std::mutex mutex_;                               // guards taken_
  std::map<core::Digest, core::Timestamp> taken_;  // challenge and when it ends
};

}  // namespace kith::accounts
