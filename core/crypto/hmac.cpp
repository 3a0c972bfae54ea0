#include "core/crypto/hmac.hpp"

#include <botan/kdf.h>
#include <botan/mac.h>

namespace kith::core {

Mac hmac_sha256(ByteView key, ByteView message) {
  auto mac = Botan::MessageAuthenticationCode::create_or_throw("HMAC(SHA-256)");
  mac->set_key(key.data(), key.size());
  mac->update(message.data(), message.size());
  Mac out;
  mac->final(out.data.data());
  return out;
}

Prk hkdf_extract(ByteView salt, ByteView input_key_material) {
  // Extract is HMAC with the salt as its key.
  auto mac = hmac_sha256(salt, input_key_material);
  Prk prk{std::span<const std::uint8_t, 32>(mac.data)};
  wipe(mac.data);
  return prk;
}

Secret<32> hkdf_expand(const Prk& prk, std::string_view info) {
  auto kdf = Botan::KDF::create_or_throw("HKDF-Expand(SHA-256)");
  const auto key = prk.view();
  // A form of the call that Botan 2 has, and Botan 3 still has.
  const auto block =
      kdf->derive_key(32, Botan::secure_vector<std::uint8_t>(key.begin(), key.end()), std::string(), std::string(info));
  return Secret<32>(std::span<const std::uint8_t, 32>(block.data(), 32));
}

}  // namespace kith::core
