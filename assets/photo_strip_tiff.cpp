// TIFF 6.0, in place: offsets in the file stay right. Directories are written anew without the fields that go; the
// pixels, and the values of the fields that stay, are kept; all else becomes zero. Raw files of cameras look like TIFF
// and are refused: what their makers put into private fields is needed to read them.

#include <algorithm>
#include <deque>
#include <set>

#include "assets/limits.hpp"
#include "assets/photo_strip_fields.hpp"
#include "assets/photo_strip_plan.hpp"

namespace kith::assets {
namespace {

using core::Expected;

constexpr std::size_t kMaxDirectories = 1024;
// None, CCITT, LZW, JPEG, Deflate, PackBits, Zstandard, WebP, LZMA.
constexpr std::uint32_t kCompressions[] = {1, 2, 3, 4, 5, 7, 8, 32773, 32946, 34925, 50000, 50001};
constexpr std::uint32_t kMostPhotometric = 10;  // beyond lie the sensors' colour filters
constexpr std::uint16_t kShort = 3, kLong = 4, kDirectoryOffset = 13;

class TiffPlanner {
 public:
  TiffPlanner(PhotoBytes& photo, StripMode mode) : photo_(photo), mode_(mode) {}

  Expected<StripPlan> plan() {
    KITH_TRY_ASSIGN(header, photo_.copy(0, kTiffHeader));
    const auto start = tiff_start(header);
    if (!start) return not_understood("it is no TIFF file");
    order_ = start->order;
    layout_.keep(0, kTiffHeader);
    pending_.push_back(start->first_directory);
    while (!pending_.empty()) {
      const auto next = pending_.front();
      pending_.pop_front();
      KITH_TRY_ASSIGN(remains, directory(next, TiffDirectory::picture));
      if (!remains) return not_understood("a directory of it makes no sense");
    }
    return std::move(layout_).finish(photo_.size(), photo_.size());
  }

 private:
  // False, and nothing of it is kept, when no field of it stays.
  Expected<bool> directory(std::uint64_t offset, TiffDirectory kind) {
    if (!seen_.insert(offset).second || seen_.size() > kMaxDirectories)
      return not_understood("its directories make no sense");
    KITH_TRY_ASSIGN(counted, photo_.view(offset, 2));
    const std::size_t count = order_.u16(counted);
    if (count == 0 || count > kMaxExifFields) return not_understood("a directory of it makes no sense");
    KITH_TRY_ASSIGN(block, photo_.copy(offset, 2 + count * kTiffFieldBytes + 4));
    const auto entries = core::ByteView(block).subspan(2, count * kTiffFieldBytes);
    const auto fields = tiff_fields(entries, order_);
    if (kind == TiffDirectory::picture) KITH_TRY(pixels(fields));
    core::Bytes kept;
    std::uint32_t kept_count = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      KITH_TRY_ASSIGN(remains, field(kind, fields[i]));
      if (!remains) continue;
      const auto entry = entries.subspan(i * kTiffFieldBytes, kTiffFieldBytes);
      kept.insert(kept.end(), entry.begin(), entry.end());
      ++kept_count;
    }
    if (kept_count == 0) return false;
    const auto next = order_.u32(core::ByteView(block).last(4));
    if (next != 0 && kind == TiffDirectory::picture) pending_.push_back(next);
    core::Bytes anew;
    order_.put16(anew, kept_count);
    anew.insert(anew.end(), kept.begin(), kept.end());
    order_.put32(anew, kind == TiffDirectory::picture ? next : 0);
    anew.resize(block.size());
    layout_.put(offset, std::move(anew));
    return true;
  }

  // Whether the field stays, with what it refers to.
  Expected<bool> field(TiffDirectory kind, const TiffField& field) {
    const bool is_pointer = field.tag == tag::sub_ifds || field.tag == tag::exif_ifd;
    if (kind == TiffDirectory::picture && is_pointer) return directories(field);
    const bool is_picture = kind == TiffDirectory::picture && is_structure(field.tag);
    if (!is_picture && !stays(kind, field.tag, mode_)) return false;
    const auto size = field.size();
    if (!size) return false;
    if (*size > 4) {
      const auto at = order_.u32(field.value);
      if (!photo_.has(at, *size)) return not_understood("a value of it is missing");
      layout_.keep(at, *size);
    }
    return true;
  }

