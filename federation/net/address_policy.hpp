#pragma once
// Which IP addresses other instances may be reached at. Judged on the resolved address at the moment of connecting, so
// a name that resolves differently the second time gains nothing. Pure and thread-safe.
//
// Public addresses always; this machine and its networks only if the configuration says so; addresses that are no host
// (multicast, unspecified, broadcast, documentation, benchmarking, reserved) never. IPv6 forms that carry an IPv4
// address (mapped, compatible, NAT64, 6to4, Teredo) count as the address they carry.
// From the IANA special-purpose address registries (RFC 6890 and its updates).

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kith::federation {

enum class AddressKind : std::uint8_t {
  public_,
  private_,  // loopback, RFC 1918, link-local, unique local, shared (CGNAT)
  never,
};

AddressKind classify_ipv4(const std::array<std::uint8_t, 4>& address);
AddressKind classify_ipv6(const std::array<std::uint8_t, 16>& address);
// never for families other than IPv4 and IPv6 and for lengths that don't fit the family.
AddressKind classify_address(const sockaddr* address, socklen_t length);
// Of a numeric address, IPv6 without brackets; nothing if it is none.
std::optional<AddressKind> classify_address(std::string_view numeric);

struct AddressPolicy {
  bool allow_private = false;  // federation.allow_private_addresses
  bool permits(AddressKind kind) const {
    return kind == AddressKind::public_ || (kind == AddressKind::private_ && allow_private);
  }
};

}  // namespace kith::federation
