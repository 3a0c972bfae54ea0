#include "client/exchange_secrets.hpp"

#include <nlohmann/json.hpp>

#include "client/limits.hpp"
#include "core/crypto/hmac.hpp"
#include "core/encoding.hpp"
#include "core/json.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

constexpr std::size_t kMaxMediaType = 255;

core::Secret<32> derive(const LinkKey& key, std::string_view purpose) {
  return core::hkdf_expand(core::hkdf_extract({}, key.view()), purpose);
}

core::Unexpected does_not_open() {
  return core::fail(ErrorCode::bad_request,
                    "The key in this link is not the one these files were encrypted with: copy the whole link again.");
}

}  // namespace

ContentKey content_key(const LinkKey& key) {
  return ContentKey(derive(key, "kith exchange content").view().first<32>());
}

std::string seal_about(const LinkKey& key, const SealedAbout& about, core::Random& random) {
  const core::Json json{
      {"name", about.name}, {"type", about.media_type}, {"salt", core::to_base64url(about.content_salt.view())}};
  core::CodingSalt salt;
  random.fill(salt.data);
  core::ContentEncoder encoder(derive(key, "kith exchange name").view(), salt);
  core::Bytes sealed;
  encoder.write(core::as_bytes(core::to_json_text(json)), sealed);
  encoder.finish(sealed);
  return core::to_base64url(sealed);
}

Expected<SealedAbout> open_about(const LinkKey& key, std::string_view sealed) {
  const auto bytes = core::from_base64url(sealed);
  if (!bytes || sealed.size() > kMaxSealedName) return does_not_open();
  core::ContentDecoder decoder(derive(key, "kith exchange name").view());
  core::Bytes text;
  if (!decoder.write(*bytes, text) || !decoder.finish(text)) return does_not_open();
  KITH_TRY_ASSIGN(json, core::parse_json_object(core::as_text(text)));
  SealedAbout about;
  KITH_TRY_ASSIGN(name, core::required_text(json, "name", kMaxSealedName));
  KITH_TRY_ASSIGN(type, core::optional_text(json, "type", kMaxMediaType));
  KITH_TRY_ASSIGN(salt, core::required_text(json, "salt", kMaxSealedName));
  about.name = std::move(name);
  about.media_type = type.value_or("");
  const auto content_salt = core::from_base64url_as<core::CodingSalt>(salt);
  if (!content_salt) return does_not_open();
  about.content_salt = *content_salt;
  return about;
}

}  // namespace kith::client
