// HEIC, HEIF and AVIF still pictures (ISO/IEC 14496-12 boxes, ISO/IEC 23008-12), in place: offsets in the file stay
// right. Of the data only what items of pictures name is kept; Exif is written anew where it lies; all else becomes
// zero, boxes of unknown kinds become free space, and what lies behind the last box that is needed goes.

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "assets/limits.hpp"
#include "assets/photo_strip_boxes.hpp"
#include "assets/photo_strip_exif.hpp"
#include "assets/photo_strip_plan.hpp"

namespace kith::assets {
namespace {

using core::Expected;
using namespace std::string_view_literals;

constexpr std::string_view kPictures[] = {"hvc1", "hev1", "lhv1", "av01", "avc1", "vvc1", "evc1",
                                          "jpeg", "j2k1", "unci", "grid", "iovl", "iden", "tmap"};
constexpr std::string_view kMetadata[] = {"Exif", "mime", "uri "};
// Of the box `meta` and of its properties; what describes the picture in words is not among them.
constexpr std::string_view kMetaBoxes[] = {"hdlr", "pitm", "iinf", "iloc", "iref", "iprp", "idat", "grpl", "dinf"};
constexpr std::string_view kWordyProperties[] = {"udes", "altt", "uuid", "crtm", "mdft"};
constexpr std::size_t kMaxTopBoxes = 1024;

template <std::size_t N>
bool listed(const std::string_view (&types)[N], std::string_view type) {
  return std::find(std::begin(types), std::end(types), type) != std::end(types);
}

// An area of the file.
struct Area {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  bool has(std::uint64_t at, std::uint64_t bytes) const {
    return at >= offset && at - offset <= size && bytes <= size - (at - offset);
  }
};

class HeifPlanner {
 public:
  HeifPlanner(PhotoBytes& photo, StripMode mode) : photo_(photo), mode_(mode) {}

  Expected<StripPlan> plan() {
    KITH_TRY(top_boxes());
    if (meta_.empty()) return not_understood("it holds no still picture");
    KITH_TRY(read_meta());
    for (const auto& item : locations_) KITH_TRY(place(item));
    if (exif_) KITH_TRY(write_exif(*exif_));
    put_meta();
    return std::move(layout_).finish(end_, photo_.size());
  }

 private:
  Expected<void> top_boxes() {
    std::uint64_t at = 0;
    for (std::size_t i = 0; at < photo_.size(); ++i) {
      if (i == kMaxTopBoxes) return not_understood("it has too many parts");
      KITH_TRY_ASSIGN(box, top_box(at));
      KITH_TRY(add_top_box(box, at));
      at += box.size;
    }
    return {};
  }

  Expected<BoxHead> top_box(std::uint64_t at) {
    const auto left = photo_.size() - at;
    KITH_TRY_ASSIGN(head, photo_.view(at, static_cast<std::size_t>(std::min<std::uint64_t>(left, 16))));
    const auto box = read_box_head(head, left);
    if (!box) return not_understood("the file is cut off or damaged");
    return *box;
  }

  Expected<void> add_top_box(const BoxHead& box, std::uint64_t at) {
    if (box.type == "moov" || box.type == "moof") return not_understood("it holds a sequence of pictures");
    if (box.type == "ftyp" || box.type == "mdat" || box.type == "meta") end_ = at + box.size;
    if (box.type == "ftyp") {
      layout_.keep(at, box.size);
    } else if (box.type == "mdat") {
      layout_.keep(at, box.head);
      data_.push_back({at + box.head, box.size - box.head});
    } else if (box.type == "meta" && meta_.empty()) {
      KITH_TRY_ASSIGN(bytes, photo_.copy(at, box.size));
      meta_ = std::move(bytes);
      meta_at_ = at;
    } else if (box.type == "meta") {
      return not_understood("it holds more than one list of pictures");
    } else {
      KITH_TRY_ASSIGN(head, photo_.copy(at, box.head));
      std::copy_n("free", 4, head.begin() + 4);
      others_.push_back({at, std::move(head)});
    }
    return {};
  }

  // The box is kept in memory, and what has to go is overwritten there.
  Expected<void> read_meta() {
    KITH_TRY_ASSIGN(children, boxes_in(meta_, full_box_head(meta_), meta_.size()));
    std::set<std::string> seen;
    for (const auto& box : children) {
      if (listed(kMetaBoxes, box.type) && !seen.insert(box.type).second)
        return not_understood("it holds more than one list of pictures");
      const auto content = core::ByteView(meta_).subspan(box.content, box.end - box.content);
      if (!listed(kMetaBoxes, box.type)) {
        make_free(meta_, box);
      } else if (box.type == "hdlr") {
        if (content.size() < 12 || core::as_text(content.subspan(8, 4)) != "pict")
          return not_understood("it holds no still picture");
      } else if (box.type == "iinf") {
        KITH_TRY_ASSIGN(types, read_item_types(content));
        types_ = std::move(types);
      } else if (box.type == "iloc") {
        KITH_TRY_ASSIGN(locations, read_item_locations(content));
        locations_ = std::move(locations);
      } else if (box.type == "idat") {
        item_data_ = {meta_at_ + box.content, box.end - box.content};
      } else if (box.type == "iprp") {
        KITH_TRY(read_properties(box));
      }
    }
    if (!seen.contains("hdlr")) return not_understood("it holds no still picture");
    return {};
  }

