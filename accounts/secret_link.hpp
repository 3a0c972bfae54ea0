#pragma once
// Tokens that reach somebody by a link, in a mail or from an admin: 256 random bits, shown once and stored as their
// SHA-256. In a link the token stands in the fragment, which browsers send to nobody: programs that open the links of
// mails before people do, use nothing up. Pure but for the randomness; thread-safe.

#include <optional>
#include <string>
#include <string_view>

#include "core/crypto/sha256.hpp"
#include "core/random.hpp"

namespace kith::accounts {

struct LinkToken {
  std::string text;   // base64url, 43 characters
  core::Digest hash;  // what is stored
};

LinkToken make_link_token(core::Random& random);
// What `text` is looked up by; nothing when it can't be a token of a link.
std::optional<core::Digest> link_token_hash(std::string_view text);

// "<web_url>/", however `web_url` ends.
std::string page_root(std::string_view web_url);
// "<web_url>/#/<page>?<parameter>=<token>".
std::string page_link(std::string_view web_url, std::string_view page, std::string_view parameter,
                      std::string_view token);

}  // namespace kith::accounts
