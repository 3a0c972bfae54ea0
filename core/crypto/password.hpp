#pragma once
// Argon2id (RFC 9106) password hashes in PHC string form, by libsodium. Thread-safe, blocking, and memory-hungry:
// callers bound how many run at once.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace kith::core {

// libsodium runs one lane; the salt comes from its own generator.
struct PasswordCost {
  std::uint64_t passes = 3;
  std::size_t memory_bytes = 64 * 1024 * 1024;
  // The least libsodium takes: for tests.
  static PasswordCost cheapest() { return {1, 8 * 1024}; }
};

// "$argon2id$v=19$m=…": at most 127 characters. Fails with busy when there is not the memory for it.
[[nodiscard]] Expected<std::string> hash_password(std::string_view password, const PasswordCost& cost);
[[nodiscard]] bool verify_password(std::string_view password, const std::string& hash);
// True if `hash` was made with another cost than `cost`: hash anew at the next log-in.
[[nodiscard]] bool needs_rehash(const std::string& hash, const PasswordCost& cost);

}  // namespace kith::core
