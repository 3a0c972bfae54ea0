// Addresses, domains and fingerprints: what is taken is exactly what is written again.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "federation/address.hpp"
#include "federation/fingerprint.hpp"
#include "federation/protocol_constants.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kith::federation;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto address = Address::parse(text)) {
    if (address->text() != text || size > kMaxAddressBytes) std::abort();
    if (!Domain::parse(address->domain().text())) std::abort();
  }
  if (const auto domain = Domain::parse(text)) {
    if (domain->text() != text || domain->host().empty() || domain->port() == 443) std::abort();
  }
  if (const auto print = Fingerprint::parse(text)) {
    if (Fingerprint::parse(print->grouped()) != print) std::abort();
  }
  return 0;
}
