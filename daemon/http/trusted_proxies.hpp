#pragma once
// Who may speak for others: reverse proxies whose X-Forwarded-For, X-Forwarded-Proto and X-Request-Id are believed.
// Immutable once parsed.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "daemon/http/message.hpp"

namespace kith::daemon {

class TrustedProxies {
 public:
  // Addresses, CIDR blocks, or "unix" for whoever reaches a unix socket.
  [[nodiscard]] static core::Expected<TrustedProxies> parse(const std::vector<std::string>& entries);

  bool contains(std::string_view address) const;

  struct Origin {
    std::string client;
    bool secure = false;
    std::optional<std::string> request_id;  // what a trusted peer calls the request; well-formed
  };
  // Where a request came from: the peer, or when that is trusted the rightmost address in X-Forwarded-For that is not.
  Origin origin(const std::string& peer, bool peer_secure, const Headers& headers) const;

 private:
  struct Block {
    std::array<std::uint8_t, 16> prefix{};  // IPv4 as ::ffff:a.b.c.d
    int bits = 128;
  };
  std::vector<Block> blocks_;
  bool unix_ = false;
};

// What stands for the address of a client on a unix socket.
inline constexpr std::string_view kUnixPeer = "unix";

}  // namespace kith::daemon
