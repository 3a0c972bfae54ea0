#pragma once
// Resumable uploads as values: what is known of one, what a new one is made of, and what happens to it when it is
// whole.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "assets/arrival.hpp"
#include "core/bytes.hpp"
#include "core/id.hpp"
#include "core/time.hpp"

namespace kith::assets {

enum class UploadState : std::uint8_t {
  open,
  finished,  // whole and named
  ended,     // given up, run out or lost; only for telling so
};

struct ResumableUpload {
  core::UploadId id;
  core::UserId owner;     // whose quota it counts towards
  std::string target;     // where it goes when it is whole
  std::string reference;  // what the target knows it by; empty for the catalogue
  std::string name;
  std::string metadata;        // of the client, given back as it came
  std::uint64_t size = 0;      // as declared
  std::uint64_t received = 0;  // of it, durable
  UploadState state = UploadState::open;
  std::optional<core::AssetId> asset;  // what it became
  core::Timestamp created_at;
  core::Timestamp expires_at;  // of an open one, unless more bytes come
};

inline constexpr std::string_view kCatalogueTarget = "catalogue";

struct NewResumable {
  std::string name;
  std::uint64_t size = 0;
  std::string metadata;
  std::string target = std::string(kCatalogueTarget);
  std::string reference;
};

// What the client says of the bytes of one request.
struct UploadChecksum {
  enum class Algorithm : std::uint8_t { sha1, sha256 };
  Algorithm algorithm = Algorithm::sha256;
  core::Bytes expected;
};

// How a whole upload was named: the asset it is, if it is one, and what is to be told once that is committed.
struct NamedUpload {
  std::optional<core::AssetId> asset;
  std::function<void()> tell;
};

// A place uploads go to.
struct UploadTarget {
  // A Naming (arrival.hpp) for this upload. An error leaves the upload whole and open: the next request tries again.
  std::function<core::Expected<NamedUpload>(storage::Transaction&, const ArrivedContent&, const ResumableUpload&)> name;
  // It ended without having been named. May be empty.
  std::function<void(const ResumableUpload&)> dropped;
};

}  // namespace kith::assets
