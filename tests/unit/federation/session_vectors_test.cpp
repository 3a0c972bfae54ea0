// Test vectors of "Sessions" in PROTOCOL.md: tests/vectors/session_*.json, inputs, intermediate values and outputs.
// Each is made again from its inputs and compared as a whole. KITH_WRITE_VECTORS=1 writes them anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/length_prefixed.hpp"
#include "federation/session/auth_message.hpp"
#include "federation/session/direct_mac.hpp"
#include "federation/session/sealed_frames.hpp"
#include "federation/session/sealed_request.hpp"
#include "federation/session/session_keys.hpp"
#include "federation/signing.hpp"

namespace kith::federation {
namespace {

using Json = nlohmann::json;

// 32 bytes that count up from `first`.
core::Secret<32> counting(std::uint8_t first) {
  core::Secret<32> out;
  for (auto& byte : out.writable()) byte = first++;
  return out;
}
template <class T>
T counting_as(std::uint8_t first) {
  return T::from(counting(first).view()).value();
}

// Gives the same 32 bytes every time: the secret of the sealed box's ephemeral key.
class CountingRandom final : public core::Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    std::uint8_t next = 0xa0;
    for (auto& byte : out) byte = next++;
  }
};

std::string hex(core::ByteView bytes) {
  return core::to_hex(bytes);
}

SessionId session_id() {
  SessionId id;
  for (std::size_t i = 0; i < id.data.size(); ++i) id.data[i] = static_cast<std::uint8_t>(0xf0 + i);
  return id;
}

struct Auth {
  Json json;
  SessionKeys keys;
};

Auth make_auth() {
  const core::SigningKey opener_sign(counting_as<core::SigningSeed>(0x01));
  const core::SigningKey answerer_sign(counting_as<core::SigningSeed>(0x21));
  const auto answerer_box = core::BoxKeyPair::from_secret(counting_as<core::BoxSecretKey>(0x41));
  const auto opener_ephemeral = core::BoxKeyPair::from_secret(counting_as<core::BoxSecretKey>(0x61));
  const auto answerer_ephemeral = core::BoxKeyPair::from_secret(counting_as<core::BoxSecretKey>(0x81));
  const auto session_key = counting_as<SessionKey>(0xc0);
  CountingRandom random;
  AuthRequest request;
  request.connection_id.data.fill(0x11);
  request.from = "alice@a.example";
  request.to = "bob@b.example:8471";
  request.epoch = 1;
  request.session_key =
      SealedSessionKey::from(core::seal_to(answerer_box.public_key, session_key.view(), random).value()).value();
  request.ephemeral_key = opener_ephemeral.public_key;
  request.aes = true;
  request.timestamp = core::parse_timestamp("2026-11-20T12:00:00.000Z").value();
  const auto asked = sign_request(opener_sign, Step::auth, render_auth_request(request));
  AuthAnswer answer;
  answer.session_id = session_id();
  answer.ephemeral_key = answerer_ephemeral.public_key;
  answer.expires_at = core::parse_timestamp("2026-11-20T14:00:00.000Z").value();
  answer.cipher = core::AeadCipher::aes256gcm;
  answer.tls_spki = core::sha256(core::as_bytes("a certificate's key"));
  const auto answered = sign_response(answerer_sign, Step::auth, asked.body, render_auth_answer(answer));
  const auto shared = core::x25519(opener_ephemeral.secret_key, answerer_ephemeral.public_key).value();
  const auto salt = core::labelled_hash("kith/1 auth", {asked.body, answered.body});
  core::Bytes material = core::to_bytes(session_key.view());
  material.insert(material.end(), shared.view().begin(), shared.view().end());
  const auto prk = core::hkdf_extract(salt.view(), material);
  auto keys = derive_session_keys(asked.body, answered.body, session_key, shared);
  Json json = {
      {"opener_signing_seed", hex(opener_sign.seed().view())},
      {"opener_signing_public", hex(opener_sign.public_key().view())},
      {"answerer_signing_seed", hex(answerer_sign.seed().view())},
      {"answerer_signing_public", hex(answerer_sign.public_key().view())},
      {"answerer_box_secret", hex(answerer_box.secret_key.view())},
      {"answerer_box_public", hex(answerer_box.public_key.view())},
      {"session_key", hex(session_key.view())},
      {"sealed_box_ephemeral_secret", hex(counting(0xa0).view())},
      {"sealed_session_key", hex(request.session_key.view())},
      {"opener_ephemeral_secret", hex(opener_ephemeral.secret_key.view())},
      {"opener_ephemeral_public", hex(opener_ephemeral.public_key.view())},
      {"answerer_ephemeral_secret", hex(answerer_ephemeral.secret_key.view())},
      {"answerer_ephemeral_public", hex(answerer_ephemeral.public_key.view())},
      {"request_body", asked.body},
      {"request_signature", signature_header(asked.signature)},
      {"request_hash", hex(request_hash(asked.body).view())},
      {"answer_body", answered.body},
      {"answer_signature", signature_header(answered.signature)},
      {"x25519_of_ephemerals", hex(shared.view())},
      {"hkdf_salt", hex(salt.view())},
      {"hkdf_input", hex(material)},
      {"prk", hex(prk.view())},
      {"o2a", hex(keys.o2a.view())},
      {"a2o", hex(keys.a2o.view())},
      {"mac", hex(keys.mac.view())},
  };
  return {std::move(json), std::move(keys)};
}

