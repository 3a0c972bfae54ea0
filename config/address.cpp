#include "config/address.hpp"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>

#include "core/encoding.hpp"

namespace kith::config {

namespace {

constexpr std::size_t kMaxHost = 253;  // RFC 1035, section 2.3.4, as text
constexpr std::size_t kMaxLabel = 63;  // the same
constexpr std::size_t kMaxSocketPath = sizeof(sockaddr_un::sun_path) - 1;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

// Decimal without sign or leading zeros, up to `max`.
std::optional<unsigned> parse_number(std::string_view text, unsigned max) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > max) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return number;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto number = parse_number(text, 65535);
  if (!number || *number == 0) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

// The canonical text of an IP address of `family` (RFC 5952 for v6), or nothing if it is none.
std::optional<std::string> canonical_ip(int family, std::string_view text) {
  unsigned char address[sizeof(in6_addr)];
  char out[INET6_ADDRSTRLEN];
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  if (::inet_pton(family, std::string(text).c_str(), address) != 1) return std::nullopt;
  if (::inet_ntop(family, address, out, sizeof out) == nullptr) return std::nullopt;
  return std::string(out);
}

struct HostAndPort {
  std::string_view host;  // v6 with its brackets
  std::optional<std::string_view> port;
};

HostAndPort split(std::string_view text) {
  const auto bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return {text, std::nullopt};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

std::string wrong_with_label(std::string_view label) {
  if (label.empty()) return "has an empty part between dots";
  if (label.size() > kMaxLabel) return "has a part of more than 63 characters";
  if (label.front() == '-' || label.back() == '-') return "has a part that begins or ends with '-'";
  const auto allowed = [](char c) { return is_lower(c) || is_digit(c) || c == '-'; };
  if (!std::all_of(label.begin(), label.end(), allowed)) return "may hold only letters, digits, '-' and '.'";
  return {};
}

std::string wrong_with_host(std::string_view host) {
  if (host.empty()) return "has no host name";
  if (host.starts_with('[')) {
    const auto inner = host.substr(1, host.size() - (host.ends_with(']') ? 2 : 1));
    const auto canonical = canonical_ip(AF_INET6, inner);
    if (!host.ends_with(']') || !canonical) return "has no IPv6 address between '[' and ']'";
    return *canonical == inner ? "" : "must have its IPv6 address in the short form [" + *canonical + "]";
  }
  if (host.size() > kMaxHost) return "is longer than 253 characters";
  if (std::any_of(host.begin(), host.end(), [](char c) { return (c & 0x80) != 0; }))
    return "must be written in ASCII (xn--…, as 'idn2' prints it)";
  if (core::to_lower_ascii(host) != host) return "must be in lower case";
  if (host.ends_with('.')) return "must not end with a dot";
  std::string_view label;
  for (auto rest = host;;) {
    const auto dot = rest.find('.');
    label = rest.substr(0, dot);
    if (auto wrong = wrong_with_label(label); !wrong.empty()) return wrong;
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  // A last part of digits alone is an IPv4 address or nothing (WHATWG URL, "ends in a number").
  if (std::all_of(label.begin(), label.end(), is_digit) && canonical_ip(AF_INET, host) != host)
    return "is neither a host name nor an IPv4 address";
  return {};
}

}  // namespace

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  constexpr std::string_view kSocket = "unix:";
  if (text.starts_with(kSocket)) {
    const auto path = text.substr(kSocket.size());
    if (!path.starts_with('/') || path.size() > kMaxSocketPath) return std::nullopt;
    return ListenAddress{.host = {}, .port = 0, .socket_path = std::string(path)};
  }
  const auto [host, port_text] = split(text);
  const auto port = port_text ? parse_port(*port_text) : std::nullopt;
  if (!port) return std::nullopt;
  const bool v6 = host.starts_with('[') && host.ends_with(']');
  const auto bare = v6 ? host.substr(1, host.size() - 2) : host;
  if (!canonical_ip(v6 ? AF_INET6 : AF_INET, bare)) return std::nullopt;
  return ListenAddress{.host = std::string(bare), .port = *port, .socket_path = {}};
}

std::string wrong_with_listen_address(std::string_view text) {
  if (parse_listen_address(text)) return {};
  return "must be an IP address and a port from 1 to 65535, such as \"127.0.0.1:8470\" or \"[::1]:8470\", or "
         "\"unix:\" and an absolute path of at most " +
         std::to_string(kMaxSocketPath) + " bytes";
}

std::string wrong_with_domain(std::string_view text) {
  const auto [host, port] = split(text);
  if (auto wrong = wrong_with_host(host); !wrong.empty()) return wrong;
  if (!port) return {};
  if (!parse_port(*port)) return "must have a port from 1 to 65535 behind its ':'";
  if (*port == "443")
    return "must not name port 443, which is meant without a port: write \"" + std::string(host) + "\"";
  return {};
}

std::string wrong_with_base_url(std::string_view text) {
  auto rest = text;
  if (rest.starts_with("https://"))
    rest.remove_prefix(8);
  else if (rest.starts_with("http://"))
    rest.remove_prefix(7);
  else
    return "must begin with https:// or http://";
  if (rest.find_first_of("/?#") != std::string_view::npos)
    return "must end behind the host name and port, without a slash or path";
  if (auto wrong = wrong_with_domain(rest); !wrong.empty()) return wrong;
  return {};
}

std::string wrong_with_page_url(std::string_view text) {
  const auto host = text.find("://") == std::string_view::npos ? 0 : text.find("://") + 3;
  const auto slash = text.find('/', host);
  if (slash == std::string_view::npos) return wrong_with_base_url(text);
  for (auto rest = text.substr(slash); !rest.empty();) {
    rest.remove_prefix(1);
    const auto segment = rest.substr(0, rest.find('/'));
    const bool plain = std::ranges::all_of(segment, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
             c == '.';
    });
    if (!plain || segment.empty() || segment == "." || segment == "..")
      return "must have a path of letters, digits, '-', '_' and '.' only, without a slash at its end";
    rest.remove_prefix(segment.size());
  }
  return wrong_with_base_url(text.substr(0, slash));
}

std::string wrong_with_network(std::string_view text) {
  if (text == "unix") return {};  // whoever connects over the socket of a listener in the file system
  const auto slash = text.find('/');
  const auto address = text.substr(0, slash);
  const bool v4 = canonical_ip(AF_INET, address).has_value();
  if (!v4 && !canonical_ip(AF_INET6, address))
    return "must be an IP address or a block of them, such as \"127.0.0.1\" or \"10.0.0.0/8\"";
  if (slash != std::string_view::npos && !parse_number(text.substr(slash + 1), v4 ? 32 : 128))
    return v4 ? "must have a number from 0 to 32 behind its '/'" : "must have a number from 0 to 128 behind its '/'";
  return {};
}

}  // namespace kith::config
