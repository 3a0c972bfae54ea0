// What strangers name and send: a file name up to the first line feed, content behind it.

#include <cstdlib>

#include "assets/file_name.hpp"
#include "assets/media_type.hpp"
#include "assets/page.hpp"
#include "core/encoding.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kith;
  const auto input = core::as_text({data, size});
  const auto end = input.find('\n');
  const auto name = input.substr(0, end);
  const auto content = end == input.npos ? std::string_view() : input.substr(end + 1);

  if (assets::check_file_name(name)) {
    if (name.empty() || name.size() > 255 || name.find_first_of(std::string_view("/\\\0\r", 4)) != name.npos)
      std::abort();
    const auto folded = assets::fold_case(name);
    if (!core::is_valid_utf8(folded) || assets::fold_case(folded) != folded) std::abort();
  }
  const auto type = assets::media_type_of(core::as_bytes(content), name);
  if (type.empty() || type.find("html") != type.npos || type == "image/svg+xml") std::abort();
  (void)assets::kind_of(type);
  if (const auto start = assets::start_of_page(assets::CursorList::assets, {std::string(name), 50});
      start && !name.empty())
    if (assets::make_cursor(assets::CursorList::assets, *start) != name) std::abort();
  return 0;
}
