#pragma once
// Local identifiers: ULIDs in lower case, 26 characters of Crockford's base32 (48 bits of milliseconds, 80 random
// bits). Each kind has its own type, so a UserId cannot be passed where an AssetId is meant.

#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/random.hpp"

namespace kith::core {

std::string make_ulid(const Clock& clock, Random& random);
bool is_ulid(std::string_view text);

template <class Tag>
class Id {
 public:
  Id() = default;
  static Id make(const Clock& clock, Random& random) { return Id(make_ulid(clock, random)); }
  // Nothing unless `text` is a lower-case ULID.
  static std::optional<Id> parse(std::string_view text) {
    if (!is_ulid(text)) return std::nullopt;
    return Id(std::string(text));
  }
  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const Id&) const = default;

 private:
  explicit Id(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

using UserId = Id<struct UserIdTag>;
using AssetId = Id<struct AssetIdTag>;
using ShareId = Id<struct ShareIdTag>;
using ConnectionId =
    Id<struct ConnectionIdTag>;  // the local row; the wire's connection id is federation's WireConnectionId
using InviteId = Id<struct InviteIdTag>;
using UploadId = Id<struct UploadIdTag>;  // a resumable one
using AlbumId = Id<struct AlbumIdTag>;
using AlbumShareId = Id<struct AlbumShareIdTag>;
using ArchiveId = Id<struct ArchiveIdTag>;

}  // namespace kith::core

template <class Tag>
struct std::hash<kith::core::Id<Tag>> {
  std::size_t operator()(const kith::core::Id<Tag>& id) const noexcept { return std::hash<std::string>{}(id.text()); }
};
