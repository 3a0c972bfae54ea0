#include "core/crypto/totp.hpp"

#include <botan/mac.h>

#include "core/encoding.hpp"

namespace kith::core {
namespace {

using HmacSha1 = std::array<std::uint8_t, 20>;

HmacSha1 hmac_sha1(ByteView key, ByteView message) {
  auto mac = Botan::MessageAuthenticationCode::create_or_throw("HMAC(SHA-1)");
  mac->set_key(key.data(), key.size());
  mac->update(message.data(), message.size());
  HmacSha1 out{};
  mac->final(out.data());
  return out;
}

}  // namespace

std::int64_t totp_step(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch() / kTotpStep;
}

std::string totp_code(const TotpKey& key, std::int64_t step) {
  std::array<std::uint8_t, 8> counter{};
  for (std::size_t i = 0; i < counter.size(); ++i)
    counter[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
  const auto mac = hmac_sha1(key.view(), counter);
  // RFC 4226, section 5.3: the last four bits say where the 31 bits of the code begin.
  const std::size_t at = mac.back() & 0x0fU;
  std::uint32_t number = mac[at] & 0x7fU;
  for (std::size_t i = 1; i < 4; ++i) number = (number << 8) | mac[at + i];
  std::string digits(kTotpDigits, '0');
  for (std::size_t i = kTotpDigits; i > 0; number /= 10) digits[--i] = static_cast<char>('0' + number % 10);
  return digits;
}

std::optional<std::int64_t> find_totp_step(const TotpKey& key, std::string_view code, Timestamp now) {
  if (code.size() != kTotpDigits) return std::nullopt;
  std::optional<std::int64_t> found;
  const auto middle = totp_step(now);
  for (auto step = middle - kTotpWindow; step <= middle + kTotpWindow; ++step) {
    if (equal_constant_time(as_bytes(totp_code(key, step)), as_bytes(code))) found = step;
  }
  return found;
}

std::string totp_uri(const TotpKey& key, std::string_view issuer, std::string_view account) {
  const auto name = percent_encode(issuer);
  return "otpauth://totp/" + name + ":" + percent_encode(account) + "?secret=" + to_base32(key.view()) +
         "&issuer=" + name + "&algorithm=SHA1&digits=6&period=30";
}

}  // namespace kith::core
