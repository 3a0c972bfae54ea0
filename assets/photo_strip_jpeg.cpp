// JPEG (ITU-T T.81, annex B): segments, then scans. Of the application segments those stay that say how to show the
// picture, and Exif. Everything behind the end goes: further pictures (CIPA DC-007) and the films of moving photos.

#include <algorithm>
#include <cstring>
#include <string>

#include "assets/limits.hpp"
#include "assets/photo_strip_exif.hpp"
#include "assets/photo_strip_plan.hpp"

namespace kith::assets {
namespace {

using core::Expected;
using namespace std::string_view_literals;

enum Marker : std::uint8_t {
  kSof0 = 0xc0,
  kSof15 = 0xcf,
  kRst0 = 0xd0,
  kRst7 = 0xd7,
  kSoi = 0xd8,
  kEoi = 0xd9,
  kSos = 0xda,
  kExp = 0xdf,
  kApp0 = 0xe0,
  kApp1 = 0xe1,
  kApp2 = 0xe2,
  kApp14 = 0xee,
  kApp15 = 0xef,
  kCom = 0xfe,
};

constexpr auto kExifName = "Exif\0\0"sv;
constexpr auto kJfifName = "JFIF\0"sv;
constexpr auto kIccName = "ICC_PROFILE\0"sv;
constexpr auto kAdobeName = "Adobe"sv;
constexpr std::size_t kJfifBytes = 14;  // without a thumbnail; its last two bytes are that one's size
constexpr std::size_t kMostPayload = 65533;

// Tables, frame headers and the like (table B.1): they are the picture.
bool is_picture(std::uint8_t marker) {
  return (marker >= kSof0 && marker <= kSof15 && marker != 0xc8) || (marker >= kSos && marker <= kExp);
}

struct Segment {
  std::uint64_t offset;  // of the marker
  std::uint8_t marker;
  core::ByteView payload;
  std::uint64_t size() const { return payload.size() + 4; }
};

class JpegPlanner {
 public:
  JpegPlanner(PhotoBytes& photo, StripMode mode) : photo_(photo), mode_(mode) {}

  Expected<StripPlan> plan() {
    KITH_TRY_ASSIGN(start, photo_.view(0, 2));
    if (start[0] != 0xff || start[1] != kSoi) return not_understood("it is no JPEG file");
    builder_.keep(0, 2);
    at_ = 2;
    for (std::size_t i = 0; i < kMaxPhotoParts; ++i) {
      KITH_TRY_ASSIGN(marker, next_marker());
      if (marker == kEoi) {
        builder_.keep(at_, 2);
        return std::move(builder_).finish(photo_.size());
      }
      KITH_TRY(segment(marker));
      if (marker == kSos) KITH_TRY(scan());
    }
    return not_understood("it has too many segments");
  }

 private:
  // Fill bytes in front of a marker are left out (B.1.1.2).
  Expected<std::uint8_t> next_marker() {
    for (;; ++at_) {
      KITH_TRY_ASSIGN(two, photo_.view(at_, 2));
      if (two[0] != 0xff) return not_understood("there is something between the segments of the file");
      if (two[1] != 0xff) return two[1];
    }
  }

  Expected<void> segment(std::uint8_t marker) {
    KITH_TRY_ASSIGN(head, photo_.view(at_, 4));
    const std::size_t length = big16(head.subspan(2));
    if (length < 2) return not_understood("a segment of the file is damaged");
    KITH_TRY_ASSIGN(whole, photo_.view(at_, length + 2));
    const Segment segment{at_, marker, whole.subspan(4)};
    at_ += segment.size();
    if (is_picture(marker))
      builder_.keep(segment.offset, segment.size());
    else if (marker >= kApp0 && marker <= kApp15)
      application(segment);
    else if (marker != kCom)
      return not_understood("a segment of the file is of an unknown kind");
    return {};
  }

  void application(const Segment& segment) {
    const auto begins_with = [&](std::string_view name) { return core::as_text(segment.payload).starts_with(name); };
    if (segment.marker == kApp0 && begins_with(kJfifName) && segment.payload.size() >= kJfifBytes)
      jfif(segment);
    else if (segment.marker == kApp1 && begins_with(kExifName))
      exif(segment.payload.subspan(kExifName.size()));
    else if ((segment.marker == kApp2 && begins_with(kIccName)) ||
             (segment.marker == kApp14 && begins_with(kAdobeName)))
      builder_.keep(segment.offset, segment.size());
  }

  void put(std::uint8_t marker, std::string_view name, core::ByteView content) {
    const auto length = name.size() + content.size() + 2;
    core::Bytes out{0xff, marker, static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)};
    const auto label = core::as_bytes(name);
    out.insert(out.end(), label.begin(), label.end());
    out.insert(out.end(), content.begin(), content.end());
    builder_.put(out);
  }

  // Without its thumbnail.
  void jfif(const Segment& segment) {
    if (segment.payload.size() == kJfifBytes) return builder_.keep(segment.offset, segment.size());
    auto fields = core::to_bytes(segment.payload.subspan(kJfifName.size(), kJfifBytes - kJfifName.size()));
    std::fill(fields.end() - 2, fields.end(), std::uint8_t{0});
    put(kApp0, kJfifName, fields);
  }

  // Only the first one: readers do not look at others.
  void exif(core::ByteView block) {
    if (has_exif_) return;
    has_exif_ = true;
    const auto left = remaining_exif(block, mode_);
    if (!left.empty() && left.size() + kExifName.size() <= kMostPayload) put(kApp1, kExifName, left);
  }

  // The entropy-coded data of a scan: up to the next marker that is neither a restart nor a stuffed byte.
  Expected<void> scan() {
    const auto begin = at_;
    for (;;) {
      KITH_TRY_ASSIGN(part, photo_.view_on(at_));
      const auto* found = static_cast<const std::uint8_t*>(std::memchr(part.data(), 0xff, part.size()));
      if (!found) {
        at_ += part.size();
        continue;
      }
      at_ += static_cast<std::uint64_t>(found - part.data());
      KITH_TRY_ASSIGN(two, photo_.view(at_, 2));
      if (two[1] == 0xff) {  // perhaps fill bytes
        ++at_;
        continue;
      }
      if (two[1] != 0 && (two[1] < kRst0 || two[1] > kRst7)) break;
      at_ += 2;
    }
    builder_.keep(begin, at_ - begin);
    return {};
  }

  PhotoBytes& photo_;
  const StripMode mode_;
  PlanBuilder builder_;
  std::uint64_t at_ = 0;
  bool has_exif_ = false;
};

}  // namespace

Expected<StripPlan> plan_strip_jpeg(PhotoBytes& photo, StripMode mode) {
  return JpegPlanner(photo, mode).plan();
}

}  // namespace kith::assets
