#include "federation/net/address_policy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string>

namespace kith::federation {
namespace {

using Ipv4 = std::array<std::uint8_t, 4>;
using Ipv6 = std::array<std::uint8_t, 16>;

struct Block {
  std::array<std::uint8_t, 16> prefix;
  int bits;
  AddressKind kind;
};

bool begins_with(std::span<const std::uint8_t> address, const Block& block) {
  const auto whole = static_cast<std::size_t>(block.bits) / 8;
  if (!std::equal(block.prefix.begin(), block.prefix.begin() + static_cast<std::ptrdiff_t>(whole), address.begin())) {
    return false;
  }
  const int rest = block.bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
  return (address[whole] & mask) == (block.prefix[whole] & mask);
}

// The first block that holds the address decides.
constexpr Block kIpv4Blocks[] = {
    {{0}, 8, AddressKind::never},              // "this network"
    {{10}, 8, AddressKind::private_},          // RFC 1918
    {{100, 64}, 10, AddressKind::private_},    // shared, RFC 6598
    {{127}, 8, AddressKind::private_},         // loopback
    {{169, 254}, 16, AddressKind::private_},   // link-local
    {{172, 16}, 12, AddressKind::private_},    // RFC 1918
    {{192, 0, 0}, 24, AddressKind::never},     // protocol assignments
    {{192, 0, 2}, 24, AddressKind::never},     // documentation
    {{192, 88, 99}, 24, AddressKind::never},   // old 6to4 relays
    {{192, 168}, 16, AddressKind::private_},   // RFC 1918
    {{198, 18}, 15, AddressKind::never},       // benchmarking
    {{198, 51, 100}, 24, AddressKind::never},  // documentation
    {{203, 0, 113}, 24, AddressKind::never},   // documentation
    {{224}, 4, AddressKind::never},            // multicast
    {{240}, 4, AddressKind::never},            // reserved, broadcast
};

constexpr Block kIpv6Blocks[] = {
    {{0xfc}, 7, AddressKind::private_},                  // unique local
    {{0xfe, 0x80}, 10, AddressKind::private_},           // link-local
    {{0x20, 0x01, 0x0d, 0xb8}, 32, AddressKind::never},  // documentation
    {{0x20, 0x01}, 23, AddressKind::never},              // protocol assignments: benchmarking, ORCHID, …
    {{0x3f, 0xff}, 20, AddressKind::never},              // documentation, RFC 9637
    {{0x20}, 3, AddressKind::public_},                   // global unicast: all that is handed out
};

// Where an IPv6 address carries an IPv4 one: prefix, and the byte the IPv4 address begins at.
struct Carrier {
  Block block;
  std::size_t offset;
  std::uint8_t flipped;  // Teredo writes the address inverted
};
constexpr Carrier kCarriers[] = {
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, {}}, 12, 0},  // mapped, RFC 4291
    {{{0}, 96, {}}, 12, 0},                                         // compatible, RFC 4291
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, {}}, 12, 0},        // translated, RFC 2765
    {{{0x00, 0x64, 0xff, 0x9b}, 96, {}}, 12, 0},                    // NAT64, RFC 6052
    {{{0x20, 0x02}, 16, {}}, 2, 0},                                 // 6to4, RFC 3056
    {{{0x20, 0x01}, 32, {}}, 12, 0xff},                             // Teredo, RFC 4380
};

}  // namespace

AddressKind classify_ipv4(const Ipv4& address) {
  for (const auto& block : kIpv4Blocks) {
    if (begins_with(address, block)) return block.kind;
  }
  return AddressKind::public_;
}

AddressKind classify_ipv6(const Ipv6& address) {
  constexpr Ipv6 kLoopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  if (address == kLoopback) return AddressKind::private_;
  for (const auto& carrier : kCarriers) {
    if (!begins_with(address, carrier.block)) continue;
    Ipv4 inner;
    std::transform(address.begin() + static_cast<std::ptrdiff_t>(carrier.offset),
                   address.begin() + static_cast<std::ptrdiff_t>(carrier.offset + 4), inner.begin(),
                   [&](std::uint8_t byte) { return static_cast<std::uint8_t>(byte ^ carrier.flipped); });
    return classify_ipv4(inner);
  }
  for (const auto& block : kIpv6Blocks) {
    if (begins_with(address, block)) return block.kind;
  }
  return AddressKind::never;
}

AddressKind classify_address(const sockaddr* address, socklen_t length) {
  if (address->sa_family == AF_INET && length >= sizeof(sockaddr_in)) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof v4);
    Ipv4 bytes;
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return classify_ipv4(bytes);
  }
  if (address->sa_family == AF_INET6 && length >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof v6);
    Ipv6 bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return classify_ipv6(bytes);
  }
  return AddressKind::never;
}

std::optional<AddressKind> classify_address(std::string_view numeric) {
  const std::string text(numeric);
  Ipv4 v4;
  if (::inet_pton(AF_INET, text.c_str(), v4.data()) == 1) return classify_ipv4(v4);
  Ipv6 v6;
  if (::inet_pton(AF_INET6, text.c_str(), v6.data()) == 1) return classify_ipv6(v6);
  return std::nullopt;
}

}  // namespace kith::federation
