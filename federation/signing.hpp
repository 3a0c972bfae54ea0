#pragma once
// The Kith-Signature header: Ed25519 over a label that names step and direction, the request an answer belongs to, and
// the exact body (federation/PROTOCOL.md, "Signatures"). Pure functions, thread-safe.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/crypto/ed25519.hpp"
#include "core/crypto/sha256.hpp"
#include "core/error.hpp"

namespace kith::federation {

enum class Step : std::uint8_t { init, exchange, verify, complete, poll, auth };
// "init", "exchange", …: as labels and paths have it.
std::string_view step_name(Step step);

// A body and the signature that came, or goes, with it.
struct SignedMessage {
  std::string body;
  core::Signature signature;
};

// The header's value: base64url of 64 bytes. Parsing gives nothing for anything else.
std::string signature_header(const core::Signature& signature);
std::optional<core::Signature> parse_signature_header(std::string_view value);

// Over LP("kith/1 <step> request") LP(body).
SignedMessage sign_request(const core::SigningKey& key, Step step, std::string body);
[[nodiscard]] bool verify_request(const core::VerifyKey& key, Step step, const SignedMessage& request);

// Over LP("kith/1 <step> response") LP(H("kith/1 request", request body)) LP(body).
SignedMessage sign_response(const core::SigningKey& key, Step step, std::string_view request_body, std::string body);
[[nodiscard]] bool verify_response(const core::VerifyKey& key, Step step, std::string_view request_body,
                                   const SignedMessage& response);

// The same with "error" in the place of "response".
SignedMessage sign_error(const core::SigningKey& key, Step step, std::string_view request_body, std::string body);
[[nodiscard]] bool verify_error(const core::VerifyKey& key, Step step, std::string_view request_body,
                                const SignedMessage& error);

// H("kith/1 request", body): also what to remember a request by, to know it when it comes again.
core::Digest request_hash(std::string_view body);

// A refusal that ends a handshake or a connection for good. Only these three codes are ever signed.
[[nodiscard]] bool is_final_code(core::ErrorCode code);
// The problem document of `error` (a final code), signed; the HTTP status to send it with is error_info(code)'s.
SignedMessage sign_refusal(const core::SigningKey& key, Step step, std::string_view request_body,
                           const core::Error& error);
// What a peer's error answer says for certain: the final code, if signature, HTTP status and code hold together;
// nothing otherwise, and then it must change no state.
std::optional<core::Error> verified_refusal(const core::VerifyKey& key, Step step, std::string_view request_body,
                                            int http_status, const SignedMessage& answer);

}  // namespace kith::federation
