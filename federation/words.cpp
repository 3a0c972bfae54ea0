#include "federation/words.hpp"

#include "core/length_prefixed.hpp"

namespace kith::federation {

core::Mac words_mac(const WordsKey& key, const InitiatorNonce& nonce_a, const ResponderNonce& nonce_b) {
  core::LengthPrefixed message;
  message.add(nonce_a.view()).add(nonce_b.view());
  return core::hmac_sha256(key.view(), message.view());
}

Words words_of(const core::Mac& mac) {
  Words words;
  for (std::size_t word = 0; word < kWordCount; ++word) {
    std::size_t index = 0;
    for (std::size_t bit = word * kBitsPerWord; bit < (word + 1) * kBitsPerWord; ++bit) {
      index = index << 1 | static_cast<std::size_t>(mac.data[bit / 8] >> (7 - bit % 8) & 1);
    }
    words[word] = word_list()[index];
  }
  return words;
}

Words verification_words(const WordsKey& key, const InitiatorNonce& nonce_a, const ResponderNonce& nonce_b) {
  return words_of(words_mac(key, nonce_a, nonce_b));
}

std::string join_words(const Words& words) {
  std::string out;
  for (const auto word : words) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  return out;
}

}  // namespace kith::federation
