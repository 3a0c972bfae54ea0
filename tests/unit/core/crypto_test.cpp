// Published vectors: RFC 4231, 5869, 7748, 8032, 8439, NIST GCM; and what must be refused.
#include <gtest/gtest.h>

#include "core/crypto/aead.hpp"
#include "core/crypto/ed25519.hpp"
#include "core/crypto/hmac.hpp"
#include "core/crypto/password.hpp"
#include "core/crypto/sha256.hpp"
#include "core/crypto/x25519.hpp"
#include "core/encoding.hpp"
#include "core/length_prefixed.hpp"
#include "tests/support/seeded_random.hpp"

namespace kith::core {
namespace {

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

template <class T>
T fixed(std::string_view text) {
  return std::move(T::from(hex(text)).value());
}

TEST(Sha256, MatchesFips180Example) {
  EXPECT_EQ(to_hex(sha256(as_bytes("abc")).view()), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, TakesPiecesLikeTheWhole) {
  Sha256 hash;
  hash.update(as_bytes("a"));
  hash.update(as_bytes("bc"));
  EXPECT_EQ(hash.finish(), sha256(as_bytes("abc")));
}

TEST(Sha256, DigestTextRoundTripsAndIsStrict) {
  const auto digest = sha256(as_bytes("abc"));
  EXPECT_EQ(parse_digest_text(digest_text(digest)), digest);
  EXPECT_FALSE(parse_digest_text("sha-256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"));
  EXPECT_FALSE(parse_digest_text("sha-256:ba78"));
}

TEST(Hmac, MatchesRfc4231Case2) {
  EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?")).view()),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Hkdf, MatchesRfc5869Case1FirstBlock) {
  const auto prk = hkdf_extract(hex("000102030405060708090a0b0c"), hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"));
  EXPECT_EQ(to_hex(prk.view()), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  const auto info = hex("f0f1f2f3f4f5f6f7f8f9");
  EXPECT_EQ(to_hex(hkdf_expand(prk, as_text(info)).view()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
}

TEST(X25519, MatchesRfc7748) {
  const auto secret = fixed<BoxSecretKey>("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
  const auto peer = fixed<BoxPublicKey>("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
  EXPECT_EQ(to_hex(x25519(secret, peer)->view()), "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
}

TEST(X25519, RefusesEveryLowOrderPoint) {
  test::SeededRandom random;
  const auto pair = BoxKeyPair::generate(random);
  for (const auto* point : {
           "0000000000000000000000000000000000000000000000000000000000000000",
           "0100000000000000000000000000000000000000000000000000000000000000",
           "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
           "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
       }) {
    const auto key = fixed<BoxPublicKey>(point);
    EXPECT_FALSE(x25519(pair.secret_key, key)) << point;
    EXPECT_FALSE(is_sound_key(key)) << point;
    EXPECT_FALSE(seal_to(key, as_bytes("x"), random)) << point;
  }
  EXPECT_TRUE(is_sound_key(pair.public_key));
}

TEST(SealedBox, OpensOnlyUntouchedAndForItsRecipient) {
  test::SeededRandom random;
  const auto recipient = BoxKeyPair::generate(random), other = BoxKeyPair::generate(random);
  const auto sealed = seal_to(recipient.public_key, as_bytes("session key"), random).value();
  EXPECT_EQ(as_text(open_sealed(recipient, sealed).value()), "session key");
  EXPECT_FALSE(open_sealed(other, sealed));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] ^= 1;
    EXPECT_FALSE(open_sealed(recipient, changed)) << "byte " << i;
  }
  EXPECT_FALSE(open_sealed(recipient, ByteView(sealed).first(47)));
}

TEST(Ed25519, MatchesRfc8032Test2) {
  const SigningKey key(fixed<SigningSeed>("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  EXPECT_EQ(to_hex(key.public_key().view()), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const auto signature = key.sign(hex("72"));
  EXPECT_EQ(to_hex(signature.view()),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  EXPECT_TRUE(verify_signature(key.public_key(), hex("72"), signature));
  EXPECT_FALSE(verify_signature(key.public_key(), hex("73"), signature));
}

TEST(Ed25519, RefusesSmallOrderKeysAndForgedSignatures) {
  const auto neutral = fixed<VerifyKey>("0100000000000000000000000000000000000000000000000000000000000000");
  EXPECT_FALSE(is_sound_key(neutral));
  // R = neutral element and S = 0 satisfies the equation for a small-order key and any message.
  Signature forged;
  forged.data[0] = 1;
  EXPECT_FALSE(verify_signature(neutral, as_bytes("anything"), forged));
}

TEST(Aead, MatchesNistGcmTestCase15) {
  Aead aead(AeadCipher::aes256gcm, fixed<AeadKey>("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  auto buffer = hex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
      "ba637b391aafd255");
  buffer.resize(buffer.size() + kAeadTag);
  aead.seal(fixed<AeadNonce>("cafebabefacedbaddecaf888"), {}, buffer);
  EXPECT_EQ(
      to_hex(buffer),
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
      "bcc9f662898015adb094dac5d93471bdec1a502270e3cc6c");
}

TEST(Aead, MatchesRfc8439) {
  Aead aead(AeadCipher::chacha20poly1305,
            fixed<AeadKey>("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"));
  auto buffer =
      to_bytes(as_bytes("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for "
                        "the future, sunscreen would be it."));
  buffer.resize(buffer.size() + kAeadTag);
  aead.seal(fixed<AeadNonce>("070000004041424344454647"), hex("50515253c0c1c2c3c4c5c6c7"), buffer);
  EXPECT_EQ(to_hex(ByteView(buffer).last(kAeadTag)), "1ae10b594f09e26a7e902ecbd0600691");
}

class AeadSizes : public testing::TestWithParam<std::tuple<AeadCipher, std::size_t>> {};

TEST_P(AeadSizes, OpensWhatItSealedAndNothingElse) {
  const auto [cipher, size] = GetParam();
  test::SeededRandom random;
  AeadKey key;
  random.fill(key.writable());
  Aead aead(cipher, key);
  Bytes plain(size);
  random.fill(plain);
  const AeadNonce nonce{random.bytes<12>()};
  auto sealed = plain;
  sealed.resize(size + kAeadTag);
  aead.seal(nonce, as_bytes("about"), sealed);
  auto opened = sealed;
  ASSERT_TRUE(aead.open(nonce, as_bytes("about"), opened));
  opened.resize(size);
  EXPECT_EQ(opened, plain);
  for (std::size_t i = 0; i < sealed.size(); i += 1 + sealed.size() / 64) {
    auto changed = sealed;
    changed[i] ^= 0x80;
    EXPECT_FALSE(aead.open(nonce, as_bytes("about"), changed)) << "byte " << i;
    EXPECT_TRUE(std::ranges::all_of(changed, [](auto b) { return b == 0; })) << "nothing unauthenticated stays";
  }
  auto other = sealed;
  EXPECT_FALSE(aead.open(nonce, as_bytes("other"), other));
  std::vector<std::uint8_t> shorter(kAeadTag - 1);
  EXPECT_FALSE(aead.open(nonce, {}, shorter));
}

INSTANTIATE_TEST_SUITE_P(BothCiphers, AeadSizes,
                         testing::Combine(testing::Values(AeadCipher::aes256gcm, AeadCipher::chacha20poly1305),
                                          testing::Values(0u, 1u, 15u, 16u, 17u, 255u, 4096u, 262144u)));

TEST(XChaCha, OpensOnlyWithItsKeyAndAssociatedData) {
  test::SeededRandom random;
  Secret<32> key, other;
  random.fill(key.writable());
  const auto sealed = xchacha_seal(key, as_bytes("row 1"), as_bytes("secret"), random);
  EXPECT_EQ(sealed.size(), 6 + kXChaChaOverhead);
  EXPECT_EQ(as_text(xchacha_open(key, as_bytes("row 1"), sealed).value()), "secret");
  EXPECT_FALSE(xchacha_open(key, as_bytes("row 2"), sealed));
  EXPECT_FALSE(xchacha_open(other, as_bytes("row 1"), sealed));
  EXPECT_FALSE(xchacha_open(key, as_bytes("row 1"), ByteView(sealed).first(39)));
}

TEST(Password, VerifiesOnlyTheRightOne) {
  const auto hash = hash_password("correct horse", PasswordCost::cheapest()).value();
  EXPECT_TRUE(hash.starts_with("$argon2id$"));
  EXPECT_TRUE(verify_password("correct horse", hash));
  EXPECT_FALSE(verify_password("correct horse ", hash));
  EXPECT_FALSE(verify_password("correct horse", "nonsense"));
  EXPECT_FALSE(needs_rehash(hash, PasswordCost::cheapest()));
  EXPECT_TRUE(needs_rehash(hash, PasswordCost{2, 16 * 1024}));
}

TEST(LabelledHash, TellsPartsApart) {
  EXPECT_NE(labelled_hash("l", {"ab", "c"}), labelled_hash("l", {"a", "bc"}));
  EXPECT_NE(labelled_hash("l", {"a", ""}), labelled_hash("l", {"a"}));
  // SHA-256(LP("l") LP("a")), written out.
  const auto bytes =
      hex("0000000000000001"
          "6c"
          "0000000000000001"
          "61");
  EXPECT_EQ(labelled_hash("l", {"a"}), sha256(bytes));
}

TEST(Secret, IsWipedWhenMovedFrom) {
  Secret<32> key;
  key.writable()[0] = 7;
  const Secret<32> taken = std::move(key);
  EXPECT_EQ(taken.view()[0], 7);
  EXPECT_EQ(key.view()[0], 0);  // NOLINT(bugprone-use-after-move): that is what is tested
}

}  // namespace
}  // namespace kith::core
