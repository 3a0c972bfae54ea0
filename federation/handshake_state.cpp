#include "federation/handshake_state.hpp"

#include <string_view>

#include "federation/protocol_constants.hpp"

namespace kith::federation {
namespace {

using core::Bytes;
using core::ByteView;
using core::Expected;

// Longer than any state, so that a secret is never left behind in memory that was grown out of.
constexpr std::size_t kReserved = 2048;
static_assert(kReserved > 2 * kMaxAddressBytes + 1024);

core::Unexpected damaged() {
  return core::fail(core::ErrorCode::internal, "a stored handshake state cannot be read");
}

// A one-byte length before each part would not hold an address: two bytes, big-endian.
class StateWriter {
 public:
  explicit StateWriter(std::string_view kind) {
    bytes_.reserve(kReserved);
    put(core::as_bytes(kind));
  }
  StateWriter& put(ByteView part) {
    bytes_.push_back(static_cast<std::uint8_t>(part.size() >> 8));
    bytes_.push_back(static_cast<std::uint8_t>(part.size()));
    bytes_.insert(bytes_.end(), part.begin(), part.end());
    return *this;
  }
  StateWriter& put(const Parties& parties) {
    put(parties.handshake_id.view());
    put(core::as_bytes(parties.initiator.text())).put(core::as_bytes(parties.responder.text()));
    return put(parties.initiator_instance.view()).put(parties.responder_instance.view());
  }
  StateWriter& put(const HandshakeKeys& keys) {
    return put(keys.i2r.view()).put(keys.r2i.view()).put(keys.confirm.view()).put(keys.words.view());
  }
  StateWriter& put(const PermanentPublicKeys& keys) { return put(keys.sign_key.view()).put(keys.box_key.view()); }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

class StateReader {
 public:
  StateReader(ByteView bytes, std::string_view kind) : rest_(bytes) { ok_ = core::as_text(part()) == kind && ok_; }

  template <class T>
  T fixed() {
    auto value = T::from(part());
    if (!value) ok_ = false;
    return value ? std::move(*value) : T{};
  }
  std::optional<Parties> parties() {
    const auto id = fixed<HandshakeId>();
    auto initiator = Address::parse(core::as_text(part()));
    auto responder = Address::parse(core::as_text(part()));
    const auto initiator_instance = fixed<InstanceKey>();
    const auto responder_instance = fixed<InstanceKey>();
    if (!ok_ || !initiator || !responder) return std::nullopt;
    return Parties{id, std::move(*initiator), std::move(*responder), initiator_instance, responder_instance};
  }
  HandshakeKeys keys() {
    HandshakeKeys keys;
    keys.i2r = fixed<InitiatorToResponderKey>();
    keys.r2i = fixed<ResponderToInitiatorKey>();
    keys.confirm = fixed<ConfirmKey>();
    keys.words = fixed<WordsKey>();
    return keys;
  }
  PermanentPublicKeys public_keys() {
    const auto sign_key = fixed<core::VerifyKey>();
    return {sign_key, fixed<core::BoxPublicKey>()};
  }
  ByteView part() {
    if (rest_.size() < 2) return broken();
    const std::size_t size = static_cast<std::size_t>(rest_[0]) << 8 | rest_[1];
    if (rest_.size() - 2 < size) return broken();
    const auto out = rest_.subspan(2, size);
    rest_ = rest_.subspan(2 + size);
    return out;
  }
  bool complete() const { return ok_ && rest_.empty(); }

