#pragma once
// The six words both people compare (federation/PROTOCOL.md, "Words"): the first 66 bits of
// HMAC-SHA-256(words key, LP(nonce_A) LP(nonce_B)), 11 bits a word, most significant first, in the BIP-39 English list.

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "core/crypto/hmac.hpp"
#include "federation/handshake_keys.hpp"
#include "federation/identifiers.hpp"
#include "federation/protocol_constants.hpp"

namespace kith::federation {

// BIP-39's English list, in its order.
std::span<const std::string_view, 2048> word_list();

using Words = std::array<std::string_view, kWordCount>;  // views into word_list()

core::Mac words_mac(const WordsKey& key, const InitiatorNonce& nonce_a, const ResponderNonce& nonce_b);
Words words_of(const core::Mac& mac);
Words verification_words(const WordsKey& key, const InitiatorNonce& nonce_a, const ResponderNonce& nonce_b);
// "abandon ability …", as the API and the page show them.
std::string join_words(const Words& words);

}  // namespace kith::federation