Json make_sealed(core::AeadCipher cipher) {
  const auto keys = make_auth().keys;
  constexpr std::uint64_t kCounter = 258;
  const InnerRequest request{"GET",
                             "/api/private/v1/assets/01j00000000000000000000000/content",
                             {{"if-range", "\"tag\""}, {"range", "bytes=0-29"}},
                             {}};
  core::Aead o2a(cipher, keys.o2a);
  const std::string sealed = seal_request(o2a, session_id(), kCounter, request).value();
  core::Bytes plain = core::to_bytes(core::as_bytes(sealed));
  const std::string text(core::as_text(open_request(o2a, session_id(), kCounter, plain).value()));
  core::LengthPrefixed request_data, answer_data;
  request_data.add("kith/1 sealed request").add(session_id().view()).add_u64(kCounter);
  answer_data.add("kith/1 sealed response").add(session_id().view()).add_u64(kCounter);

  const AnswerHead head{206, {{"content-length", "30"}, {"content-range", "bytes 0-29/100"}, {"etag", "\"tag\""}}};
  const std::vector<std::pair<std::string, bool>> frames = {
      {render_answer_head(head), false}, {"the first piece ", false}, {"and the second", true}};
  SealedFrameWriter writer(core::Aead(cipher, keys.a2o), session_id(), kCounter);
  Json frame_list = Json::array();
  std::string body;
  for (std::uint32_t i = 0; i < frames.size(); ++i) {
    const auto frame = writer.frame_of(core::as_bytes(frames[i].first), frames[i].second);
    frame_list.push_back({{"plaintext", frames[i].first},
                          {"nonce", hex(frame_nonce(kCounter, i, frames[i].second).view())},
                          {"frame", hex(frame)}});
    body += core::as_text(frame);
  }
  return {
      {"cipher", std::string(cipher_name(cipher))},
      {"session", hex(session_id().view())},
      {"kith_session", core::to_base64url(session_id().view())},
      {"counter", kCounter},
      {"o2a", hex(keys.o2a.view())},
      {"a2o", hex(keys.a2o.view())},
      {"request_plaintext", text},
      {"request_nonce", hex(request_nonce(kCounter).view())},
      {"request_associated_data", hex(request_data.view())},
      {"request_body", hex(core::as_bytes(sealed))},
      {"answer_associated_data", hex(answer_data.view())},
      {"answer_frames", std::move(frame_list)},
      {"answer_body", hex(core::as_bytes(body))},
  };
}

Json make_direct() {
  const auto keys = make_auth().keys;
  constexpr std::uint64_t kCounter = 7;
  const std::string body = R"({"event_id":"01j00000000000000000000000"})";
  const auto request_mac = direct_request_mac(keys.mac, session_id(), kCounter,
                                              {"GET", "/api/private/v1/assets?limit=5", "bytes=0-9", "\"tag\"", body});
  const HeaderList headers = {{"content-type", "image/jpeg"},
                              {"content-length", "10"},
                              {"content-range", "bytes 0-9/100"},
                              {"etag", "\"tag\""},
                              {"repr-digest", "sha-256=:AAAA:"}};
  const auto answer_mac = direct_answer_mac(keys.mac, session_id(), kCounter, direct_answer_fields(206, headers));
  const auto empty_mac = direct_answer_mac(keys.mac, session_id(), kCounter, direct_answer_fields(204, {}));
  return {
      {"mac", hex(keys.mac.view())},
      {"session", hex(session_id().view())},
      {"counter", kCounter},
      {"request",
       {{"method", "GET"},
        {"target", "/api/private/v1/assets?limit=5"},
        {"range", "bytes=0-9"},
        {"if_range", "\"tag\""},
        {"body", body},
        {"body_sha256", hex(core::sha256(core::as_bytes(body)).view())},
        {"kith_mac", core::to_base64url(request_mac.view())}}},
      {"answer", {{"status", 206}, {"headers", headers}, {"kith_mac", core::to_base64url(answer_mac.view())}}},
      {"empty_answer", {{"status", 204}, {"kith_mac", core::to_base64url(empty_mac.view())}}},
  };
}

void check(const std::string& name, const Json& made) {
  const std::string file = std::string(KITH_SOURCE_DIR) + "/tests/vectors/session_" + name + ".json";
  if (std::getenv("KITH_WRITE_VECTORS")) std::ofstream(file) << made.dump(2) << "\n";
  std::ifstream in(file);
  ASSERT_TRUE(in) << file;
  const Json expected = Json::parse(in);
  for (const auto& [key, value] : expected.items()) EXPECT_EQ(made.value(key, Json()), value) << key;
  EXPECT_EQ(made, expected);
}

TEST(SessionVectors, AuthGivesTheSameKeys) {
  check("auth", make_auth().json);
}
TEST(SessionVectors, SealedWithAes) {
  check("sealed_aes256gcm", make_sealed(core::AeadCipher::aes256gcm));
}
TEST(SessionVectors, SealedWithChaCha) {
  check("sealed_chacha20poly1305", make_sealed(core::AeadCipher::chacha20poly1305));
}
TEST(SessionVectors, DirectMacs) {
  check("direct", make_direct());
}

}  // namespace
}  // namespace kith::federation
