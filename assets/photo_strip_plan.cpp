#include "assets/photo_strip_plan.hpp"

#include <algorithm>

#include "assets/limits.hpp"

namespace kith::assets {

using core::Expected;

core::Unexpected not_understood(std::string_view why) {
  return core::fail(core::ErrorCode::unsupported_media_type,
                    "what this picture says beside itself can't be left out: " + std::string(why));
}

bool PhotoBytes::has(std::uint64_t offset, std::uint64_t bytes) const {
  return offset <= size() && bytes <= size() - offset;
}

Expected<void> PhotoBytes::fill(std::uint64_t offset) {
  window_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, size() - offset)));
  window_at_ = offset;
  auto count = original_.read(offset, window_);
  if (!count) {
    window_.clear();
    return tl::make_unexpected(std::move(count.error()));
  }
  window_.resize(*count);
  return {};
}

Expected<core::ByteView> PhotoBytes::view(std::uint64_t offset, std::size_t bytes) {
  if (bytes > kWindow || !has(offset, bytes)) return not_understood("the file is cut off or damaged");
  if (offset < window_at_ || offset - window_at_ > window_.size() || window_.size() - (offset - window_at_) < bytes) {
    KITH_TRY(fill(offset));
    if (window_.size() < bytes) return core::fail(core::ErrorCode::internal, "content became shorter");
  }
  return core::ByteView(window_).subspan(static_cast<std::size_t>(offset - window_at_), bytes);
}

Expected<core::ByteView> PhotoBytes::view_on(std::uint64_t offset) {
  KITH_TRY_ASSIGN(first, view(offset, 1));
  (void)first;
  return core::ByteView(window_).subspan(static_cast<std::size_t>(offset - window_at_));
}

Expected<core::Bytes> PhotoBytes::copy(std::uint64_t offset, std::uint64_t bytes) {
  if (bytes > kMaxMetadataBlock) return not_understood("a block of its metadata is too large");
  if (!has(offset, bytes)) return not_understood("the file is cut off or damaged");
  core::Bytes out(static_cast<std::size_t>(bytes));
  KITH_TRY_ASSIGN(count, original_.read(offset, out));
  if (count != out.size()) return core::fail(core::ErrorCode::internal, "content became shorter");
  return out;
}

void PlanBuilder::keep(std::uint64_t offset, std::uint64_t size) {
  if (size == 0 || too_many_) return;
  plan_.size += size;
  if (!plan_.pieces.empty()) {
    auto& last = plan_.pieces.back();
    if (last.from == StripPiece::From::original && last.offset + last.size == offset) {
      last.size += size;
      return;
    }
  }
  too_many_ = plan_.pieces.size() >= kMaxStripPieces;
  if (!too_many_) plan_.pieces.push_back({StripPiece::From::original, size, offset, {}});
}

void PlanBuilder::put(core::ByteView literal) {
  if (literal.empty() || too_many_) return;
  plan_.size += literal.size();
  literal_bytes_ += literal.size();
  too_many_ = literal_bytes_ > kMaxStripLiteral || plan_.pieces.size() >= kMaxStripPieces;
  if (too_many_) return;
  if (!plan_.pieces.empty() && plan_.pieces.back().from == StripPiece::From::literal) {
    auto& last = plan_.pieces.back();
    last.literal.insert(last.literal.end(), literal.begin(), literal.end());
    last.size = last.literal.size();
    return;
  }
  plan_.pieces.push_back({StripPiece::From::literal, literal.size(), 0, core::to_bytes(literal)});
}

void PlanBuilder::zeros(std::uint64_t size) {
  if (size == 0 || too_many_) return;
  plan_.size += size;
  too_many_ = plan_.pieces.size() >= kMaxStripPieces;
  if (!too_many_) plan_.pieces.push_back({StripPiece::From::zeros, size, 0, {}});
}

void PlanBuilder::append(const StripPlan& plan) {
  for (const auto& piece : plan.pieces) {
    switch (piece.from) {
      case StripPiece::From::original:
        keep(piece.offset, piece.size);
        break;
      case StripPiece::From::literal:
        put(piece.literal);
        break;
      case StripPiece::From::zeros:
        zeros(piece.size);
        break;
    }
  }
}

Expected<StripPlan> PlanBuilder::finish(std::uint64_t original_size) && {
  if (too_many_) return not_understood("it is built of too many parts");
  const auto& pieces = plan_.pieces;
  plan_.unchanged = plan_.size == original_size &&
                    (pieces.empty() || (pieces.size() == 1 && pieces[0].from == StripPiece::From::original));
  return std::move(plan_);
}

void FixedLayout::keep(std::uint64_t offset, std::uint64_t size) {
  if (size > 0) parts_.push_back({offset, size, {}});
}

void FixedLayout::put(std::uint64_t offset, core::Bytes literal) {
  const auto size = literal.size();
  if (size > 0) parts_.push_back({offset, size, std::move(literal)});
}

Expected<StripPlan> FixedLayout::finish(std::uint64_t size, std::uint64_t original_size) && {
  std::stable_sort(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) { return a.offset < b.offset; });
  PlanBuilder builder;
  std::uint64_t done = 0, literal_end = 0;
  for (const auto& part : parts_) {
    const bool is_literal = !part.literal.empty();
    if (part.offset > size || part.size > size - part.offset) return not_understood("a part of it is missing");
    if (part.offset < (is_literal ? done : literal_end)) return not_understood("its parts overlap");
    const auto end = part.offset + part.size;
    if (part.offset > done) builder.zeros(part.offset - done);
    const auto begin = std::max(part.offset, done);
    if (is_literal) {
      builder.put(part.literal);
      literal_end = end;
    } else if (end > begin) {
      builder.keep(begin, end - begin);
    }
    done = std::max(done, end);
  }
  builder.zeros(size - done);
  return std::move(builder).finish(original_size);
}

std::uint16_t big16(core::ByteView bytes) {
  return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
}

std::uint32_t big32(core::ByteView bytes) {
  return static_cast<std::uint32_t>(big16(bytes)) << 16 | big16(bytes.subspan(2));
}

std::uint32_t little32(core::ByteView bytes) {
  return static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8 |
         static_cast<std::uint32_t>(bytes[2]) << 16 | static_cast<std::uint32_t>(bytes[3]) << 24;
}

}  // namespace kith::assets
