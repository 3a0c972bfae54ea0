#include "assets/stripped_photos.hpp"

#include <algorithm>

#include "assets/limits.hpp"
#include "assets/media_type.hpp"
#include "assets/rows.hpp"

namespace kith::assets {

using core::Expected;
using storage::BlobKey;

namespace {

constexpr std::size_t kReadAtOnce = 256 * 1024;

Expected<core::Digest> digest_of(storage::BlobReader& content) {
  core::Sha256 hash;
  core::Bytes buffer(kReadAtOnce);
  for (std::uint64_t at = 0; at < content.size();) {
    KITH_TRY_ASSIGN(count, content.read(at, buffer));
    if (count == 0) return core::fail(core::ErrorCode::internal, "content became shorter");
    hash.update(core::ByteView(buffer).first(count));
    at += count;
  }
  return hash.finish();
}

std::size_t memory_of(const StripPlan& plan) {
  std::size_t bytes = plan.pieces.size() * sizeof(StripPiece);
  for (const auto& piece : plan.pieces) bytes += piece.literal.size();
  return bytes;
}

// What a row says: the outer optional is whether there is one.
Expected<std::optional<std::optional<PhotoVariant>>> known(storage::Database& database, const BlobKey& key,
                                                           StripMode mode) {
  using Known = std::optional<PhotoVariant>;
  return database.read_for<std::optional<Known>>([&](storage::Reader& reader) {
    return first_row<Known>(
        reader, "SELECT stripped_digest, size FROM stripped_photos WHERE owner = ? AND digest = ? AND mode = ?",
        {key.owner.text(), key.digest.view(), strip_mode_name(mode)}, [](const storage::Row& row) -> Known {
          if (row.is_null(0)) return std::nullopt;
          return PhotoVariant{core::Digest::from(row.blob(0)).value_or(core::Digest()),
                              static_cast<std::uint64_t>(row.integer(1))};
        });
  });
}

}  // namespace

PhotoVariants::PhotoVariants(storage::Database& database, storage::BlobStore& blobs)
    : database_(database), blobs_(blobs) {}

Expected<std::optional<PhotoVariant>> PhotoVariants::ensure(const core::UserId& owner, const core::Digest& original,
                                                            std::string_view media_type, StripMode mode) {
  const BlobKey key{owner, original};
  if (kind_of(media_type) != AssetKind::photo) {
    KITH_TRY_ASSIGN(content, blobs_.open(key));
    return PhotoVariant{original, content->size()};
  }
  if (!can_plan_strip(media_type)) return std::nullopt;
  KITH_TRY_ASSIGN(found, known(database_, key, mode));
  if (found) return *found;
  KITH_TRY_ASSIGN(variant, measure(key, media_type, mode));
  KITH_TRY(write_down(key, mode, variant));
  return variant;
}

Expected<std::optional<PhotoVariant>> PhotoVariants::measure(const BlobKey& key, std::string_view media_type,
                                                             StripMode mode) {
  KITH_TRY_ASSIGN(content, blobs_.open(key));
  auto plan = plan_for(key, *content, media_type, mode);
  if (!plan && plan.error().code == core::ErrorCode::unsupported_media_type) return std::nullopt;
  if (!plan) return tl::make_unexpected(std::move(plan.error()));
  if ((*plan)->unchanged) return PhotoVariant{key.digest, content->size()};
  const auto size = (*plan)->size;
  KITH_TRY_ASSIGN(digest, digest_of(*read_stripped(content, std::move(*plan))));
  return PhotoVariant{digest, size};
}

Expected<void> PhotoVariants::write_down(const BlobKey& key, StripMode mode,
                                         const std::optional<PhotoVariant>& variant) {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    const auto digest = variant ? std::optional(variant->digest.view()) : std::nullopt;
    KITH_TRY(transaction.execute(
        "INSERT INTO stripped_photos (owner, digest, mode, stripped_digest, size) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        {key.owner.text(), key.digest.view(), strip_mode_name(mode), digest, variant ? variant->size : 0}));
    return {};
  });
}

Expected<std::shared_ptr<storage::BlobReader>> PhotoVariants::open(const core::UserId& owner,
                                                                   const core::Digest& original,
                                                                   std::string_view media_type, StripMode mode) {
  const BlobKey key{owner, original};
  KITH_TRY_ASSIGN(content, blobs_.open(key));
  if (kind_of(media_type) != AssetKind::photo) return content;
  auto plan = plan_for(key, *content, media_type, mode);
  if (!plan && plan.error().code == core::ErrorCode::unsupported_media_type)
    return core::fail(core::ErrorCode::conflict, std::move(plan.error().detail));
  if (!plan) return tl::make_unexpected(std::move(plan.error()));
  return read_stripped(std::move(content), std::move(*plan));
}

Expected<PhotoVariants::Plan> PhotoVariants::plan_for(const BlobKey& key, storage::BlobReader& content,
                                                      std::string_view media_type, StripMode mode) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(plans_.begin(), plans_.end(),
                                    [&](const KeptPlan& kept) { return kept.key == key && kept.mode == mode; });
    if (found != plans_.end()) {
      plans_.splice(plans_.begin(), plans_, found);
      return found->plan;
    }
  }
  KITH_TRY_ASSIGN(made, plan_strip(content, media_type, mode));
  auto plan = std::make_shared<const StripPlan>(std::move(made));
  if (memory_of(*plan) <= kMaxKeptStripPlan) {
    const std::lock_guard lock(mutex_);
    plans_.push_front({key, mode, plan});
    if (plans_.size() > kStripPlansKept) plans_.pop_back();
  }
  return plan;
}

}  // namespace kith::assets
