#include "accounts/secret_link.hpp"

#include "core/encoding.hpp"

namespace kith::accounts {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenCharacters = 43;

}  // namespace

LinkToken make_link_token(core::Random& random) {
  auto text = core::to_base64url(random.bytes<kTokenBytes>());
  const auto hash = core::sha256(core::as_bytes(text));
  return {std::move(text), hash};
}

std::optional<core::Digest> link_token_hash(std::string_view text) {
  if (text.size() != kTokenCharacters) return std::nullopt;
  return core::sha256(core::as_bytes(text));
}

std::string page_root(std::string_view web_url) {
  if (web_url.ends_with('/')) web_url.remove_suffix(1);
  return std::string(web_url) + "/";
}

std::string page_link(std::string_view web_url, std::string_view page, std::string_view parameter,
                      std::string_view token) {
  return page_root(web_url).append("#/").append(page).append("?").append(parameter).append("=").append(token);
}

}  // namespace kith::accounts