  Expected<void> read_properties(const Box& properties) {
    KITH_TRY_ASSIGN(children, boxes_in(meta_, properties.content, properties.end));
    for (const auto& child : children) {
      if (child.type != "ipco") continue;
      KITH_TRY_ASSIGN(listed_properties, boxes_in(meta_, child.content, child.end));
      for (const auto& property : listed_properties)
        if (listed(kWordyProperties, property.type)) make_free(meta_, property);
    }
    return {};
  }

  // Where the extents of an item lie in the file; they have to lie where data lies.
  Expected<std::vector<Area>> areas_of(const ItemLocation& item) const {
    std::vector<Area> areas;
    for (const auto& extent : item.extents) {
      const auto base = item.in_item_data ? item_data_.offset : 0;
      const Area area{base + extent.offset, extent.size};
      const auto holds = [&](const Area& data) { return data.has(area.offset, area.size); };
      if (extent.size == 0 || extent.offset > photo_.size() ||
          !(item.in_item_data ? holds(item_data_) : std::any_of(data_.begin(), data_.end(), holds)))
        return not_understood("a part of it lies in an unusual place");
      areas.push_back(area);
    }
    return areas;
  }

  Expected<void> place(const ItemLocation& item) {
    const auto type = types_.find(item.id);
    if (type == types_.end() || (!listed(kPictures, type->second) && !listed(kMetadata, type->second)))
      return not_understood("a part of it is of an unknown kind");
    KITH_TRY_ASSIGN(areas, areas_of(item));
    if (listed(kPictures, type->second)) {
      for (const auto& area : areas) layout_.keep(area.offset, area.size);
    } else if (type->second == "Exif" && !exif_) {
      exif_ = std::move(areas);
    }
    return {};
  }

  // ISO/IEC 23008-12, annex A.2.1: where the TIFF header begins, counted from behind this number, then the block.
  Expected<void> write_exif(const std::vector<Area>& areas) {
    core::Bytes old;
    for (const auto& area : areas) {
      KITH_TRY_ASSIGN(bytes, photo_.copy(area.offset, area.size));
      old.insert(old.end(), bytes.begin(), bytes.end());
      if (old.size() > kMaxMetadataBlock) return not_understood("a block of its metadata is too large");
    }
    core::Bytes left;
    if (old.size() >= 4 && big32(old) <= old.size() - 4)
      left = remaining_exif(core::ByteView(old).subspan(4 + big32(old)), mode_);
    KITH_TRY_ASSIGN(anew, exif_item(left, old.size()));
    std::size_t done = 0;
    for (const auto& area : areas) {
      const auto part = core::ByteView(anew).subspan(done, static_cast<std::size_t>(area.size));
      layout_.put(area.offset, core::to_bytes(part));
      done += part.size();
    }
    return {};
  }

  // With JPEG's label in front where there is room, as most readers expect; filled up with zeros.
  static Expected<core::Bytes> exif_item(core::ByteView exif, std::size_t size) {
    constexpr auto kEmpty = "MM\0*\0\0\0\x08\0\0\0\0\0\0"sv, kLabel = "\0\0\0\6Exif\0\0"sv, kNoLabel = "\0\0\0\0"sv;
    const bool is_empty = exif.empty();
    if (is_empty) exif = core::as_bytes(kEmpty);
    core::Bytes item = core::to_bytes(core::as_bytes(exif.size() + kLabel.size() <= size ? kLabel : kNoLabel));
    item.insert(item.end(), exif.begin(), exif.end());
    if (item.size() > size && !is_empty) return not_understood("its metadata is built in an unusual way");
    if (item.size() > size) item.clear();
    item.resize(size);
    return item;
  }

  // Around the data in it, which is kept by item like that of the file.
  void put_meta() {
    const auto begin = item_data_.size == 0 ? meta_.size() : static_cast<std::size_t>(item_data_.offset - meta_at_);
    const auto end = begin + static_cast<std::size_t>(item_data_.size);
    const core::ByteView all(meta_);
    layout_.put(meta_at_, core::to_bytes(all.first(begin)));
    layout_.put(meta_at_ + end, core::to_bytes(all.subspan(end)));
    for (auto& [at, head] : others_)
      if (at < end_) layout_.put(at, std::move(head));
  }

  PhotoBytes& photo_;
  const StripMode mode_;
  FixedLayout layout_;
  std::uint64_t end_ = 0;   // of the last box that is needed
  std::vector<Area> data_;  // what mdat boxes hold
  core::Bytes meta_;        // that box
  std::uint64_t meta_at_ = 0;
  Area item_data_;                                             // what idat holds
  std::vector<std::pair<std::uint64_t, core::Bytes>> others_;  // heads of boxes that become free space
  std::map<std::uint32_t, std::string> types_;
  std::vector<ItemLocation> locations_;
  std::optional<std::vector<Area>> exif_;
};

}  // namespace

Expected<StripPlan> plan_strip_heif(PhotoBytes& photo, StripMode mode) {
  return HeifPlanner(photo, mode).plan();
}

}  // namespace kith::assets
