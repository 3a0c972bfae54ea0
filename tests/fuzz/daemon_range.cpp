// Range and the fields around it from a stranger: a range that is granted lies inside the representation.

#include <cstdlib>
#include <string>

#include "daemon/http/conditional.hpp"
#include "daemon/http/http_date.hpp"

using namespace kith::daemon;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 8) return 0;
  std::uint64_t length = 0;
  for (int i = 0; i < 8; ++i) length = length << 8 | data[i];
  const std::string_view text(reinterpret_cast<const char*>(data) + 8, size - 8);
  for (const std::uint64_t total : {length, length & 0xFFFF, std::uint64_t{0}}) {
    const auto decision = decide_range(text, total);
    if (decision.kind != RangeDecision::Kind::partial) continue;
    const auto& range = decision.range;
    if (range.length == 0 || range.offset >= total || range.length > total - range.offset) std::abort();
  }
  if (const auto date = parse_http_date(text); date && format_http_date(*date) != text) std::abort();
  (void)etag_listed_strong(text, "\"tag\"");
  (void)etag_listed_weak(text, "\"tag\"");
  return 0;
}
