// What a server answers: JSON, assets in it, and texts on their way to a terminal. The first line is a pattern.

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "client/api.hpp"
#include "client/output.hpp"
#include "client/remote_files.hpp"
#include "client/safe_name.hpp"

using namespace kith;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_printable(std::string_view text) {
  return text.find_first_of(std::string_view("\x1b\r\0\x07", 4)) == text.npos;
}

void look_at(const core::Json& item) {
  const auto file = client::remote_file(item);
  if (!file) return;
  require(file->size <= INT64_MAX && file->etag.find_first_of("\r\n ") == std::string::npos);
  require(client::safe_name(file->name).find('/') == std::string::npos);
  require(client::fits_pattern("*", file->name) && client::fits_pattern(file->name, file->name));
  client::Table table({"NAME", "ID"});
  table.add({client::printable(file->name), client::printable(file->id)});
  require(is_printable(table.text(true)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = core::as_text({data, size});
  const auto pattern = text.substr(0, text.find('\n'));
  const auto rest = text.substr(std::min(text.size(), pattern.size() + 1));
  (void)client::fits_pattern(pattern, rest.substr(0, 4096));
  require(is_printable(client::time_text(pattern)));
  const auto page = client::parse_answer(rest);
  if (!page) return 0;
  const auto items = page->find("items");
  if (items == page->end() || !items->is_array()) return 0;
  for (const auto& item : *items) look_at(item);
  return 0;
}
