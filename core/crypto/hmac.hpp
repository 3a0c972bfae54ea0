#pragma once
// HMAC-SHA-256 (RFC 2104) and HKDF-SHA-256 (RFC 5869). Stateless functions, thread-safe.

#include <string_view>

#include "core/bytes.hpp"
#include "core/secret.hpp"

namespace kith::core {

using Mac = FixedBytes<32, struct MacTag>;
using Prk = Secret<32, struct PrkTag>;

Mac hmac_sha256(ByteView key, ByteView message);
// Compare Macs only with this.
inline bool mac_equal(const Mac& a, const Mac& b) {
  return equal_constant_time(a.view(), b.view());
}

// RFC 5869, section 2.2.
Prk hkdf_extract(ByteView salt, ByteView input_key_material);
// RFC 5869, section 2.3, for one block: 32 bytes.
Secret<32> hkdf_expand(const Prk& prk, std::string_view info);

}  // namespace kith::core
