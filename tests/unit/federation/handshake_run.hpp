#pragma once
// A whole handshake between two made-up instances, every message and state kept, for tests to tamper with.

#include "core/random.hpp"
#include "federation/initiator.hpp"
#include "federation/responder.hpp"

namespace kith::test {

// Gives out bytes it was loaded with, in order; running dry is a test's mistake and ends it.
class ScriptedRandom final : public core::Random {
 public:
  explicit ScriptedRandom(core::Bytes script) : script_(std::move(script)) {}
  void fill(std::span<std::uint8_t> out) override;
  bool spent() const { return script_.empty(); }

 private:
  core::Bytes script_;
};

federation::Address address(std::string_view text);
federation::Domain domain(std::string_view text);
core::SigningKey signing_key(std::uint8_t seed);
core::BoxKeyPair box_key(std::uint8_t secret);
federation::PermanentKeys permanent_keys(std::uint8_t seed);
core::Timestamp some_time(int seconds = 0);

// What a handshake starts from. The defaults are as good as any.
struct HandshakeSetting {
  std::string initiator = "alice@a.example";
  std::string responder = "bob@b.example:8471";
  bool with_invite = false;
  std::uint64_t seed = 1;
};

struct HandshakeRun {
  core::SigningKey a_instance = signing_key(1), b_instance = signing_key(2);
  federation::PermanentKeys a_keys = permanent_keys(11), b_keys = permanent_keys(22);

  federation::SignedMessage init, init_answer, exchange, exchange_answer, verify, verify_answer, complete,
      complete_answer;
  std::optional<federation::InitSent> a_init_sent;
  std::optional<federation::AwaitingExchange> a_awaiting;
  std::optional<federation::AwaitingDecision> b_awaiting;
  std::optional<federation::ExchangeSent> b_exchange_sent;
  std::optional<federation::Exchanged> a_exchanged, b_exchanged;
  std::optional<federation::Verified> a_verified, b_verified;
  federation::Words a_words, b_words;
  federation::WireConnectionId a_connection, b_connection;

  // Runs it to its end; a step that is refused throws std::runtime_error.
  explicit HandshakeRun(const HandshakeSetting& setting = {});
};

inline constexpr std::uint8_t kInviteSecretByte = 0x77;
federation::InviteSecret invite_secret();

// The value, or the end of the test with what was wrong.
template <class T, class E>
T must(tl::expected<T, E> result) {
  if (!result) throw std::runtime_error("a step that had to work was refused");
  return std::move(*result);
}

}  // namespace kith::test
