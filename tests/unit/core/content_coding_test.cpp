// RFC 8188 by the vectors that the page's code is held to as well, and what must be refused.
#include "core/crypto/content_coding.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/crypto/hmac.hpp"
#include "core/crypto/sha256.hpp"
#include "core/encoding.hpp"

namespace kith::core {
namespace {

using Json = nlohmann::json;

const Json& vectors() {
  static const Json loaded =
      Json::parse(std::ifstream(std::string(KITH_SOURCE_DIR) + "/tests/vectors/content_coding.json"));
  return loaded;
}

Bytes bytes_of(const Json& text) {
  return from_base64url(text.get<std::string>()).value();
}

CodingSalt salt_of(const Json& text) {
  return CodingSalt::from(bytes_of(text)).value();
}

// In pieces of `stride` bytes.
Bytes encode(ByteView ikm, const CodingSalt& salt, ByteView plain, std::uint32_t record, std::size_t stride) {
  ContentEncoder encoder(ikm, salt, record);
  Bytes sealed;
  for (std::size_t at = 0; at < plain.size(); at += stride)
    encoder.write(plain.subspan(at, std::min(stride, plain.size() - at)), sealed);
  encoder.finish(sealed);
  return sealed;
}

// What came out until it ended or was refused.
struct Decoded {
  Bytes plain;
  bool whole = false;
};

Decoded decode(ContentDecoder& decoder, ByteView sealed, std::size_t stride) {
  Decoded out;
  for (std::size_t at = 0; at < sealed.size(); at += stride)
    if (!decoder.write(sealed.subspan(at, std::min(stride, sealed.size() - at)), out.plain)) return out;
  out.whole = decoder.finish(out.plain).has_value();
  return out;
}

Decoded decode(ByteView ikm, ByteView sealed, std::size_t stride) {
  ContentDecoder decoder(ikm);
  return decode(decoder, sealed, stride);
}

Bytes pattern(std::size_t size) {
  Bytes out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(7 * i + (i >> 8));
  return out;
}

TEST(ContentCoding, OpensAndSealsTheVectors) {
  for (const auto& vector : vectors().at("records")) {
    const auto ikm = bytes_of(vector.at("ikm")), sealed = bytes_of(vector.at("sealed")),
               plain = bytes_of(vector.at("plain"));
    for (const std::size_t stride : {1u, 2u, 24u, 25u, 26u, 1000u}) {
      const auto opened = decode(ikm, sealed, stride);
      EXPECT_TRUE(opened.whole) << vector.at("what");
      EXPECT_EQ(opened.plain, plain) << vector.at("what");
      if (vector.at("padded")) continue;
      EXPECT_EQ(encode(ikm, salt_of(vector.at("salt")), plain, vector.at("record_size"), stride), sealed)
          << vector.at("what");
    }
  }
}

TEST(ContentCoding, SealsLongContentLikeTheVectors) {
  const auto ikm = bytes_of(vectors().at("link").at("content_ikm"));
  const auto& contents = vectors().at("contents");
  for (const auto& vector : contents.at("of")) {
    const auto plain = pattern(vector.at("plain_size"));
    EXPECT_EQ(to_hex(sha256(plain).view()), vector.at("plain_sha256").get<std::string>());
    const auto sealed = encode(ikm, salt_of(contents.at("salt")), plain, kCodingRecord, 10000);
    EXPECT_EQ(sealed.size(), vector.at("sealed_size").get<std::size_t>());
    EXPECT_EQ(to_hex(sha256(sealed).view()), vector.at("sealed_sha256").get<std::string>());
    const auto opened = decode(ikm, sealed, 70000);
    EXPECT_TRUE(opened.whole && opened.plain == plain) << plain.size();
  }
}

TEST(ContentCoding, RefusesWhatTheVectorsSay) {
  ASSERT_GT(vectors().at("refused").size(), 20u);
  for (const auto& vector : vectors().at("refused"))
    for (const std::size_t stride : {1u, 25u, 1000u})
      EXPECT_FALSE(decode(bytes_of(vector.at("ikm")), bytes_of(vector.at("sealed")), stride).whole)
          << vector.at("what");
}

TEST(ContentCoding, GivesOutNothingOfARecordThatWasChanged) {
  const Bytes ikm(32, 7);
  const auto plain = pattern(40);
  const auto sealed = encode(ikm, CodingSalt(), plain, 25, 40);  // five records of 8 bytes
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    auto changed = sealed;
    changed[at] ^= 1;
    const auto opened = decode(ikm, changed, 1);
    const auto record = at < kCodingHeader ? 0 : (at - kCodingHeader) / 25;
    EXPECT_FALSE(opened.whole) << at;
    EXPECT_LE(opened.plain.size(), record * 8) << at;
    EXPECT_TRUE(std::equal(opened.plain.begin(), opened.plain.end(), plain.begin())) << at;
  }
}

TEST(ContentCoding, RefusesContentCutOffAnywhere) {
  const Bytes ikm(32, 7);
  const auto sealed = encode(ikm, CodingSalt(), pattern(40), 25, 40);
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_FALSE(decode(ikm, ByteView(sealed).first(size), 7).whole) << size;
}

TEST(ContentCoding, GoesOnInTheMiddle) {
  const Bytes ikm(32, 7);
  const auto plain = pattern(3 * (kCodingRecord - kCodingOverhead) + 5);
  const auto sealed = encode(ikm, CodingSalt(), plain, kCodingRecord, 99999);
  for (std::uint64_t number = 1; number < 4; ++number) {
    ContentDecoder decoder(ikm, CodingSalt(), kCodingRecord, number);
    const auto rest = decode(decoder, ByteView(sealed).subspan(kCodingHeader + number * kCodingRecord), 30000);
    EXPECT_TRUE(rest.whole);
    EXPECT_EQ(rest.plain, to_bytes(ByteView(plain).subspan(number * (kCodingRecord - kCodingOverhead))));
    ContentDecoder at_wrong_place(ikm, CodingSalt(), kCodingRecord, number - 1);
    EXPECT_FALSE(decode(at_wrong_place, ByteView(sealed).subspan(kCodingHeader + number * kCodingRecord), 30000).whole);
  }
}

TEST(ContentCoding, KnowsSizesBothWays) {
  for (const auto& vector : vectors().at("sizes")) {
    const std::uint64_t plain = vector.at("plain"), sealed = vector.at("sealed");
    EXPECT_EQ(sealed_size(plain), sealed);
    EXPECT_EQ(plain_size(sealed), plain);
  }
  for (const std::uint64_t sealed : {0u, 21u, 37u, 21u + 65536u + 1u, 21u + 65536u + 17u})
    EXPECT_EQ(plain_size(sealed), std::nullopt) << sealed;
}

TEST(ContentCoding, DerivesTheKeysOfALink) {
  const auto& link = vectors().at("link");
  const auto prk = hkdf_extract({}, bytes_of(link.at("key")));
  EXPECT_EQ(to_base64url(hkdf_expand(prk, "kith exchange content").view()), link.at("content_ikm").get<std::string>());
  EXPECT_EQ(to_base64url(hkdf_expand(prk, "kith exchange name").view()), link.at("name_ikm").get<std::string>());
}

}  // namespace
}  // namespace kith::core
