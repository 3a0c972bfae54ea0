#include "federation/transcript.hpp"

#include "core/length_prefixed.hpp"
#include "federation/protocol_constants.hpp"

namespace kith::federation {

using core::labelled_hash;

Commitment commit_to(const InitiatorNonce& nonce) {
  return {labelled_hash(kCommitmentLabel, {nonce.view()}).data};
}

InitTranscript init_transcript(std::string_view request, std::string_view answer) {
  return {labelled_hash(kInitTranscriptLabel, {request, answer}).data};
}

ExchangeTranscript exchange_transcript(const InitTranscript& th1, std::string_view request, std::string_view answer) {
  return {labelled_hash(kExchangeTranscriptLabel, {th1, request, answer}).data};
}

VerifyTranscript verify_transcript(const ExchangeTranscript& th2, std::string_view request, std::string_view answer) {
  return {labelled_hash(kVerifyTranscriptLabel, {th2, request, answer}).data};
}

WireConnectionId connection_id(const VerifyTranscript& th3) {
  const auto digest = labelled_hash(kConnectionLabel, {th3});
  WireConnectionId id;
  std::copy_n(digest.data.begin(), id.data.size(), id.data.begin());
  return id;
}

}  // namespace kith::federation
