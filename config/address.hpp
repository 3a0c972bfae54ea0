#pragma once
// Addresses as the configuration takes them. Pure; thread-safe.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kith::config {

// Where a listener listens.
struct ListenAddress {
  std::string host;         // an IP address, v6 without brackets; empty for a socket of the file system
  std::uint16_t port = 0;   // 0 for a socket of the file system
  std::string socket_path;  // absolute
};
// "127.0.0.1:8470", "[::1]:8470" or "unix:/run/kith/local.sock"; nothing for anything else.
std::optional<ListenAddress> parse_listen_address(std::string_view text);

// The functions below answer what is wrong, in words that follow the value; empty when nothing is.
std::string wrong_with_listen_address(std::string_view text);
// An instance's domain: host[:port], canonical (federation/PROTOCOL.md, "Address").
std::string wrong_with_domain(std::string_view text);
// http:// or https:// and a domain, nothing behind it.
std::string wrong_with_base_url(std::string_view text);
// The same, or with the path under which a proxy shows the page: "https://home.example/kith".
std::string wrong_with_page_url(std::string_view text);
// An IP address, or a block of them in CIDR notation.
std::string wrong_with_network(std::string_view text);

}  // namespace kith::config
