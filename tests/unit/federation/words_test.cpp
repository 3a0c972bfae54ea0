#include "federation/words.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/crypto/sha256.hpp"
#include "core/encoding.hpp"

namespace kith::federation {
namespace {

TEST(WordList, IsBip39English) {
  std::string joined;
  for (const auto word : word_list()) {
    joined += word;
    joined += '\n';
  }
  EXPECT_EQ(core::to_hex(core::sha256(core::as_bytes(joined)).view()),
            "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
  EXPECT_TRUE(std::ranges::is_sorted(word_list()));
}

TEST(Words, AreTheFirst66BitsMostSignificantFirst) {
  core::Mac mac;
  EXPECT_EQ(join_words(words_of(mac)), "abandon abandon abandon abandon abandon abandon");
  mac.data.fill(0xFF);
  EXPECT_EQ(join_words(words_of(mac)), "zoo zoo zoo zoo zoo zoo");
  mac.data.fill(0);
  mac.data[0] = 0x80;  // bit 0: 1024 of the first word
  mac.data[1] = 0x20;  // bit 10: 1 of the first word
  mac.data[2] = 0x04;  // bit 21: 1 of the second word
  mac.data[8] = 0x40;  // bit 65: 1 of the sixth word
  const auto words = words_of(mac);
  EXPECT_EQ(words[0], word_list()[1025]);
  EXPECT_EQ(words[1], word_list()[1]);
  EXPECT_EQ(words[5], word_list()[1]);
  mac.data[8] = 0x3F;  // bits 66 to 71, which no word has
  EXPECT_EQ(words_of(mac)[5], word_list()[0]);
}

TEST(Words, DependOnKeyAndBothNonces) {
  const auto key = [](std::uint8_t byte) { return WordsKey::from(core::Bytes(32, byte)).value(); };
  const auto nonce = [](std::uint8_t byte) { return InitiatorNonce::from(core::Bytes(16, byte)).value(); };
  const auto base = verification_words(key(1), nonce(2), ResponderNonce{{3}});
  EXPECT_EQ(base, verification_words(key(1), nonce(2), ResponderNonce{{3}}));
  EXPECT_NE(base, verification_words(key(9), nonce(2), ResponderNonce{{3}}));
  EXPECT_NE(base, verification_words(key(1), nonce(9), ResponderNonce{{3}}));
  EXPECT_NE(base, verification_words(key(1), nonce(2), ResponderNonce{{9}}));
}

}  // namespace
}  // namespace kith::federation
