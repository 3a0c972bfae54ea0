#include "assets/photo_strip_boxes.hpp"

#include <algorithm>

#include "assets/limits.hpp"
#include "assets/photo_strip_plan.hpp"

namespace kith::assets {
namespace {

using core::Expected;

constexpr std::size_t kMaxBoxes = 65536;
constexpr auto kDamaged = "the file is damaged";

// Numbers one behind the other; after one that was not there any more, `failed` says so and zeros follow.
class Numbers {
 public:
  explicit Numbers(core::ByteView bytes) : bytes_(bytes) {}
  std::uint64_t next(std::size_t width) {
    if (width > bytes_.size()) {
      failed_ = true;
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) value = value << 8 | bytes_[i];
    bytes_ = bytes_.subspan(width);
    return value;
  }
  bool failed() const { return failed_; }

 private:
  core::ByteView bytes_;
  bool failed_ = false;
};

// ISO/IEC 14496-12, section 8.11.6: only entries of version 2 and 3 say what type they are of.
Expected<std::pair<std::uint32_t, std::string>> read_item_entry(core::ByteView infe) {
  Numbers numbers(infe);
  const auto version = numbers.next(1);
  numbers.next(3);
  if (version != 2 && version != 3) return not_understood("its list of parts is of an unknown kind");
  const auto id = static_cast<std::uint32_t>(numbers.next(version == 2 ? 2 : 4));
  const auto protection = numbers.next(2);
  std::string type(4, '\0');
  for (auto& letter : type) letter = static_cast<char>(numbers.next(1));
  if (numbers.failed()) return not_understood(kDamaged);
  if (protection != 0) return not_understood("it is protected");
  return std::pair(id, std::move(type));
}

struct LocationForm {
  std::uint64_t version;
  std::size_t offset_size, length_size, base_size, index_size;
};

bool is_width(std::size_t size) {
  return size == 0 || size == 4 || size == 8;
}

Expected<ItemLocation> read_item_location(Numbers& numbers, const LocationForm& form) {
  ItemLocation item;
  item.id = static_cast<std::uint32_t>(numbers.next(form.version < 2 ? 2 : 4));
  const auto method = form.version == 0 ? 0 : numbers.next(2) & 15;
  const auto data_reference = numbers.next(2);
  if (method > 1 || data_reference != 0) return not_understood("a part of it lies in an unusual place");
  item.in_item_data = method == 1;
  const auto base = numbers.next(form.base_size);
  const auto count = numbers.next(2);
  for (std::uint64_t i = 0; i < count && !numbers.failed(); ++i) {
    if (form.version > 0) numbers.next(form.index_size);
    const auto offset = numbers.next(form.offset_size);
    const auto size = numbers.next(form.length_size);
    if (base > kMaxStrippedPhoto || offset > kMaxStrippedPhoto) return not_understood(kDamaged);
    item.extents.push_back({base + offset, size});
  }
  if (numbers.failed()) return not_understood(kDamaged);
  return item;
}

}  // namespace

std::optional<BoxHead> read_box_head(core::ByteView bytes, std::uint64_t left) {
  if (bytes.size() < 8) return std::nullopt;
  BoxHead box{std::string(core::as_text(bytes.subspan(4, 4))), 8, big32(bytes)};
  if (box.size == 0) box.size = left;
  if (box.size == 1) {
    if (bytes.size() < 16) return std::nullopt;
    box.head = 16;
    box.size = std::uint64_t{big32(bytes.subspan(8))} << 32 | big32(bytes.subspan(12));
  }
  if (box.size < box.head || box.size > left) return std::nullopt;
  return box;
}

Expected<std::vector<Box>> boxes_in(core::ByteView bytes, std::size_t begin, std::size_t end) {
  std::vector<Box> boxes;
  while (begin < end) {
    const auto head =
        end <= bytes.size() ? read_box_head(bytes.subspan(begin, end - begin), end - begin) : std::nullopt;
    if (!head || boxes.size() == kMaxBoxes) return not_understood(kDamaged);
    boxes.push_back({head->type, begin, begin + static_cast<std::size_t>(head->head),
                     begin + static_cast<std::size_t>(head->size)});
    begin = boxes.back().end;
  }
  if (begin > end) return not_understood(kDamaged);
  return boxes;
}

std::size_t full_box_head(core::ByteView box) {
  return (big32(box) == 1 ? 16 : 8) + 4;
}

void make_free(core::Bytes& bytes, const Box& box) {
  const auto at = [&](std::size_t index) { return bytes.begin() + static_cast<std::ptrdiff_t>(index); };
  std::copy_n("free", 4, at(box.begin + 4));
  std::fill(at(box.content), at(box.end), std::uint8_t{0});
}

Expected<std::map<std::uint32_t, std::string>> read_item_types(core::ByteView iinf) {
  Numbers numbers(iinf);
  const auto version = numbers.next(1);
  const std::size_t head = version == 0 ? 6 : 8;
  if (iinf.size() < head) return not_understood(kDamaged);
  KITH_TRY_ASSIGN(entries, boxes_in(iinf, head, iinf.size()));
  std::map<std::uint32_t, std::string> types;
  for (const auto& entry : entries) {
    if (entry.type != "infe") return not_understood("its list of parts is of an unknown kind");
    KITH_TRY_ASSIGN(item, read_item_entry(iinf.subspan(entry.content, entry.end - entry.content)));
    if (!types.insert(std::move(item)).second) return not_understood("its list of parts makes no sense");
  }
  return types;
}

Expected<std::vector<ItemLocation>> read_item_locations(core::ByteView iloc) {
  Numbers numbers(iloc);
  LocationForm form{};
  form.version = numbers.next(1);
  numbers.next(3);
  const auto sizes = numbers.next(2);
  form.offset_size = sizes >> 12 & 15;
  form.length_size = sizes >> 8 & 15;
  form.base_size = sizes >> 4 & 15;
  form.index_size = form.version == 0 ? 0 : sizes & 15;
  if (form.version > 2 || !is_width(form.offset_size) || !is_width(form.length_size) || !is_width(form.base_size) ||
      !is_width(form.index_size))
    return not_understood("its list of parts is of an unknown kind");
  const auto count = numbers.next(form.version < 2 ? 2 : 4);
  std::vector<ItemLocation> items;
  for (std::uint64_t i = 0; i < count; ++i) {
    KITH_TRY_ASSIGN(item, read_item_location(numbers, form));
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace kith::assets
