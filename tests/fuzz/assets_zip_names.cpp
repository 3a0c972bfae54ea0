// Names of files as strangers give them, one a line, on their way into one archive: whatever they are, an unpacker can
// write each of them, beside the others and nowhere else.

#include <cstdlib>
#include <set>

#include "assets/file_name.hpp"
#include "assets/zip_names.hpp"
#include "core/encoding.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kith;
  assets::ZipNames names;
  std::set<std::string> given;
  for (auto rest = core::as_text({data, size}); !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const auto safe = assets::safe_zip_name(line);
    if (assets::safe_zip_name(safe) != safe) std::abort();  // what is safe stays as it is
    const auto name = names.next(line);
    if (!assets::check_file_name(name) || name.find_first_of(":*?\"<>|") != name.npos) std::abort();
    if (name.ends_with('.') || name.ends_with(' ')) std::abort();
    if (!given.insert(assets::fold_case(name)).second) std::abort();
  }
  return 0;
}
