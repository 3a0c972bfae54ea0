#pragma once
// Paged lists: newest first, at most 500 items, and an opaque cursor to go on behind the last one. What is added while
// somebody pages comes before the first page, so nothing is skipped or shown twice.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assets/limits.hpp"
#include "core/error.hpp"

namespace kith::assets {

struct PageRequest {
  std::string cursor;            // `next` of the page before; empty for the first
  int limit = kDefaultPageSize;  // 1 to 500
};

template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next;  // nothing when this is the last page
};

// Cursors carry the list they belong to, so that one of another list is refused.
enum class CursorList : char { assets = 'a', deleted_assets = 'd', shares = 's', albums = 'l', exchanges = 'x' };

// base64url of the list's letter and the ULID of the last item shown.
std::string make_cursor(CursorList list, std::string_view last_id);
// The ULID to go on behind; for an empty cursor a text greater than every ULID. bad_request for anything that
// make_cursor did not make for this list, or a limit out of range.
[[nodiscard]] core::Expected<std::string> start_of_page(CursorList list, const PageRequest& request);

}  // namespace kith::assets
