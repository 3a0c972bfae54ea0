#pragma once
// Running hashes that tie every step of a handshake to the exact bytes of all steps before it
// (federation/PROTOCOL.md, "Transcripts"). `request` and `answer` are bodies as they were on the wire. Pure functions.

#include <string_view>

#include "federation/identifiers.hpp"

namespace kith::federation {

Commitment commit_to(const InitiatorNonce& nonce);
InitTranscript init_transcript(std::string_view request, std::string_view answer);
ExchangeTranscript exchange_transcript(const InitTranscript& th1, std::string_view request, std::string_view answer);
VerifyTranscript verify_transcript(const ExchangeTranscript& th2, std::string_view request, std::string_view answer);
WireConnectionId connection_id(const VerifyTranscript& th3);

}  // namespace kith::federation
