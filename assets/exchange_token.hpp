#pragma once
// The secret in an exchange's link: 256 random bits, shown once. The database has only its SHA-256, by which it is
// found; so neither a copy of the database nor the time an answer takes tells a token.

#include <optional>
#include <string>
#include <string_view>

#include "core/crypto/sha256.hpp"
#include "core/random.hpp"
#include "core/secret.hpp"

namespace kith::assets {

using ExchangeToken = core::Secret<32, struct ExchangeTokenTag>;

ExchangeToken make_exchange_token(core::Random& random);
// base64url, 43 characters. The caller sees to it that the text goes into no log.
std::string exchange_token_text(const ExchangeToken& token);
// Nothing unless exchange_token_text() makes exactly `text` of it.
std::optional<ExchangeToken> parse_exchange_token(std::string_view text);
core::Digest exchange_token_hash(const ExchangeToken& token);

}  // namespace kith::assets
