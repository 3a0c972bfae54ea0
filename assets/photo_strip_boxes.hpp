#pragma once
// Boxes of ISO base media files, as far as still pictures need them: ISO/IEC 14496-12, sections 4.2 (boxes), 8.11.3
// (iloc) and 8.11.6 (iinf). Pure functions.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/error.hpp"

namespace kith::assets {

struct BoxHead {
  std::string type;
  std::uint64_t head = 8;  // its own bytes
  std::uint64_t size = 0;  // of the whole box
};
// Nothing unless a box begins in `bytes` that ends within the next `left` bytes.
std::optional<BoxHead> read_box_head(core::ByteView bytes, std::uint64_t left);

// A box in memory, by indices.
struct Box {
  std::string type;
  std::size_t begin = 0, content = 0, end = 0;
};
// The boxes that fill the range; not_understood when they don't.
core::Expected<std::vector<Box>> boxes_in(core::ByteView bytes, std::size_t begin, std::size_t end);
// Where the children of a box with version and flags begin that begins at 0.
std::size_t full_box_head(core::ByteView box);
// Makes free space of the box, all zero.
void make_free(core::Bytes& bytes, const Box& box);

// Item types by item id, of the content of `iinf`.
core::Expected<std::map<std::uint32_t, std::string>> read_item_types(core::ByteView iinf);

struct ItemExtent {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};
struct ItemLocation {
  std::uint32_t id = 0;
  bool in_item_data = false;  // offsets count from the content of `idat`, else from the beginning of the file
  std::vector<ItemExtent> extents;
};
// Of the content of `iloc`.
core::Expected<std::vector<ItemLocation>> read_item_locations(core::ByteView iloc);

}  // namespace kith::assets
