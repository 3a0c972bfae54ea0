// A solved challenge from a stranger: what is read is written again the same, and nobody but who has the key makes one
// that is taken.

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "accounts/challenge.hpp"
#include "core/encoding.hpp"
#include "core/json.hpp"

using namespace kith;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::string written(const accounts::Solution& solution) {
  const core::Json object{{"algorithm", accounts::kChallengeAlgorithm},
                          {"challenge", solution.challenge},
                          {"number", solution.number},
                          {"salt", solution.salt},
                          {"signature", solution.signature}};
  return core::to_base64(core::as_bytes(core::to_json_text(object)));
}

// What the base64 of `text` says, and `text` as base64.
void look_at(std::string_view base64) {
  static const core::SystemClock clock;
  static core::SystemRandom random;
  static accounts::Challenges challenges(clock, random, 100);
  require(!challenges.take(base64));
  const auto solution = accounts::parse_solution(base64);
  if (!solution) return;
  require(solution->number >= 0);
  const auto again = accounts::parse_solution(written(*solution));
  require(again && again->number == solution->number && again->salt == solution->salt &&
          again->challenge == solution->challenge && again->signature == solution->signature);
  const auto expiry = accounts::salt_expiry(solution->salt);
  // One digit more or less is another century.
  if (expiry && core::to_unix_ms(*expiry) >= 1'000'000'000'000)
    require(!accounts::salt_expiry(solution->salt + "0") ||
            core::to_unix_ms(*accounts::salt_expiry(solution->salt + "0")) > 4'000'000'000'000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const core::ByteView input(data, size);
  look_at(core::as_text(input));
  look_at(core::to_base64(input));
  (void)accounts::salt_expiry(core::as_text(input));
  return 0;
}
