#pragma once
// Presigned addresses: whoever has one may do one thing with one object until a time, without logging in. This is their
// text and their signature; presigned_urls.hpp has the keys. Pure functions, thread-safe.
//
//   <path of the use><object>?expires=<Unix seconds>&size=<bytes>&key=<key id>&id=<id>&signature=<base64url>
//
// signature = HMAC-SHA-256(key, LP("kith presigned url") LP(method) LP(object) u64(size) u64(expires) LP(id)
// LP(key id)). There is one text for one meaning: whatever is not byte for byte what we would have made is refused.

#include <optional>
#include <string>
#include <string_view>

#include "core/crypto/hmac.hpp"
#include "core/id.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"

namespace kith::daemon {

using PresignedKeyId = core::Id<struct PresignedKeyTag>;
using PresignedKey = core::Secret<32, struct PresignedKeyTag>;

// What an address is good for. Each has a method that is signed, so that none passes for another.
enum class PresignedUse : std::uint8_t {
  download,   // GET (and HEAD) /exchange/content/…
  upload,     // PUT (or POST) /exchange/content/…
  resumable,  // POST /exchange/resumable/…: begins a resumable upload
  resumption  // HEAD, PATCH, DELETE /exchange/uploads/…: goes on with one
};

// Where the addresses of a use begin, and the method that is signed.
std::string_view presigned_path(PresignedUse use);
std::string_view presigned_method(PresignedUse use);

struct Presigned {
  PresignedUse use = PresignedUse::download;
  std::string object;          // 1 to 64 of a-z 0-9 . -
  std::uint64_t size = 0;      // of the content, in bytes
  core::Timestamp expires_at;  // whole seconds
  std::string id;              // a ULID: tells one address from the next

  bool operator==(const Presigned&) const = default;
};

// What an address says, before its signature is looked at.
struct PresignedClaim {
  Presigned what;
  PresignedKeyId key;
  core::Mac signature;
};

core::Mac presigned_mac(const PresignedKey& key, const PresignedKeyId& id, const Presigned& what);
// Path and query.
std::string presigned_target(const PresignedClaim& claim);
// Nothing unless presigned_target() makes exactly `target` of it.
std::optional<PresignedClaim> parse_presigned(PresignedUse use, std::string_view target);

}  // namespace kith::daemon
