#pragma once
// How an instance changes its key: statements signed by the old and the new one (federation/PROTOCOL.md,
// "Key statements"). An instance's first key has number 0; statement n leads from key n-1 to key n.
// Pure functions on plain values.

#include <cstdint>
#include <optional>
#include <vector>

#include "core/crypto/ed25519.hpp"
#include "core/error.hpp"
#include "core/time.hpp"
#include "federation/address.hpp"
#include "federation/identifiers.hpp"

namespace kith::federation {

struct KeyStatement {
  Domain domain;
  std::uint64_t number = 1;
  InstanceKey old_key;
  InstanceKey new_key;
  core::Timestamp timestamp;
  core::Signature old_signature;
  core::Signature new_signature;
  bool operator==(const KeyStatement&) const = default;
};

// What both signatures cover.
core::Bytes key_statement_bytes(const KeyStatement& statement);
KeyStatement make_key_statement(const Domain& domain, std::uint64_t number, const core::SigningKey& old_key,
                                const core::SigningKey& new_key, core::Timestamp timestamp);
// Both signatures hold, both keys are sound and differ, the number is at least 1.
[[nodiscard]] bool is_valid(const KeyStatement& statement);

// Valid, for `domain`, at most kMaxKeyStatements, numbers consecutive, each starting from the key before, the last one
// leading to `current`. An empty list is fine. key_mismatch otherwise, telling why.
[[nodiscard]] core::Expected<void> check_chain(const Domain& domain, const std::vector<KeyStatement>& chain,
                                               const InstanceKey& current);
// The number of an instance's current key, when check_chain took the list it shows: 0 for none.
std::uint64_t current_number(const std::vector<KeyStatement>& chain);

// What is known of a domain's key.
struct PinnedKey {
  Domain domain;
  std::uint64_t number = 0;
  InstanceKey key;
};
enum class Succession : std::uint8_t {
  same,       // the pinned key is the current one
  succeeded,  // statements lead from the pinned key to the current one: pin it, with its number
  unknown,    // another key, and no chain to it
  fork,       // the chain has another key under the pinned number: a second history; raise an alert
};
struct SuccessionResult {
  Succession succession;
  std::uint64_t number;  // of `current`, with same and succeeded
};
// Judges the key an instance shows against the pinned one.
SuccessionResult judge_succession(const PinnedKey& pinned, const std::vector<KeyStatement>& chain,
                                  const InstanceKey& current);
// Two valid statements of the same domain and old key that name different new keys.
[[nodiscard]] bool is_fork(const KeyStatement& a, const KeyStatement& b);

}  // namespace kith::federation
