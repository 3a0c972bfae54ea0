#pragma once
// How an initiator that can't be reached fetches the exchange request and hands in its answer
// (federation/PROTOCOL.md, "poll"). Plain values; parse checks form only. The exchange messages inside keep their own
// signatures.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "federation/address.hpp"
#include "federation/identifiers.hpp"
#include "federation/signing.hpp"

namespace kith::federation::wire {

struct PollRequest {
  HandshakeId handshake_id;
  Address initiator;
  std::chrono::seconds wait{0};         // 0 to kMaxPollWait
  std::optional<SignedMessage> answer;  // the exact exchange answer and its signature

  [[nodiscard]] static core::Expected<PollRequest> parse(std::string_view body);
  std::string serialise() const;
};

enum class PollStatus : std::uint8_t {
  pending,   // nobody has decided yet
  decided,   // the exchange request is here, its answer is waited for
  accepted,  // the exchange answer was taken (or the rejection acknowledged): go on
};

struct PollAnswer {
  HandshakeId handshake_id;
  PollStatus status = PollStatus::pending;
  std::optional<SignedMessage> request;  // with decided, and only then

  [[nodiscard]] static core::Expected<PollAnswer> parse(std::string_view body);
  std::string serialise() const;
};

}  // namespace kith::federation::wire
