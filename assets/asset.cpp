#include "assets/asset.hpp"

#include "core/encoding.hpp"

namespace kith::assets {

std::string entity_tag(const core::Digest& digest) {
  return '"' + core::to_base64url(digest.view()) + '"';
}

std::string repr_digest(const core::Digest& digest) {
  return "sha-256=:" + core::to_base64(digest.view()) + ":";
}

}  // namespace kith::assets
