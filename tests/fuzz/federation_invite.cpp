// Invite links: what is taken is what would be built again.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "federation/invite_link.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kith::federation;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto link = parse_invite_link(text);
  if (!link) return 0;
  const auto built = build_invite_link("https://b.example", *link);
  const auto fragment = built.substr(built.find('#') + 1);
  if (text.substr(text.find('#') + 1) != fragment) std::abort();
  return 0;
}
