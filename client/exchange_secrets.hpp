#pragma once
// End-to-end encryption of exchanges: content and names, sealed with keys that come of the one in the link
// (tests/vectors/content_coding.json; the page does the same). Thread-safe.

#include <string>
#include <string_view>

#include "client/exchange_link.hpp"
#include "core/crypto/content_coding.hpp"
#include "core/random.hpp"

namespace kith::client {

using ContentKey = core::Secret<32, struct ContentKeyTag>;

// The key that seals content of this link.
ContentKey content_key(const LinkKey& key);

// What a sealed name says. The salt ties it to its content, so that nobody gives one file another's name.
struct SealedAbout {
  std::string name;
  std::string media_type;
  core::CodingSalt content_salt;
};

// base64url, with a salt of its own.
std::string seal_about(const LinkKey& key, const SealedAbout& about, core::Random& random);
// bad_request when it does not open or makes no sense.
[[nodiscard]] core::Expected<SealedAbout> open_about(const LinkKey& key, std::string_view sealed);

}  // namespace kith::client
