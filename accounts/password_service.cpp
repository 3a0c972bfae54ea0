#include "accounts/password_service.hpp"

#include <algorithm>

#include "accounts/common_passwords.hpp"
#include "core/encoding.hpp"

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

namespace {

constexpr std::size_t kArgon2Salt = 16;  // libsodium's crypto_pwhash_SALTBYTES
constexpr std::size_t kArgon2Hash = 32;  // the length libsodium's string form uses

// PHC strings use plain base64 without padding.
template <std::size_t N>
std::string phc_base64(core::Random& random) {
  auto text = core::to_base64(random.bytes<N>());
  text.erase(text.find_last_not_of('=') + 1);
  return text;
}

// As long as new hashes and with their parameters, so that verifying takes as long; random, so that nothing matches.
std::string make_decoy(const core::PasswordCost& cost, core::Random& random) {
  return "$argon2id$v=19$m=" + std::to_string(cost.memory_bytes / 1024) + ",t=" + std::to_string(cost.passes) +
         ",p=1$" + phc_base64<kArgon2Salt>(random) + "$" + phc_base64<kArgon2Hash>(random);
}

core::Error too_busy() {
  return {ErrorCode::busy, "many people are logging in right now: try again in a moment", std::chrono::seconds{2}, {}};
}

}  // namespace

Expected<void> check_password_policy(std::string_view password, std::span<const std::string_view> about) {
  if (password.size() > kMaxPasswordBytes)
    return fail(ErrorCode::bad_request, "the password is too long: at most 1024 bytes");
  if (!core::is_valid_utf8(password)) return fail(ErrorCode::bad_request, "the password is not valid UTF-8");
  if (core::count_code_points(password) < kMinPasswordCharacters)
    return fail(ErrorCode::bad_request, "the password is too short: at least 12 characters, for example four words");
  if (is_easily_guessed(password, about))
    return fail(ErrorCode::weak_password,
                "this password is among the first that others would try: take, for example, four words that have "
                "nothing to do with each other");
  return {};
}

Argon2idHasher::Argon2idHasher(const core::PasswordCost& cost, core::Random& random)
    : cost_(cost), decoy_(make_decoy(cost, random)) {}

Expected<std::string> Argon2idHasher::hash(std::string_view password) {
  return core::hash_password(password, cost_);
}

bool Argon2idHasher::verify(std::string_view password, const std::string& hash) {
  return core::verify_password(password, hash);
}

bool Argon2idHasher::outdated(const std::string& hash) const {
  return core::needs_rehash(hash, cost_);
}

PasswordLimits PasswordLimits::for_workers(int worker_threads) {
  PasswordLimits limits;
  const int running = std::clamp(worker_threads / 2, 1, 4);
  limits.running = static_cast<std::size_t>(running);
  limits.waiting = static_cast<std::size_t>(std::clamp(worker_threads - running - 2, 0, 16));
  return limits;
}

class PasswordService::Place {
 public:
  explicit Place(PasswordService& service) : service_(service) {}
  ~Place() { service_.release_place(); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  PasswordService& service_;
};

PasswordService::PasswordService(std::unique_ptr<PasswordHasher> hasher, const PasswordLimits& limits,
                                 std::vector<std::string> house)
    : hasher_(std::move(hasher)), limits_(limits), house_(std::move(house)) {}

Expected<void> PasswordService::check(std::string_view password, std::initializer_list<std::string_view> about) const {
  std::vector<std::string_view> names(house_.begin(), house_.end());
  names.insert(names.end(), about.begin(), about.end());
  return check_password_policy(password, names);
}

Expected<std::string> PasswordService::hash(std::string_view password, std::initializer_list<std::string_view> about) {
  KITH_TRY(check(password, about));
  return hash_as_it_is(password);
}

Expected<std::string> PasswordService::hash_as_it_is(std::string_view password) {
  if (password.size() > kMaxPasswordBytes)
    return fail(ErrorCode::bad_request, "the password is too long: at most 1024 bytes");
  KITH_TRY(take_place());
  const Place place(*this);
  return hasher_->hash(password);
}

Expected<bool> PasswordService::verify(std::string_view password, const std::optional<std::string>& hash) {
  KITH_TRY(take_place());
  const Place place(*this);
  // No password is longer; whatever is asked for, a bounded part of it is hashed.
  const bool matches = hasher_->verify(password.substr(0, kMaxPasswordBytes), hash ? *hash : hasher_->decoy());
  return matches && hash.has_value() && password.size() <= kMaxPasswordBytes;
}

Expected<void> PasswordService::take_place() {
  std::unique_lock lock(mutex_);
  if (running_ >= limits_.running) {
    if (waiting_ >= limits_.waiting) return tl::make_unexpected(too_busy());
    ++waiting_;
    const bool free = freed_.wait_for(lock, limits_.patience, [&] { return running_ < limits_.running; });
    --waiting_;
    if (!free) return tl::make_unexpected(too_busy());
  }
  ++running_;
  return {};
}

void PasswordService::release_place() {
  {
    std::lock_guard lock(mutex_);
    --running_;
  }
  freed_.notify_one();
}

}  // namespace kith::accounts
