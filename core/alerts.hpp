#pragma once
// What an admin should hear of although nobody asked. Whoever notices something raises an alert; equal ones (kind and
// about) are counted, told once a day and bounded, so that a stranger who provokes them floods nobody.
//
// Thread-safe. raise() never blocks and never fails: what comes too fast is dropped and counted.

#include <array>
#include <string_view>

namespace kith::core {

namespace alert_kinds {

// A log-in or session token that this instance never made: forged, or from another database.
inline constexpr std::string_view kInvalidInternalToken = "invalid_internal_token";
// A handshake message with a wrong proof or signature; not one that only came late.
inline constexpr std::string_view kHandshakeFailed = "handshake_failed";
// Another instance has another key than the one known, or two that contradict each other.
inline constexpr std::string_view kPeerKeyChanged = "peer_key_changed";
// Two people compared the words of their connection, and they were not the same: somebody may stand between.
inline constexpr std::string_view kWordsDiffer = "words_differ";
// The master key is not the database's, or something sealed under it does not open.
inline constexpr std::string_view kMasterKey = "master_key";

inline constexpr std::array kAll{kInvalidInternalToken, kHandshakeFailed, kPeerKeyChanged, kWordsDiffer, kMasterKey};

}  // namespace alert_kinds

class Alerts {
 public:
  virtual ~Alerts() = default;
  // `kind` is snake_case; `about` what equal ones have in common: an address, a domain; `detail` is for people. Longer
  // texts are cut. Never a secret, a token or a key.
  virtual void raise(std::string_view kind, std::string_view about, std::string_view detail) = 0;
};

}  // namespace kith::core
