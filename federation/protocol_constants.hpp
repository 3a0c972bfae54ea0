#pragma once
// What kith/1 fixes for everybody who speaks it: changing a value here makes another protocol.
// Section names are those of federation/PROTOCOL.md. Bounds an instance chooses for itself stand in limits.hpp.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kith::federation {

// "Conventions"
inline constexpr std::string_view kProtocol = "kith/1";
inline constexpr std::string_view kSignatureHeader = "Kith-Signature";
inline constexpr std::string_view kJsonMediaType = "application/json";
inline constexpr std::string_view kProblemMediaType = "application/problem+json";
inline constexpr std::size_t kMaxBodyBytes = 64 * 1024;
inline constexpr std::size_t kMaxExchangeBodyBytes = 16 * 1024;  // so that a poll can carry it in base64url

// "Paths"
inline constexpr std::string_view kDiscoveryPath = "/.well-known/kith";
inline constexpr std::string_view kInitPath = "/handshake/init";
inline constexpr std::string_view kExchangePath = "/handshake/exchange";
inline constexpr std::string_view kVerifyPath = "/handshake/verify";
inline constexpr std::string_view kCompletePath = "/handshake/complete";
inline constexpr std::string_view kPollPath = "/handshake/poll";
inline constexpr std::string_view kAuthPath = "/api/auth";

// "Addresses"
inline constexpr std::size_t kMaxHandleBytes = 64;
inline constexpr std::size_t kMaxHostBytes = 253;
inline constexpr std::size_t kMaxDomainBytes = kMaxHostBytes + 6;
inline constexpr std::size_t kMaxAddressBytes = kMaxHandleBytes + 1 + kMaxDomainBytes;

// "Handshake"
inline constexpr std::size_t kMaxPurposeCodePoints = 280;
inline constexpr std::size_t kMaxSealedKeysBytes = 1024;
inline constexpr std::chrono::minutes kTimestampTolerance{5};
inline constexpr std::chrono::seconds kMaxPollWait{30};

// "Labels"
inline constexpr std::string_view kFingerprintLabel = "kith/1 fingerprint";
inline constexpr std::string_view kKeyStatementLabel = "kith/1 instance key";
inline constexpr std::string_view kRequestHashLabel = "kith/1 request";
inline constexpr std::string_view kCommitmentLabel = "kith/1 commitment";
inline constexpr std::string_view kInviteLabel = "kith/1 invite";
inline constexpr std::string_view kInitTranscriptLabel = "kith/1 init";
inline constexpr std::string_view kExchangeTranscriptLabel = "kith/1 exchange";
inline constexpr std::string_view kVerifyTranscriptLabel = "kith/1 verify";
inline constexpr std::string_view kConnectionLabel = "kith/1 connection";
inline constexpr std::string_view kInitiatorToResponderInfo = "kith/1 i2r";
inline constexpr std::string_view kResponderToInitiatorInfo = "kith/1 r2i";
inline constexpr std::string_view kConfirmInfo = "kith/1 confirm";
inline constexpr std::string_view kWordsInfo = "kith/1 words";
inline constexpr std::string_view kExchangeRequestLabel = "kith/1 exchange request";
inline constexpr std::string_view kExchangeResponseLabel = "kith/1 exchange response";
inline constexpr std::string_view kVerifyInitiatorLabel = "kith/1 verify initiator";
inline constexpr std::string_view kVerifyResponderLabel = "kith/1 verify responder";
inline constexpr std::string_view kCompleteInitiatorLabel = "kith/1 complete initiator";
inline constexpr std::string_view kCompleteResponderLabel = "kith/1 complete responder";

// "Words"
inline constexpr std::size_t kWordCount = 6;
inline constexpr std::size_t kBitsPerWord = 11;

// "Key statements"
inline constexpr std::size_t kMaxKeyStatements = 16;

// "Discovery"
inline constexpr std::size_t kMaxProtocols = 16;
inline constexpr std::size_t kMaxProtocolBytes = 32;
inline constexpr std::size_t kMaxInstanceNameCodePoints = 200;
inline constexpr std::size_t kMaxSoftwareCodePoints = 100;

// "Invites"
inline constexpr std::string_view kInviteLinkPath = "/invite";
inline constexpr std::string_view kInviteLinkScheme = "kith1";
inline constexpr std::size_t kMaxInviteLinkBytes = 4096;

}  // namespace kith::federation
