#include "accounts/token_format.hpp"

#include "core/encoding.hpp"

namespace kith::accounts {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kIdCharacters = 26;
constexpr std::size_t kSignedBytes = kTokenBytes - core::Mac::kSize;
// Keeps these MACs apart from anything else that might be made with the same kind of secret.
constexpr std::string_view kLabel = "kith auth token 1";

static_assert(1 + 3 * kIdCharacters + 1 + 8 + 8 + 16 == kSignedBytes);
static_assert(kTokenBytes % 3 == 0 && kTokenBytes / 3 * 4 == kTokenCharacters, "no spare bits at the end");

void put(core::Bytes& out, core::ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void put_time(core::Bytes& out, core::Timestamp time) {
  const auto ms = static_cast<std::uint64_t>(core::to_unix_ms(time));
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(ms >> shift));
}

// Takes fields from the front of bytes already known to be enough.
class Fields {
 public:
  explicit Fields(core::ByteView bytes) : bytes_(bytes) {}
  core::ByteView take(std::size_t count) {
    const auto field = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return field;
  }
  std::uint8_t byte() { return take(1)[0]; }
  template <class SomeId>
  std::optional<SomeId> id() {
    return SomeId::parse(core::as_text(take(kIdCharacters)));
  }
  core::Timestamp time() {
    std::uint64_t ms = 0;
    for (const auto byte : take(8)) ms = (ms << 8) | byte;
    return core::from_unix_ms(static_cast<std::int64_t>(ms));
  }

 private:
  core::ByteView bytes_;
};

core::Mac mac_of(core::ByteView signed_bytes, const TokenSecret& secret) {
  core::Bytes message = core::to_bytes(core::as_bytes(kLabel));
  put(message, signed_bytes);
  return core::hmac_sha256(secret.view(), message);
}

}  // namespace

std::string write_token(const TokenClaims& claims, const TokenSecret& secret) {
  core::Bytes out;
  out.reserve(kTokenBytes);
  out.push_back(kVersion);
  put(out, core::as_bytes(claims.secret.text()));
  put(out, core::as_bytes(claims.log_in.text()));
  put(out, core::as_bytes(claims.user.text()));
  out.push_back(static_cast<std::uint8_t>(claims.permission));
  put_time(out, claims.issued_at);
  put_time(out, claims.expires_at);
  put(out, claims.nonce);
  put(out, mac_of(out, secret).view());
  return core::to_base64url(out);
}

std::optional<UnverifiedToken> read_token(std::string_view text) {
  if (text.size() != kTokenCharacters) return std::nullopt;
  const auto bytes = core::from_base64url(text);
  if (!bytes || bytes->size() != kTokenBytes) return std::nullopt;
  Fields fields(*bytes);
  if (fields.byte() != kVersion) return std::nullopt;
  const auto secret = fields.id<TokenSecretId>();
  const auto log_in = fields.id<LogInId>();
  const auto user = fields.id<core::UserId>();
  const auto permission = fields.byte();
  if (!secret || !log_in || !user || permission > static_cast<std::uint8_t>(Permission::admin)) return std::nullopt;
  UnverifiedToken token;
  token.claims.secret = *secret;
  token.claims.log_in = *log_in;
  token.claims.user = *user;
  token.claims.permission = static_cast<Permission>(permission);
  token.claims.issued_at = fields.time();
  token.claims.expires_at = fields.time();
  const auto nonce = fields.take(token.claims.nonce.size());
  std::copy(nonce.begin(), nonce.end(), token.claims.nonce.begin());
  const auto mac = fields.take(core::Mac::kSize);
  std::copy(mac.begin(), mac.end(), token.mac.data.begin());
  token.signed_bytes.assign(bytes->begin(), bytes->begin() + kSignedBytes);
  return token;
}

bool UnverifiedToken::mac_holds(const TokenSecret& secret) const {
  return core::mac_equal(mac_of(signed_bytes, secret), mac);
}

}  // namespace kith::accounts
