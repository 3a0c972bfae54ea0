#include "assets/exchange_token.hpp"

#include "core/encoding.hpp"

namespace kith::assets {

namespace {

constexpr std::size_t kTokenCharacters = 43;

}  // namespace

ExchangeToken make_exchange_token(core::Random& random) {
  ExchangeToken token;
  random.fill(token.writable());
  return token;
}

std::string exchange_token_text(const ExchangeToken& token) {
  return core::to_base64url(token.view());
}

std::optional<ExchangeToken> parse_exchange_token(std::string_view text) {
  if (text.size() != kTokenCharacters) return std::nullopt;
  auto bytes = core::from_base64url(text);
  if (!bytes) return std::nullopt;
  auto token = ExchangeToken::from(*bytes);
  core::wipe(*bytes);
  return token;
}

core::Digest exchange_token_hash(const ExchangeToken& token) {
  return core::sha256(token.view());
}

}  // namespace kith::assets
