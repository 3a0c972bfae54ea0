#pragma once
// Which X25519 public keys kith/1 takes (federation/PROTOCOL.md, "Keys"): canonical, so that one key has one spelling
// and can be compared as bytes, and not of low order. Pure function.

#include "core/crypto/x25519.hpp"

namespace kith::federation {

bool is_acceptable(const core::BoxPublicKey& key);

}  // namespace kith::federation
