#pragma once
// Handles (`alice` of `alice@a.example`), addresses and e-mail addresses as text: what is well-formed, and what handle
// an e-mail address suggests. Pure functions, thread-safe.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace kith::accounts {

inline constexpr std::size_t kMinHandle = 3;
inline constexpr std::size_t kMaxHandle = 32;
inline constexpr std::size_t kMaxEmail = 254;   // RFC 5321, section 4.5.3.1.3, without the brackets
inline constexpr std::size_t kMaxDomain = 300;  // a host name of 255, ':' and a port, with room

inline constexpr std::size_t kMaxRemoteHandle =
    64;  // of people elsewhere, from 1 (federation/PROTOCOL.md, "Addresses")

// 3-32 of a-z, 0-9, '.', '_' and '-'.
bool is_handle(std::string_view text);

// One '@', visible ASCII on both sides, a local part of at most 64 characters (RFC 5321), a domain that can be one.
bool is_email(std::string_view text);

// A handle from the local part: lower case, without "+tag", other characters left out, cut to size; "user-al" for one
// too short. Always is_handle().
std::string suggest_handle(std::string_view email);
// `base` for attempt 1, then base2, base3, …, cut so that it stays a handle.
std::string numbered_handle(std::string_view base, unsigned attempt);

// "carol" (no domain: somebody here) or "bob@b.example:8471". The domain is only looked at roughly (visible lower-case
// ASCII without '/' and '@'); federation knows what a domain is.
struct Address {
  std::string handle;
  std::optional<std::string> domain;
  bool operator==(const Address&) const = default;
};
std::optional<Address> parse_address(std::string_view text);

}  // namespace kith::accounts
