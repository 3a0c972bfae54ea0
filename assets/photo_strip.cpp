#include "assets/photo_strip.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "assets/limits.hpp"
#include "assets/photo_strip_plan.hpp"

namespace kith::assets {
namespace {

using core::Expected;

using Planner = Expected<StripPlan> (*)(PhotoBytes&, StripMode);
constexpr std::array<std::pair<std::string_view, Planner>, 9> kPlanners{{
    {"image/jpeg", plan_strip_jpeg},
    {"image/png", plan_strip_png},
    {"image/webp", plan_strip_webp},
    {"image/heic", plan_strip_heif},
    {"image/heif", plan_strip_heif},
    {"image/avif", plan_strip_heif},
    {"image/tiff", plan_strip_tiff},
    {"image/gif", plan_strip_gif},
    {"image/bmp", plan_strip_bmp},
}};

Planner planner_for(std::string_view media_type) {
  const auto* found =
      std::find_if(kPlanners.begin(), kPlanners.end(), [&](const auto& row) { return row.first == media_type; });
  return found == kPlanners.end() ? nullptr : found->second;
}

class StrippedReader final : public storage::BlobReader {
 public:
  StrippedReader(std::shared_ptr<storage::BlobReader> original, std::shared_ptr<const StripPlan> plan)
      : original_(std::move(original)), plan_(std::move(plan)) {
    std::uint64_t at = 0;
    for (const auto& piece : plan_->pieces) {
      starts_.push_back(at);
      at += piece.size;
    }
  }

  std::uint64_t size() const override { return plan_->size; }
  int file_descriptor() const override { return -1; }

  Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) override {
    std::size_t done = 0;
    while (done < out.size() && offset < plan_->size) {
      KITH_TRY_ASSIGN(count, read_piece(offset, out.subspan(done)));
      done += count;
      offset += count;
    }
    return done;
  }

 private:
  // From the piece that `offset` lies in; at least one byte.
  Expected<std::size_t> read_piece(std::uint64_t offset, std::span<std::uint8_t> out) {
    const auto number =
        static_cast<std::size_t>(std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin()) - 1;
    const auto& piece = plan_->pieces[number];
    const auto within = offset - starts_[number];
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), piece.size - within));
    switch (piece.from) {
      case StripPiece::From::zeros:
        std::fill_n(out.begin(), count, std::uint8_t{0});
        return count;
      case StripPiece::From::literal:
        std::copy_n(piece.literal.begin() + static_cast<std::ptrdiff_t>(within), count, out.begin());
        return count;
      case StripPiece::From::original:
        break;
    }
    KITH_TRY_ASSIGN(got, original_->read(piece.offset + within, out.first(count)));
    if (got == 0) return core::fail(core::ErrorCode::internal, "content became shorter");
    return got;
  }

  const std::shared_ptr<storage::BlobReader> original_;
  const std::shared_ptr<const StripPlan> plan_;
  std::vector<std::uint64_t> starts_;  // of each piece in the result
};

}  // namespace

std::string_view strip_mode_name(StripMode mode) {
  return mode == StripMode::location ? "location" : "all";
}

std::optional<StripMode> strip_mode_from_name(std::string_view name) {
  if (name == "location") return StripMode::location;
  if (name == "all") return StripMode::all;
  return std::nullopt;
}

bool can_plan_strip(std::string_view media_type) {
  return planner_for(media_type) != nullptr;
}

Expected<StripPlan> plan_strip(storage::BlobReader& original, std::string_view media_type, StripMode mode) {
  const auto planner = planner_for(media_type);
  if (!planner) return not_understood("this kind of file is not understood well enough");
  if (original.size() > kMaxStrippedPhoto) return not_understood("it is too large");
  PhotoBytes photo(original);
  return planner(photo, mode);
}

std::shared_ptr<storage::BlobReader> read_stripped(std::shared_ptr<storage::BlobReader> original,
                                                   std::shared_ptr<const StripPlan> plan) {
  if (plan->unchanged) return original;
  return std::make_shared<StrippedReader>(std::move(original), std::move(plan));
}

}  // namespace kith::assets
