// A presigned address from a stranger: what is read is written again the same, belongs to one use, and is believed only
// with the signature over all of it.

#include <cstdlib>
#include <string>

#include "daemon/api/presigned.hpp"

using namespace kith::daemon;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view target(reinterpret_cast<const char*>(data), size);
  const PresignedKey key;
  for (const auto use :
       {PresignedUse::download, PresignedUse::upload, PresignedUse::resumable, PresignedUse::resumption}) {
    const auto claim = parse_presigned(use, target);
    if (!claim) continue;
    require(claim->what.use == use && presigned_target(*claim) == target);
    require(target.starts_with(presigned_path(use)));
    auto ours = *claim;
    ours.signature = presigned_mac(key, claim->key, claim->what);
    auto text = presigned_target(ours);
    require(parse_presigned(use, text)->what == claim->what);
    // Another expiry needs another signature.
    ours.what.expires_at += std::chrono::seconds(1);
    require(!kith::core::mac_equal(presigned_mac(key, ours.key, ours.what), ours.signature));
  }
  return 0;
}
