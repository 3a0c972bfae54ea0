#include "federation/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/error.hpp"
#include "federation/protocol_constants.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

// A whole decimal number without leading zeros, at most `max`.
std::optional<unsigned> canonical_number(std::string_view text, unsigned max) {
  if (text.empty() || text.size() > 5 || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  unsigned value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  if (value > max) return std::nullopt;
  return value;
}

bool is_ipv4(std::string_view host) {
  for (int part = 0; part < 4; ++part) {
    const auto dot = host.find('.');
    if ((dot == std::string_view::npos) != (part == 3)) return false;
    if (!canonical_number(host.substr(0, dot), 255)) return false;
    host.remove_prefix(dot == std::string_view::npos ? host.size() : dot + 1);
  }
  return true;
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

// What other software may take for a number in an IPv4 address (WHATWG URL, "ends in a number").
bool looks_numeric(std::string_view label) {
  return std::ranges::all_of(label, is_digit) ||
         (label.starts_with("0x") &&
          std::ranges::all_of(label.substr(2), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }));
}

bool is_host_name(std::string_view host) {
  while (true) {
    const auto dot = host.find('.');
    const auto label = host.substr(0, dot);
    if (!is_label(label)) return false;
    if (dot == std::string_view::npos) return !looks_numeric(label);
    host.remove_prefix(dot + 1);
  }
}

// RFC 5952, section 4: the longest run of two or more zero groups (the first of equals) becomes "::".
std::string ipv6_text(const std::array<std::uint8_t, 16>& bytes) {
  std::array<unsigned, 8> groups;
  for (std::size_t i = 0; i < 8; ++i) groups[i] = static_cast<unsigned>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  std::size_t best = 8, best_size = 1;
  for (std::size_t from = 0; from < 8; ++from) {
    std::size_t to = from;
    while (to < 8 && groups[to] == 0) ++to;
    if (to - from > best_size) best = from, best_size = to - from;
  }
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == best) {
      out += "::";
      i += best_size - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    std::array<char, 4> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), groups[i], 16).ptr;
    out.append(digits.data(), end);
  }
  return out;
}

// Without brackets. IPv4-mapped addresses have a name of their own, and dots are not canonical here.
bool is_ipv6(std::string_view host) {
  std::array<std::uint8_t, 16> bytes;
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (host.find('\0') != std::string_view::npos) return false;
  if (inet_pton(AF_INET6, std::string(host).c_str(), bytes.data()) != 1) return false;
  if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin())) return false;
  return ipv6_text(bytes) == host;
}

bool is_host(std::string_view host) {
  if (host.empty() || host.size() > kMaxHostBytes) return false;
  if (host.front() == '[') {
    return host.size() > 2 && host.back() == ']' && is_ipv6(host.substr(1, host.size() - 2));
  }
  return is_ipv4(host) || is_host_name(host);
}

}  // namespace

bool is_handle(std::string_view text) {
  return !text.empty() && text.size() <= kMaxHandleBytes && std::ranges::all_of(text, [](char c) {
    return is_lower(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
  });
}

Expected<Domain> Domain::parse(std::string_view text) {
  if (text.size() > kMaxDomainBytes) return fail(ErrorCode::bad_request, "the domain is too long");
  const auto bracket = text.find(']');
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const auto host = text.substr(0, colon);
  if (!is_host(host)) {
    return fail(ErrorCode::bad_request,
                "the domain must be a host name in lower case (A-labels, no dot at the end), an IPv4 address, or an "
                "IPv6 address in brackets in its shortest form");
  }
  std::optional<std::uint16_t> port;
  if (colon != std::string_view::npos) {
    const auto number = canonical_number(text.substr(colon + 1), 65535);
    if (!number || *number == 0) {
      return fail(ErrorCode::bad_request, "the domain's port must be from 1 to 65535, without leading zeros");
    }
    if (*number == 443) return fail(ErrorCode::bad_request, "leave out port 443: a domain without a port means it");
    port = static_cast<std::uint16_t>(*number);
  }
  return Domain(std::string(text), host.size(), port);
}

Expected<Address> Address::parse(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos) {
    return fail(ErrorCode::bad_request, "the address must look like handle@domain");
  }
  KITH_TRY_ASSIGN(domain, Domain::parse(text.substr(at + 1)));
  return make(text.substr(0, at), domain);
}

Expected<Address> Address::make(std::string_view handle, const Domain& domain) {
  if (!is_handle(handle)) {
    return fail(ErrorCode::bad_request, "the handle must be 1 to 64 characters of a-z, 0-9, '.', '_' and '-'");
  }
  return Address(std::string(handle), domain);
}

}  // namespace kith::federation
