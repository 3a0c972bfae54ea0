#pragma once
// What federation needs of the assets here: what a local owner has shared with one remote user, and its content. The
// daemon plugs in an implementation on top of assets; federation knows nothing else of them.
//
// Implementations are thread-safe and answer from the state of this moment, so that an ended share is gone at once.
// A SharedContent belongs to one thread at a time.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/crypto/sha256.hpp"
#include "core/error.hpp"
#include "core/id.hpp"
#include "core/time.hpp"

namespace kith::federation {

using core::Expected;

// Whose assets, and who looks at them: both are rows among the users here, `viewer` one with is_local = false.
struct ShareView {
  core::UserId owner;
  core::UserId viewer;
};

// An item of the private API's lists (PROTOCOL.md, "Private API"). It never tells with whom else it is shared.
struct SharedAsset {
  core::AssetId id;
  std::string name;
  std::uint64_t size = 0;
  std::string media_type;
  std::string kind;  // photo, video, audio, document or other
  core::Digest digest;
  core::Timestamp created_at;
  core::Timestamp shared_at;
  std::optional<core::Timestamp> expires_at;
  std::string etag;  // a strong entity tag with its quotes; changes with the content
  bool has_thumbnail = false;
  std::string captured_at;  // core/wall_time.hpp; empty where it is not known or not told
  int width = 0;            // 0 likewise
  int height = 0;
  std::string camera;
  std::string album;  // the name of the owner's album that shows it, for people; empty for none
  bool operator==(const SharedAsset&) const = default;
};

struct SharedAssetFilter {
  std::optional<std::string> kind;
  std::optional<std::string> name;    // a part of it, upper or lower case alike
  std::optional<std::string> cursor;  // `next` of the page before; bad_request when it is not one
  std::size_t limit = 50;             // 1 to 500
  // Photos by the time they were taken, the newest first; only then the three below count.
  bool photos_by_time = false;
  std::optional<std::string> camera = {};  // exactly
  std::optional<std::string> from = {};    // core::parse_wall_bound; this one included,
  std::optional<std::string> to = {};      // this one not
};

struct SharedAssetPage {
  std::vector<SharedAsset> items;   // newest share first
  std::optional<std::string> next;  // nothing on the last page
};

// Open content: the bytes of one version, whatever is uploaded, shared or deleted meanwhile.
class SharedContent {
 public:
  virtual ~SharedContent() = default;
  virtual std::uint64_t size() const = 0;
  // Fills `out` from `offset`; fewer bytes only at the end. internal when the disk fails.
  [[nodiscard]] virtual Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) = 0;
};

struct OpenedAsset {
  SharedAsset asset;  // digest, etag and size are those of `content`
  std::shared_ptr<SharedContent> content;
};

struct Thumbnail {
  std::string media_type;
  std::string etag;
  std::string bytes;  // a whole image, at most 1 MiB
};

class SharedAssets {
 public:
  virtual ~SharedAssets() = default;
  [[nodiscard]] virtual Expected<SharedAssetPage> list(const ShareView& view, const SharedAssetFilter& filter) = 0;
  // not_found for what is absent, expired, ended or shared with somebody else: the same error, without a hint.
  [[nodiscard]] virtual Expected<SharedAsset> find(const ShareView& view, const core::AssetId& id) = 0;
  [[nodiscard]] virtual Expected<OpenedAsset> open(const ShareView& view, const core::AssetId& id) = 0;
  // not_found too where there is no thumbnail (yet). `edge` is the longer side in pixels, 1 to 2,048.
  [[nodiscard]] virtual Expected<Thumbnail> thumbnail(const ShareView& view, const core::AssetId& id, int edge) = 0;
};

}  // namespace kith::federation
