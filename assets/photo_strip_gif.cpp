// GIF89a: blocks. Pictures and how they follow one another stay, and the ICC profile; comments, XMP and other
// applications' extensions go, and what lies behind the end.

#include <algorithm>

#include "assets/limits.hpp"
#include "assets/photo_strip_plan.hpp"

namespace kith::assets {
namespace {

using core::Expected;

enum Byte : std::uint8_t {
  kExtension = 0x21,
  kImage = 0x2c,
  kTrailer = 0x3b,
  kPlainText = 0x01,
  kGraphicControl = 0xf9,
  kApplication = 0xff,
};
constexpr std::string_view kApplications[] = {"NETSCAPE2.0", "ANIMEXTS1.0", "ICCRGBG1012"};
constexpr std::size_t kApplicationName = 11;
constexpr std::uint64_t kScreen = 13, kDescriptor = 10;

// Bytes of the colour table that a packed field announces.
std::uint64_t color_table(std::uint8_t packed) {
  return (packed & 0x80) != 0 ? 3u << ((packed & 7) + 1) : 0;
}

class GifPlanner {
 public:
  explicit GifPlanner(PhotoBytes& photo) : photo_(photo) {}

  Expected<StripPlan> plan() {
    KITH_TRY_ASSIGN(screen, photo_.view(0, kScreen));
    if (!core::as_text(screen).starts_with("GIF8")) return not_understood("it is no GIF file");
    at_ = kScreen + color_table(screen[10]);
    builder_.keep(0, at_);
    for (std::size_t i = 0; i < kMaxPhotoParts; ++i) {
      KITH_TRY_ASSIGN(kind, photo_.view(at_, 1));
      if (kind[0] == kTrailer) {
        builder_.keep(at_, 1);
        return std::move(builder_).finish(photo_.size());
      }
      if (kind[0] == kImage)
        KITH_TRY(image());
      else if (kind[0] == kExtension)
        KITH_TRY(extension());
      else
        return not_understood("a part of the file is of an unknown kind");
    }
    return not_understood("it has too many parts");
  }

 private:
  Expected<void> image() {
    const auto begin = at_;
    KITH_TRY_ASSIGN(descriptor, photo_.view(at_, kDescriptor));
    at_ += kDescriptor + color_table(descriptor[9]) + 1;  // and the size of the first code
    KITH_TRY(skip_blocks());
    builder_.keep(begin, at_ - begin);
    return {};
  }

  Expected<void> extension() {
    const auto begin = at_;
    KITH_TRY_ASSIGN(head, photo_.view(at_, 3));
    const auto label = head[1];
    const std::size_t first_block = head[2];
    if (label == kPlainText) return not_understood("it holds text as a part of the picture");
    bool stays = label == kGraphicControl;
    if (label == kApplication && first_block == kApplicationName) {
      KITH_TRY_ASSIGN(name, photo_.view(at_ + 3, kApplicationName));
      stays =
          std::find(std::begin(kApplications), std::end(kApplications), core::as_text(name)) != std::end(kApplications);
    }
    at_ += 2;
    KITH_TRY(skip_blocks());
    if (stays) builder_.keep(begin, at_ - begin);
    return {};
  }

  // Data blocks up to and with the empty one.
  Expected<void> skip_blocks() {
    for (std::size_t size = 1; size != 0; at_ += size + 1) {
      KITH_TRY_ASSIGN(head, photo_.view(at_, 1));
      size = head[0];
    }
    return {};
  }

  PhotoBytes& photo_;
  PlanBuilder builder_;
  std::uint64_t at_ = 0;
};

}  // namespace

// No difference between the modes: nothing of what goes is needed.
Expected<StripPlan> plan_strip_gif(PhotoBytes& photo, StripMode) {
  return GifPlanner(photo).plan();
}

}  // namespace kith::assets
