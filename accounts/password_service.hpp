#pragma once
// Passwords: what is a good enough one, and hashing with a bound on how many hashes run at once (each takes the memory
// of Argon2id). Thread-safe and blocking; a caller waits for a place for a bounded time and then gets busy with a
// Retry-After.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/crypto/password.hpp"
#include "core/error.hpp"
#include "core/random.hpp"

namespace kith::accounts {

using core::Expected;

inline constexpr std::size_t kMinPasswordCharacters = 12;
inline constexpr std::size_t kMaxPasswordBytes = 1024;

// bad_request unless `password` is UTF-8 of at least 12 characters and at most 1,024 bytes; spaces count and stay.
// weak_password when it is easily guessed (accounts/common_passwords.hpp); `about`: the e-mail address and other names
// of who is to have it.
[[nodiscard]] Expected<void> check_password_policy(std::string_view password,
                                                   std::span<const std::string_view> about = {});

// The slow function, as an interface so that tests can count its calls. Thread-safe.
class PasswordHasher {
 public:
  virtual ~PasswordHasher() = default;
  [[nodiscard]] virtual Expected<std::string> hash(std::string_view password) = 0;
  [[nodiscard]] virtual bool verify(std::string_view password, const std::string& hash) = 0;
  // True if `hash` has another cost than new ones get.
  virtual bool outdated(const std::string& hash) const = 0;
  // A well-formed hash of no password at all that costs the same to verify.
  virtual const std::string& decoy() const = 0;
};

class Argon2idHasher final : public PasswordHasher {
 public:
  Argon2idHasher(const core::PasswordCost& cost, core::Random& random);
  Expected<std::string> hash(std::string_view password) override;
  bool verify(std::string_view password, const std::string& hash) override;
  bool outdated(const std::string& hash) const override;
  const std::string& decoy() const override { return decoy_; }

 private:
  const core::PasswordCost cost_;
  const std::string decoy_;
};

struct PasswordLimits {
  std::size_t running = 4;  // at once, for memory's sake
  std::size_t waiting = 2;  // each holds a worker thread
  std::chrono::milliseconds patience{10'000};

  // Leaves at least two of `worker_threads` free of password work, where there are that many.
  static PasswordLimits for_workers(int worker_threads);
};

class PasswordService {
 public:
  // `house`: names of this instance, which make no good passwords here.
  PasswordService(std::unique_ptr<PasswordHasher> hasher, const PasswordLimits& limits,
                  std::vector<std::string> house = {});

  // check_password_policy(), with the names of this instance too.
  [[nodiscard]] Expected<void> check(std::string_view password,
                                     std::initializer_list<std::string_view> about = {}) const;
  // The hash of a password that passes check(); else its error, or busy.
  [[nodiscard]] Expected<std::string> hash(std::string_view password,
                                           std::initializer_list<std::string_view> about = {});
  // The same for a password that others chose the rules for (an exchange's), of at most 1,024 bytes: bad_request or
  // busy.
  [[nodiscard]] Expected<std::string> hash_as_it_is(std::string_view password);
  // Is it the password? Without `hash` (no such user) the same work is done and the answer is no.
  [[nodiscard]] Expected<bool> verify(std::string_view password, const std::optional<std::string>& hash);
  bool outdated(const std::string& hash) const { return hasher_->outdated(hash); }

 private:
  class Place;  // one of the running; released on destruction
  [[nodiscard]] Expected<void> take_place();
  void release_place();

  const std::unique_ptr<PasswordHasher> hasher_;
  const PasswordLimits limits_;
  const std::vector<std::string> house_;
  std::mutex mutex_;  // guards the three below
  std::condition_variable freed_;
  std::size_t running_ = 0;
  std::size_t waiting_ = 0;
};

}  // namespace kith::accounts
