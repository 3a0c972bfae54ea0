#pragma once
// What live transfers are about (docs/live.md): the values that the offers, the sender's events and the receiver's
// stream pass on. The daemon understands none of the keys and MACs: it carries them. Plain values.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/error.hpp"
#include "core/id.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"

namespace kith::assets {

using LiveId = core::Id<struct LiveIdTag>;
using LiveRequestId = core::Id<struct LiveRequestIdTag>;
using LiveKey = core::FixedBytes<32, struct LiveKeyTag>;    // an X25519 public key
using LiveMac = core::FixedBytes<32, struct LiveMacTag>;    // HMAC-SHA-256
using LiveSalt = core::FixedBytes<32, struct LiveSaltTag>;  // of HKDF
using LiveToken = core::Secret<32, struct LiveTokenTag>;    // what a receiver's calls carry

// Specification (docs/live.md, "Chunks" and "Bounds").
inline constexpr std::size_t kLiveChunkBytes = 256 * 1024 + 16;  // sealed, the tag included
inline constexpr std::uint64_t kLiveWindow = 16;                 // chunks held a request
inline constexpr std::uint64_t kLiveAhead = 4;                   // chunks a sender may have on their way
inline constexpr std::size_t kLiveFiles = 100;                   // an offer
inline constexpr std::size_t kLiveRequests = 16;                 // unfinished ones of an offer
inline constexpr std::size_t kLiveCodeCharacters = 12;
inline constexpr std::uint64_t kLiveLargestFile = std::uint64_t{1} << 53;

struct LiveFile {
  std::string name;
  std::optional<std::uint64_t> size;  // bytes; nothing: a stream of unknown length
  std::string media_type;
  bool operator==(const LiveFile&) const = default;
};

// What the sender answers a request with, and again whenever it begins anew.
struct LiveOpening {
  LiveKey public_key;
  LiveMac mac;
  LiveSalt salt;
  std::optional<std::uint64_t> chunks;  // the closing one included; nothing: see LiveFile::size
  std::uint64_t from = 0;               // the first chunk that will come
  int attempt = 0;
};

// Why a request was ended by the sender, as docs/live.md names it.
enum class LiveReason : std::uint8_t { cancelled, file_changed, not_authentic };

// One thing the sender is told.
struct LiveEvent {
  enum class Kind : std::uint8_t { hello, request, resume, paused, received, cancel, end, beat };
  Kind kind = Kind::hello;
  LiveRequestId request = {};
  std::size_t file = 0;                   // of request
  LiveKey public_key = {};                // of request
  LiveMac mac = {};                       // of request and received
  std::uint64_t from = 0;                 // of request and resume
  int attempt = 0;                        // of request and resume
  std::string reason = {};                // of cancel: "cancelled", "idle"; of end: "expired", "closed"
  std::vector<LiveRequestId> known = {};  // of hello
};

// One thing of the receiver's stream.
struct LiveItem {
  enum class Kind : std::uint8_t { opening, chunk, sender_away, sender_back, failed, beat };
  Kind kind = Kind::beat;
  LiveOpening opening = {};
  std::uint64_t number = 0;  // of a chunk
  std::string bytes = {};    // of a chunk, sealed
  core::Error error = {};    // of failed: nothing follows it
};

struct LiveMade {
  LiveId id;
  std::string code;
  core::Timestamp expires_at;
};

// What whoever has a code may see.
struct LiveListing {
  LiveId id;
  core::UserId owner;
  std::vector<LiveFile> files;
  std::optional<LiveMac> mac;
  bool sender_here = false;
  core::Timestamp expires_at;
};

struct LiveAsked {
  LiveRequestId id;
  LiveToken token;
};

}  // namespace kith::assets