 private:
  ByteView broken() {
    ok_ = false;
    rest_ = {};
    return {};
  }
  ByteView rest_;
  bool ok_ = true;
};

constexpr std::string_view kInitSent = "init-sent 1";
constexpr std::string_view kAwaitingExchange = "awaiting-exchange 1";
constexpr std::string_view kAwaitingDecision = "awaiting-decision 1";
constexpr std::string_view kExchangeSent = "exchange-sent 1";
constexpr std::string_view kExchanged = "exchanged 1";
constexpr std::string_view kVerified = "verified 1";

// `state` if the reader took everything and liked it.
template <class State>
Expected<State> finished(const StateReader& reader, State state) {
  if (!reader.complete()) return damaged();
  return state;
}

}  // namespace

Bytes InitSent::to_bytes() const {
  StateWriter out(kInitSent);
  out.put(parties).put(temporary.secret_key.view()).put(nonce.view());
  return out.put(invite_secret ? invite_secret->view() : ByteView()).take();
}

Expected<InitSent> InitSent::from_bytes(ByteView bytes) {
  StateReader in(bytes, kInitSent);
  auto parties = in.parties();
  if (!parties) return damaged();
  auto temporary = core::BoxKeyPair::from_secret(in.fixed<core::BoxSecretKey>());
  auto nonce = in.fixed<InitiatorNonce>();
  const auto invite = in.part();
  auto secret = InviteSecret::from(invite);
  if (!secret && !invite.empty()) return damaged();
  return finished(in, InitSent{std::move(*parties), std::move(temporary), std::move(nonce), std::move(secret)});
}

Bytes AwaitingExchange::to_bytes() const {
  return StateWriter(kAwaitingExchange).put(parties).put(th1.view()).put(keys).put(nonce.view()).take();
}

Expected<AwaitingExchange> AwaitingExchange::from_bytes(ByteView bytes) {
  StateReader in(bytes, kAwaitingExchange);
  auto parties = in.parties();
  if (!parties) return damaged();
  const auto th1 = in.fixed<InitTranscript>();
  auto keys = in.keys();
  auto nonce = in.fixed<InitiatorNonce>();
  return finished(in, AwaitingExchange{std::move(*parties), th1, std::move(keys), std::move(nonce)});
}

Bytes AwaitingDecision::to_bytes() const {
  return StateWriter(kAwaitingDecision).put(parties).put(th1.view()).put(keys).put(commitment.view()).take();
}

Expected<AwaitingDecision> AwaitingDecision::from_bytes(ByteView bytes) {
  StateReader in(bytes, kAwaitingDecision);
  auto parties = in.parties();
  if (!parties) return damaged();
  const auto th1 = in.fixed<InitTranscript>();
  auto keys = in.keys();
  const auto commitment = in.fixed<Commitment>();
  return finished(in, AwaitingDecision{std::move(*parties), th1, std::move(keys), commitment});
}

Bytes ExchangeSent::to_bytes() const {
  StateWriter out(kExchangeSent);
  out.put(parties).put(th1.view()).put(keys).put(commitment.view()).put(nonce.view());
  return out.put(own).take();
}

Expected<ExchangeSent> ExchangeSent::from_bytes(ByteView bytes) {
  StateReader in(bytes, kExchangeSent);
  auto parties = in.parties();
  if (!parties) return damaged();
  const auto th1 = in.fixed<InitTranscript>();
  auto keys = in.keys();
  const auto commitment = in.fixed<Commitment>();
  const auto nonce = in.fixed<ResponderNonce>();
  const auto own = in.public_keys();
  return finished(in, ExchangeSent{std::move(*parties), th1, std::move(keys), commitment, nonce, own});
}

Bytes Exchanged::to_bytes() const {
  return StateWriter(kExchanged).put(parties).put(th2.view()).put(confirm.view()).put(peer).take();
}

Expected<Exchanged> Exchanged::from_bytes(ByteView bytes) {
  StateReader in(bytes, kExchanged);
  auto parties = in.parties();
  if (!parties) return damaged();
  const auto th2 = in.fixed<ExchangeTranscript>();
  auto confirm = in.fixed<ConfirmKey>();
  const auto peer = in.public_keys();
  return finished(in, Exchanged{std::move(*parties), th2, std::move(confirm), peer});
}

Bytes Verified::to_bytes() const {
  return StateWriter(kVerified).put(parties).put(th3.view()).put(confirm.view()).take();
}

Expected<Verified> Verified::from_bytes(ByteView bytes) {
  StateReader in(bytes, kVerified);
  auto parties = in.parties();
  if (!parties) return damaged();
  const auto th3 = in.fixed<VerifyTranscript>();
  auto confirm = in.fixed<ConfirmKey>();
  return finished(in, Verified{std::move(*parties), th3, std::move(confirm)});
}

}  // namespace kith::federation
