#include "accounts/challenge.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/json.hpp"

namespace kith::accounts {

using core::ErrorCode;

namespace {

constexpr std::size_t kSaltBytes = 12;
constexpr std::string_view kExpires = "?expires=";
constexpr std::int64_t kLargestNumber = std::int64_t{1} << 53;  // what JSON carries for sure

core::Unexpected refused(const char* why) {
  return core::fail(ErrorCode::challenge_failed, why);
}

// `text` as what it is decoded from is written; so every solution has one form.
std::optional<core::Digest> digest_from_hex(std::string_view text) {
  const auto bytes = core::from_hex(text);
  return bytes ? core::Digest::from(*bytes) : std::nullopt;
}

core::Digest solved(std::string_view salt, std::int64_t number) {
  return core::sha256(core::as_bytes(std::string(salt) + std::to_string(number)));
}

core::Mac sign(const core::Secret<32>& key, std::string_view challenge) {
  return core::hmac_sha256(key.view(), core::as_bytes(challenge));
}

// From 0 to `most`, each as likely as the others but for less than 2^-40.
std::int64_t draw(core::Random& random, std::int64_t most) {
  std::uint64_t drawn = 0;
  for (const auto byte : random.bytes<8>()) drawn = drawn << 8 | byte;
  return static_cast<std::int64_t>(drawn % (static_cast<std::uint64_t>(most) + 1));
}

}  // namespace

Expected<Solution> parse_solution(std::string_view base64) {
  constexpr const char* kNoSolution = "`altcha` has to be base64 of a JSON object as ALTCHA's widget makes it";
  if (base64.size() > kMaxSolution) return refused(kNoSolution);
  const auto bytes = core::from_base64(base64);
  if (!bytes) return refused(kNoSolution);
  const auto object = core::parse_json_object(core::as_text(*bytes));
  if (!object || !core::only_fields(*object, {"algorithm", "challenge", "number", "salt", "signature", "took"}))
    return refused(kNoSolution);
  const auto algorithm = core::required_text(*object, "algorithm", 16);
  auto challenge = core::required_text(*object, "challenge", 64);
  const auto number = core::required_integer(*object, "number", 0, kLargestNumber);
  auto salt = core::required_text(*object, "salt", 64);
  auto signature = core::required_text(*object, "signature", 64);
  if (!algorithm || *algorithm != kChallengeAlgorithm || !challenge || !number || !salt || !signature)
    return refused(kNoSolution);
  return Solution{*std::move(challenge), *number, *std::move(salt), *std::move(signature)};
}

std::optional<core::Timestamp> salt_expiry(std::string_view salt) {
  constexpr auto kHexSize = kSaltBytes * 2;
  if (salt.size() <= kHexSize || !core::from_hex(salt.substr(0, kHexSize))) return std::nullopt;
  salt.remove_prefix(kHexSize);
  if (!salt.starts_with(kExpires)) return std::nullopt;
  salt.remove_prefix(kExpires.size());
  std::uint32_t seconds = 0;
  const auto [stop, error] = std::from_chars(salt.data(), salt.data() + salt.size(), seconds);
  if (error != std::errc{} || stop != salt.data() + salt.size() || salt.front() == '0') return std::nullopt;
  return core::Timestamp(std::chrono::seconds(seconds));
}

Challenges::Challenges(const core::Clock& clock, core::Random& random, std::int64_t max_number)
    : clock_(clock), random_(random), max_number_(max_number) {
  random_.fill(key_.writable());
}

Challenge Challenges::make() {
  const auto ends = std::chrono::floor<std::chrono::seconds>(clock_.now() + kChallengeLife);
  Challenge made;
  made.max_number = max_number_;
  made.salt = core::to_hex(random_.bytes<kSaltBytes>());
  made.salt.append(kExpires).append(std::to_string(ends.time_since_epoch().count()));
  made.challenge = core::to_hex(solved(made.salt, draw(random_, max_number_)).view());
  made.signature = core::to_hex(sign(key_, made.challenge).view());
  return made;
}

Expected<void> Challenges::check(const Solution& solution, core::Timestamp now) const {
  const auto signature = core::from_hex(solution.signature);
  const auto mac = signature ? core::Mac::from(*signature) : std::nullopt;
  const auto challenge = digest_from_hex(solution.challenge);
  if (!mac || !challenge || !core::mac_equal(*mac, sign(key_, solution.challenge)))
    return refused("this challenge is not one of ours, or from before a restart: ask for a new one");
  const auto ends = salt_expiry(solution.salt);
  // The salt ends and the number begins with digits: moved from one to the other they would give the same hash. But
  // then the end would be in another century, and none is later than that of a challenge made now.
  if (!ends || *ends <= now || *ends > now + kChallengeLife)
    return refused("this challenge has run out: ask for a new one");
  if (solution.number > max_number_ ||
      !core::equal_constant_time(solved(solution.salt, solution.number).view(), challenge->view()))
    return refused("this is not the solution of the challenge");
  return {};
}

Expected<void> Challenges::take(std::string_view base64) {
  KITH_TRY_ASSIGN(solution, parse_solution(base64));
  const auto now = clock_.now();
  KITH_TRY(check(solution, now));
  std::lock_guard lock(mutex_);
  if (taken_.size() >= kMostSolutions) std::erase_if(taken_, [&](const auto& entry) { return entry.second <= now; });
  if (taken_.size() >= kMostSolutions) {
    return tl::make_unexpected(core::Error{
        ErrorCode::busy, "very many people register right now: try again in a while", std::chrono::minutes(1), {}});
  }
  if (!taken_.emplace(*digest_from_hex(solution.challenge), now + kChallengeLife).second)
    return refused("this solution was taken before: ask for a new challenge");
  return {};
}

}  // namespace kith::accounts
