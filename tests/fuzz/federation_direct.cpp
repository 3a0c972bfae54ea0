// Direct requests: what is not exactly what was sent has another MAC. Input: the fields, divided by zero bytes.
#include <cstdlib>

#include "federation/session/content_range.hpp"
#include "federation/session/direct_mac.hpp"
#include "federation/session/sealed_request.hpp"

using namespace kith;
using namespace kith::federation;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = core::as_text({data, size});
  std::array<std::string_view, 5> parts;
  for (auto& part : parts) {
    part = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  }
  const SessionMacKey key;
  const DirectRequestFields fields{parts[0], parts[1], parts[2], parts[3], parts[4]};
  const auto mac = direct_request_mac(key, {}, 1, fields);
  // The same bytes, shared out over the fields another way.
  const std::string joined = std::string(parts[0]) + std::string(parts[1]);
  const DirectRequestFields moved{joined, "", parts[2], parts[3], parts[4]};
  if (!parts[1].empty() && core::mac_equal(mac, direct_request_mac(key, {}, 1, moved))) std::abort();
  if (const auto number = parse_decimal(parts[2])) {
    if (std::to_string(*number) != parts[2]) std::abort();
  }
  if (check_inner_target(parts[1]) && parts[1].find("/../") < parts[1].find('?')) std::abort();
  return 0;
}