  Expected<bool> directories(const TiffField& field) {
    const bool is_exif = field.tag == tag::exif_ifd;
    if (is_exif && mode_ == StripMode::all) return false;
    if (field.type != kLong && field.type != kDirectoryOffset) return not_understood("its directories make no sense");
    KITH_TRY_ASSIGN(offsets, numbers(field));
    if (offsets.size() > kMaxDirectories || (is_exif && offsets.size() != 1))
      return not_understood("its directories make no sense");
    if (is_exif) return directory(offsets[0], TiffDirectory::exif);
    if (field.count > 1) layout_.keep(order_.u32(field.value), *field.size());
    pending_.insert(pending_.end(), offsets.begin(), offsets.end());
    return true;
  }

  // Strips or tiles stay, if they are of a kind that is no raw file's.
  Expected<void> pixels(const std::vector<TiffField>& fields) {
    const auto find = [&](std::uint16_t wanted) -> const TiffField* {
      const auto at = std::find_if(fields.begin(), fields.end(), [&](const TiffField& f) { return f.tag == wanted; });
      return at == fields.end() ? nullptr : &*at;
    };
    if (find(tag::dng_version)) return not_understood("it is a raw file of a camera");
    if (const auto* field = find(tag::compression)) {
      KITH_TRY_ASSIGN(scheme, numbers(*field));
      if (std::find(std::begin(kCompressions), std::end(kCompressions), scheme[0]) == std::end(kCompressions))
        return not_understood("its pixels are stored in an unusual way");
    }
    if (const auto* field = find(tag::photometric)) {
      KITH_TRY_ASSIGN(meaning, numbers(*field));
      if (meaning[0] > kMostPhotometric) return not_understood("it is a raw file of a camera");
    }
    KITH_TRY(areas(find(tag::strip_offsets), find(tag::strip_byte_counts)));
    return areas(find(tag::tile_offsets), find(tag::tile_byte_counts));
  }

  Expected<void> areas(const TiffField* offsets_field, const TiffField* counts_field) {
    if (!offsets_field) return {};
    if (!counts_field) return not_understood("it does not say how long its parts are");
    KITH_TRY_ASSIGN(offsets, numbers(*offsets_field));
    KITH_TRY_ASSIGN(counts, numbers(*counts_field));
    if (offsets.size() != counts.size()) return not_understood("it does not say how long its parts are");
    for (std::size_t i = 0; i < offsets.size(); ++i) {
      if (!photo_.has(offsets[i], counts[i])) return not_understood("a part of it is missing");
      layout_.keep(offsets[i], counts[i]);
    }
    return {};
  }

  // The values of a field of whole numbers, at least one.
  Expected<std::vector<std::uint32_t>> numbers(const TiffField& field) {
    const std::size_t width = field.type == kShort ? 2 : 4;
    if ((field.type != kShort && field.type != kLong && field.type != kDirectoryOffset) || field.count == 0)
      return not_understood("a field of it makes no sense");
    const auto size = std::uint64_t{field.count} * width;
    core::Bytes values(field.value.begin(), field.value.end());
    if (size > values.size()) {
      KITH_TRY_ASSIGN(elsewhere, photo_.copy(order_.u32(field.value), size));
      values = std::move(elsewhere);
    }
    std::vector<std::uint32_t> out(field.count);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto at = core::ByteView(values).subspan(i * width);
      out[i] = width == 2 ? order_.u16(at) : order_.u32(at);
    }
    return out;
  }

  PhotoBytes& photo_;
  const StripMode mode_;
  TiffOrder order_;
  FixedLayout layout_;
  std::deque<std::uint64_t> pending_;  // directories of pictures
  std::set<std::uint64_t> seen_;
};

}  // namespace

Expected<StripPlan> plan_strip_tiff(PhotoBytes& photo, StripMode mode) {
  return TiffPlanner(photo, mode).plan();
}

}  // namespace kith::assets
