#include "assets/photo_strip_exif.hpp"

#include <algorithm>

#include "assets/limits.hpp"
#include "assets/photo_strip_fields.hpp"

namespace kith::assets {
namespace {

// A field with its value, and where it is a pointer to a directory, that directory.
struct Kept {
  TiffField field;
  core::ByteView value;
  std::vector<Kept> directory;
};

class ExifReader {
 public:
  ExifReader(core::ByteView exif, TiffOrder order, StripMode mode) : exif_(exif), order_(order), mode_(mode) {}

  // What stays of the directory at `offset`, in the order of tags, each once; empty if it is not all there.
  std::vector<Kept> read(std::uint64_t offset, TiffDirectory kind) const {
    if (offset < kTiffHeader || offset > exif_.size() || exif_.size() - offset < 2) return {};
    const auto at = exif_.subspan(static_cast<std::size_t>(offset));
    const std::size_t count = order_.u16(at);
    if (count > kMaxExifFields || (at.size() - 2) / kTiffFieldBytes < count) return {};
    std::vector<Kept> kept;
    for (const auto& field : tiff_fields(at.subspan(2, count * kTiffFieldBytes), order_)) {
      const auto child = child_of(kind, field.tag);
      if (child && mode_ == StripMode::location) {
        auto directory = read(order_.u32(field.value), *child);
        if (!directory.empty()) kept.push_back({{field.tag, 4, 1, {}}, {}, std::move(directory)});
      } else if (stays(kind, field.tag, mode_)) {
        if (const auto value = value_of(field); value && is_sane(field)) kept.push_back({field, *value, {}});
      }
    }
    std::stable_sort(kept.begin(), kept.end(), [](const Kept& a, const Kept& b) { return a.field.tag < b.field.tag; });
    kept.erase(
        std::unique(kept.begin(), kept.end(), [](const Kept& a, const Kept& b) { return a.field.tag == b.field.tag; }),
        kept.end());
    return kept;
  }

 private:
  static std::optional<TiffDirectory> child_of(TiffDirectory kind, std::uint16_t tag) {
    if (kind == TiffDirectory::picture && tag == tag::exif_ifd) return TiffDirectory::exif;
    if (kind == TiffDirectory::exif && tag == tag::interoperability_ifd) return TiffDirectory::interoperability;
    return std::nullopt;
  }

  // An inline value is taken out of the block, not of the field, so that it outlives it.
  std::optional<core::ByteView> value_of(const TiffField& field) const {
    const auto size = field.size();
    if (!size || *size == 0) return std::nullopt;
    if (*size <= 4) return core::ByteView();
    const std::uint64_t offset = order_.u32(field.value);
    if (offset > exif_.size() || *size > exif_.size() - offset) return std::nullopt;
    return exif_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(*size));
  }

  // The upright orientation needs no saying, others than 2 to 8 mean nothing.
  bool is_sane(const TiffField& field) const {
    if (field.tag != tag::orientation) return true;
    if (field.type != 3 || field.count != 1) return false;
    const auto value = order_.u16(field.value);
    return value >= (mode_ == StripMode::all ? 2 : 1) && value <= 8;
  }

  core::ByteView exif_;
  TiffOrder order_;
  StripMode mode_;
};

class ExifWriter {
 public:
  ExifWriter(TiffOrder order, std::size_t most) : order_(order), most_(most) {
    out_ = core::to_bytes(core::as_bytes(order.big ? "MM" : "II"));
    order_.put16(out_, 42);
    order_.put32(out_, kTiffHeader);
  }

  // The directory, its long values, then the directories below it.
  void write(const std::vector<Kept>& kept) {
    order_.put16(out_, static_cast<std::uint32_t>(kept.size()));
    const auto first = out_.size();
    core::Bytes values;
    const auto values_at = first + kept.size() * kTiffFieldBytes + 4;
    for (const auto& each : kept) write_field(each, values_at, values);
    order_.put32(out_, 0);  // no directory behind it
    out_.insert(out_.end(), values.begin(), values.end());
    for (std::size_t i = 0; i < kept.size() && !too_long_; ++i) {
      if (kept[i].directory.empty()) continue;
      core::Bytes offset;
      order_.put32(offset, out_.size());
      std::copy(offset.begin(), offset.end(),
                out_.begin() + static_cast<std::ptrdiff_t>(first + i * kTiffFieldBytes + 8));
      write(kept[i].directory);
    }
    too_long_ = too_long_ || out_.size() > most_;
  }

  // Empty when values that overlapped would have come to more than there was.
  core::Bytes take() { return too_long_ ? core::Bytes() : std::move(out_); }

 private:
  void write_field(const Kept& each, std::size_t values_at, core::Bytes& values) {
    order_.put16(out_, each.field.tag);
    order_.put16(out_, each.field.type);
    order_.put32(out_, each.field.count);
    if (each.value.empty()) {
      auto value = each.field.value;
      std::fill(value.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(4, each.field.size().value_or(4))),
                value.end(), std::uint8_t{0});
      out_.insert(out_.end(), value.begin(), value.end());
      return;
    }
    order_.put32(out_, values_at + values.size());
    if (values.size() + each.value.size() > most_) {
      too_long_ = true;
      return;
    }
    values.insert(values.end(), each.value.begin(), each.value.end());
    if (values.size() % 2 != 0) values.push_back(0);  // values begin at even places
  }

  TiffOrder order_;
  std::size_t most_;
  core::Bytes out_;
  bool too_long_ = false;
};

}  // namespace

core::Bytes remaining_exif(core::ByteView exif, StripMode mode) {
  if (exif.size() < kTiffHeader) return {};
  const auto start = tiff_start(exif);
  if (!start) return {};
  const auto kept = ExifReader(exif, start->order, mode).read(start->first_directory, TiffDirectory::picture);
  if (kept.empty()) return {};
  ExifWriter writer(start->order, exif.size() + kExifPadding);
  writer.write(kept);
  return writer.take();
}

core::ByteView without_exif_label(core::ByteView exif) {
  constexpr std::string_view kLabel("Exif\0\0", 6);
  return core::as_text(exif).starts_with(kLabel) ? exif.subspan(kLabel.size()) : exif;
}

}  // namespace kith::assets
