#pragma once
// What the planners for each kind of file stand on: reading parts of a photo within bounds, and putting a plan
// together. Only assets/photo_strip*.cpp include this. One thread at a time.

#include <string_view>

#include "assets/photo_strip.hpp"

namespace kith::assets {

// unsupported_media_type, with a sentence for the person who wanted to share the photo.
core::Unexpected not_understood(std::string_view why);

// A photo read in parts, small ones out of a window. A part that is not wholly inside the file is not_understood.
class PhotoBytes {
 public:
  explicit PhotoBytes(storage::BlobReader& original) : original_(original) {}
  std::uint64_t size() const { return original_.size(); }
  bool has(std::uint64_t offset, std::uint64_t bytes) const;
  // Exactly `bytes` of them, at most kWindow; good until the next call.
  [[nodiscard]] core::Expected<core::ByteView> view(std::uint64_t offset, std::size_t bytes);
  // What there is from `offset` on, at least one byte; good until the next call.
  [[nodiscard]] core::Expected<core::ByteView> view_on(std::uint64_t offset);
  // Exactly `bytes` of them; at most kMaxMetadataBlock.
  [[nodiscard]] core::Expected<core::Bytes> copy(std::uint64_t offset, std::uint64_t bytes);

  static constexpr std::size_t kWindow = 128 * 1024;

 private:
  core::Expected<void> fill(std::uint64_t offset);

  storage::BlobReader& original_;
  core::Bytes window_;
  std::uint64_t window_at_ = 0;
};

// Pieces one behind the other; neighbours in the original become one.
class PlanBuilder {
 public:
  void keep(std::uint64_t offset, std::uint64_t size);
  void put(core::ByteView literal);
  void zeros(std::uint64_t size);
  void append(const StripPlan& plan);
  std::uint64_t size() const { return plan_.size; }
  [[nodiscard]] core::Expected<StripPlan> finish(std::uint64_t original_size) &&;

 private:
  StripPlan plan_;
  std::uint64_t literal_bytes_ = 0;
  bool too_many_ = false;
};

// A file whose parts have to stay in their places: some are kept, some are written anew, and all else becomes zero.
class FixedLayout {
 public:
  void keep(std::uint64_t offset, std::uint64_t size);
  void put(std::uint64_t offset, core::Bytes literal);
  // A result of `size` bytes; not_understood where what is written anew overlaps something, or a part reaches beyond.
  [[nodiscard]] core::Expected<StripPlan> finish(std::uint64_t size, std::uint64_t original_size) &&;

 private:
  struct Part {
    std::uint64_t offset;
    std::uint64_t size;
    core::Bytes literal;  // empty: kept
  };
  std::vector<Part> parts_;
};

// Big-endian numbers at the start of `bytes`, which are long enough.
std::uint16_t big16(core::ByteView bytes);
std::uint32_t big32(core::ByteView bytes);
std::uint32_t little32(core::ByteView bytes);

// One planner for each kind of file, in a source file each.
core::Expected<StripPlan> plan_strip_jpeg(PhotoBytes& photo, StripMode mode);
core::Expected<StripPlan> plan_strip_png(PhotoBytes& photo, StripMode mode);
core::Expected<StripPlan> plan_strip_webp(PhotoBytes& photo, StripMode mode);
core::Expected<StripPlan> plan_strip_heif(PhotoBytes& photo, StripMode mode);
core::Expected<StripPlan> plan_strip_tiff(PhotoBytes& photo, StripMode mode);
core::Expected<StripPlan> plan_strip_gif(PhotoBytes& photo, StripMode mode);
core::Expected<StripPlan> plan_strip_bmp(PhotoBytes& photo, StripMode mode);

}  // namespace kith::assets
