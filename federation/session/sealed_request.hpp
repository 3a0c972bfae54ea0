#pragma once
// The request inside POST /api/private/v1/sealed (PROTOCOL.md, "Sealed requests"), and the rules its target and headers
// follow. Pure functions; an Aead belongs to one thread at a time.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/crypto/aead.hpp"
#include "core/error.hpp"
#include "federation/peers.hpp"
#include "federation/session/session_ids.hpp"

namespace kith::federation {

inline constexpr std::string_view kPrivateRoot = "/api/private/v1/";
inline constexpr std::string_view kSealedTarget = "/api/private/v1/sealed";

// A request of the private API: sent as it is (direct), or inside a sealed one.
struct InnerRequest {
  std::string method = "GET";
  std::string target;  // "/api/private/v1/…", with the query
  HeaderList headers;  // lower-case names, only those is_inner_header() knows
  std::string body;
};

// The ciphertext with its tag. too_large when it would be longer than kMaxSealedRequest.
[[nodiscard]] Expected<std::string> seal_request(core::Aead& o2a, const SessionId& session, std::uint64_t counter,
                                                 const InnerRequest& request);
// Decrypts `sealed` in place. unauthorized when the tag is wrong: nothing may be marked then.
[[nodiscard]] Expected<core::ByteView> open_request(core::Aead& o2a, const SessionId& session, std::uint64_t counter,
                                                    std::span<std::uint8_t> sealed);
// The opened text as a request; bad_request for what it may not say.
[[nodiscard]] Expected<InnerRequest> parse_inner_request(std::string_view text);

bool is_inner_header(std::string_view lower_case_name);
// A target of the private API: below kPrivateRoot, not …/sealed, no dot segments, encoded slashes or empty segments.
[[nodiscard]] Expected<void> check_inner_target(std::string_view target);

}  // namespace kith::federation
