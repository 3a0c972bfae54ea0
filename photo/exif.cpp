#include "photo/exif.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "core/encoding.hpp"
#include "core/wall_time.hpp"
#include "photo/limits.hpp"

namespace kith::photo {
namespace {

// Tags: TIFF 6.0, section 8, and Exif 2.32, section 4.6.
enum Tag : std::uint16_t {
  kMake = 0x010F,
  kModel = 0x0110,
  kDateTime = 0x0132,
  kExifDirectory = 0x8769,
  kGpsDirectory = 0x8825,
  kDateTimeOriginal = 0x9003,
  kDateTimeDigitized = 0x9004,
  kOffsetTime = 0x9010,
  kOffsetTimeOriginal = 0x9011,
  kOffsetTimeDigitized = 0x9012,
  kGpsLatitude = 0x0002,
  kGpsLongitude = 0x0004,
};
constexpr std::uint16_t kAscii = 2;
constexpr std::size_t kEntryBytes = 12;

struct Entry {
  std::uint16_t tag = 0, type = 0;
  std::uint32_t count = 0;
  std::size_t value_at = 0;  // of the four bytes that hold the value or say where it is
};

class Tiff {
 public:
  // Nothing unless `bytes` begins with a TIFF header.
  static std::optional<Tiff> open(core::ByteView bytes) {
    const auto text = core::as_text(bytes.first(std::min<std::size_t>(bytes.size(), 4)));
    if (text == std::string_view("II*\0", 4)) return Tiff(bytes, false);
    if (text == std::string_view("MM\0*", 4)) return Tiff(bytes, true);
    return std::nullopt;
  }

  // Where the first directory lies.
  std::size_t first_directory() const { return long_at(4).value_or(0); }

  // Calls `each` for the entries of the directory at `at`, as many as there are bytes for.
  template <class Each>
  void for_each(std::size_t at, const Each& each) const {
    const auto count = at == 0 ? std::nullopt : short_at(at);
    for (int i = 0; i < std::min<int>(count.value_or(0), kMaxExifEntries); ++i) {
      const auto from = at + 2 + static_cast<std::size_t>(i) * kEntryBytes;
      const auto tag = short_at(from), type = short_at(from + 2);
      const auto number = long_at(from + 4);
      if (!tag || !type || !number || !long_at(from + 8)) return;
      each(Entry{*tag, *type, *number, from + 8});
    }
  }

  // The text of an ASCII entry, without what stands behind the first NUL.
  std::string text_of(const Entry& entry) const {
    if (entry.type != kAscii || entry.count > 1024) return {};
    const std::size_t at = entry.count <= 4 ? entry.value_at : long_at(entry.value_at).value_or(0);
    if (at > bytes_.size() || entry.count > bytes_.size() - at) return {};
    const auto text = core::as_text(bytes_.subspan(at, entry.count));
    return std::string(text.substr(0, text.find('\0')));
  }
  std::size_t directory_of(const Entry& entry) const { return long_at(entry.value_at).value_or(0); }

 private:
  Tiff(core::ByteView bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  std::optional<std::uint32_t> number_at(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes_[big_endian_ ? at + i : at + size - 1 - i];
    return value;
  }
  std::optional<std::uint16_t> short_at(std::size_t at) const {
    const auto value = number_at(at, 2);
    return value ? std::optional(static_cast<std::uint16_t>(*value)) : std::nullopt;
  }
  std::optional<std::uint32_t> long_at(std::size_t at) const { return number_at(at, 4); }

  const core::ByteView bytes_;
  const bool big_endian_;
};

// A time as Exif writes it, "2024:07:01 12:00:00", with its offset if that is one; empty for any other text.
std::string wall_time(std::string_view exif, std::string_view offset) {
  if (exif.size() < 19 || exif[4] != ':' || exif[7] != ':' || exif[10] != ' ') return {};
  std::string text(exif.substr(0, 19));
  text[4] = text[7] = '-';
  text[10] = 'T';
  if (!core::parse_wall_time(text)) return {};
  if (offset == "Z") offset = "+00:00";
  std::string whole = text + std::string(offset.substr(0, 6));
  return core::parse_wall_time(whole) ? whole : text;
}

struct Times {
  std::string original, digitized, changed;
  std::string original_offset, digitized_offset, changed_offset;

  std::string best() const {
    if (auto time = wall_time(original, original_offset); !time.empty()) return time;
    if (auto time = wall_time(digitized, digitized_offset); !time.empty()) return time;
    return wall_time(changed, changed_offset);
  }
};

void read_exif_directory(const Tiff& tiff, std::size_t at, Times& times) {
  tiff.for_each(at, [&](const Entry& entry) {
    switch (entry.tag) {
      case kDateTimeOriginal:
        times.original = tiff.text_of(entry);
        break;
      case kDateTimeDigitized:
        times.digitized = tiff.text_of(entry);
        break;
      case kOffsetTime:
        times.changed_offset = tiff.text_of(entry);
        break;
      case kOffsetTimeOriginal:
        times.original_offset = tiff.text_of(entry);
        break;
      case kOffsetTimeDigitized:
        times.digitized_offset = tiff.text_of(entry);
        break;
      default:
        break;
    }
  });
}

bool tells_location(const Tiff& tiff, std::size_t at) {
  bool latitude = false, longitude = false;
  tiff.for_each(at, [&](const Entry& entry) {
    latitude |= entry.tag == kGpsLatitude && entry.count > 0;
    longitude |= entry.tag == kGpsLongitude && entry.count > 0;
  });
  return latitude && longitude;
}

std::string tidied(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_space = byte <= 0x20 || byte == 0x7f;
    if (!is_space) out += c;
    if (is_space && !out.empty() && out.back() != ' ') out += ' ';
  }
  while (out.ends_with(' ')) out.pop_back();
  return core::is_valid_utf8(out) ? out : std::string();
}

}  // namespace

std::string camera_name(std::string_view make_text, std::string_view model_text) {
  const auto make = tidied(make_text), model = tidied(model_text);
  // "NIKON CORPORATION" makes the "NIKON D70": the maker's first word decides.
  const auto maker = core::to_lower_ascii(make.substr(0, make.find(' ')));
  const bool says_maker = model.empty() ? false : core::to_lower_ascii(model).starts_with(maker);
  auto name = make.empty() || says_maker ? model : model.empty() ? make : make + " " + model;
  if (name.size() > kMaxCameraBytes) {
    name.resize(kMaxCameraBytes);
    while (!name.empty() && !core::is_valid_utf8(name)) name.pop_back();
  }
  return name;
}

ExifFacts read_exif(core::ByteView exif) {
  constexpr std::string_view kMark("Exif\0\0", 6);
  if (core::as_text(exif).starts_with(kMark)) exif = exif.subspan(kMark.size());
  const auto tiff = Tiff::open(exif);
  if (!tiff) return {};
  ExifFacts facts;
  Times times;
  std::string make, model;
  tiff->for_each(tiff->first_directory(), [&](const Entry& entry) {
    if (entry.tag == kMake) make = tiff->text_of(entry);
    if (entry.tag == kModel) model = tiff->text_of(entry);
    if (entry.tag == kDateTime) times.changed = tiff->text_of(entry);
    if (entry.tag == kExifDirectory) read_exif_directory(*tiff, tiff->directory_of(entry), times);
    if (entry.tag == kGpsDirectory) facts.has_location |= tells_location(*tiff, tiff->directory_of(entry));
  });
  facts.captured_at = times.best();
  facts.camera = camera_name(make, model);
  return facts;
}

}  // namespace kith::photo
