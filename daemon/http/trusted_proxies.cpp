#include "daemon/http/trusted_proxies.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/encoding.hpp"

namespace kith::daemon {
namespace {

using Address = std::array<std::uint8_t, 16>;
constexpr int kMappedBits = 96;  // of ::ffff:0:0/96

std::optional<Address> parse_address(std::string_view text) {
  const std::string copy(text);
  Address out{};
  if (inet_pton(AF_INET6, copy.c_str(), out.data()) == 1) return out;
  out[10] = out[11] = 0xFF;
  if (inet_pton(AF_INET, copy.c_str(), out.data() + 12) == 1) return out;
  return std::nullopt;
}

bool same_prefix(const Address& a, const Address& b, int bits) {
  for (std::size_t i = 0; i < a.size() && bits > 0; ++i, bits -= 8) {
    const auto mask = static_cast<std::uint8_t>(bits >= 8 ? 0xFF : 0xFF << (8 - bits));
    if ((a[i] & mask) != (b[i] & mask)) return false;
  }
  return true;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// All values of `name`, in order, as one list.
std::vector<std::string_view> list_items(const Headers& headers, std::string_view name) {
  std::vector<std::string_view> items;
  for (const auto& [key, value] : headers.all()) {
    if (!core::equal_ignoring_case(key, name)) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto item = rest.substr(0, rest.find(','));
      items.push_back(trimmed(item));
      rest.remove_prefix(std::min(item.size() + 1, rest.size()));
    }
  }
  return items;
}

// It goes into logs and answers, so it is short and plain; a UUID is, and a ULID.
bool is_request_id(std::string_view text) {
  constexpr std::size_t kLongest = 64;
  return !text.empty() && text.size() <= kLongest && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

}  // namespace

core::Expected<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& entries) {
  TrustedProxies out;
  for (const auto& entry : entries) {
    if (entry == kUnixPeer) {
      out.unix_ = true;
      continue;
    }
    const auto slash = std::min(entry.find('/'), entry.size());
    const auto address = parse_address(std::string_view(entry).substr(0, slash));
    const bool ipv4 = entry.find(':') == std::string::npos;
    int bits = ipv4 ? 32 : 128;
    bool good = address.has_value();
    if (slash < entry.size()) {
      const int longest = bits;
      const auto* end = entry.data() + entry.size();
      const auto result = std::from_chars(entry.data() + slash + 1, end, bits);
      good = good && result.ec == std::errc{} && result.ptr == end && bits >= 0 && bits <= longest;
    }
    if (!good) {
      return core::fail(core::ErrorCode::bad_request,
                        "\"" + entry + "\" is no trusted proxy: write an address, a block like 10.0.0.0/8, or unix.");
    }
    out.blocks_.push_back({*address, ipv4 ? bits + kMappedBits : bits});
  }
  return out;
}

bool TrustedProxies::contains(std::string_view address) const {
  if (address == kUnixPeer) return unix_;
  const auto parsed = parse_address(address);
  return parsed && std::any_of(blocks_.begin(), blocks_.end(),
                               [&](const Block& block) { return same_prefix(*parsed, block.prefix, block.bits); });
}

TrustedProxies::Origin TrustedProxies::origin(const std::string& peer, bool peer_secure, const Headers& headers) const {
  Origin out{peer, peer_secure, std::nullopt};
  if (!contains(peer)) return out;
  const auto hops = list_items(headers, "X-Forwarded-For");
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    if (!parse_address(*hop)) break;
    out.client = *hop;
    if (!contains(*hop)) break;
  }
  if (const auto protocols = list_items(headers, "X-Forwarded-Proto"); !protocols.empty()) {
    out.secure = core::equal_ignoring_case(protocols.back(), "https");
  }
  const auto id = headers.get("X-Request-Id");
  if (id && headers.count("X-Request-Id") == 1 && is_request_id(*id)) out.request_id = *id;
  return out;
}

}  // namespace kith::daemon
