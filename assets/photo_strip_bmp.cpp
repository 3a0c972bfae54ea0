// BMP: has no room for metadata but for the path of a colour profile, and for what somebody hung on behind the end.

#include "assets/photo_strip_plan.hpp"

namespace kith::assets {
namespace {

constexpr std::size_t kFileHeader = 14, kInfoHeaderV3 = 40, kInfoHeaderV5 = 124;
constexpr std::size_t kCompression = 16, kColorSpace = 56;  // in the information header
constexpr std::uint32_t kLinkedProfile = 0x4c494e4b;        // "LINK"
constexpr std::uint32_t kPlain = 0, kBitFields = 3, kAlphaBitFields = 6;

}  // namespace

core::Expected<StripPlan> plan_strip_bmp(PhotoBytes& photo, StripMode) {
  KITH_TRY_ASSIGN(head, photo.copy(0, kFileHeader + kInfoHeaderV3));
  const core::ByteView info = core::ByteView(head).subspan(kFileHeader);
  if (head[0] != 'B' || head[1] != 'M') return not_understood("it is no BMP file");
  const std::uint64_t file_size = little32(core::ByteView(head).subspan(2));
  const std::uint64_t pixels_at = little32(core::ByteView(head).subspan(10));
  const std::uint64_t info_size = little32(info);
  if (info_size < kInfoHeaderV3 || info_size > kInfoHeaderV5) return not_understood("its header is of an unknown kind");
  const auto compression = little32(info.subspan(kCompression));
  if (compression != kPlain && compression != kBitFields && compression != kAlphaBitFields)
    return not_understood("its pixels are stored in an unusual way");
  if (info_size == kInfoHeaderV5) {
    KITH_TRY_ASSIGN(color_space, photo.view(kFileHeader + kColorSpace, 4));
    if (little32(color_space) == kLinkedProfile) return not_understood("it names a file on the computer it comes from");
  }
  if (pixels_at < kFileHeader + info_size || file_size < pixels_at || file_size > photo.size())
    return not_understood("the file is cut off or damaged");
  PlanBuilder builder;
  builder.keep(0, file_size);
  return std::move(builder).finish(photo.size());
}

}  // namespace kith::assets
