#pragma once
// What assets/ needs to guard an exchange by a password: a slow hash of which few run at once, and a brake on guessing.
// daemon/app plugs accounts' in. Implementations are thread-safe and block; never called inside a transaction.

#include <string>
#include <string_view>

#include "assets/exchange.hpp"
#include "core/error.hpp"

namespace kith::assets {

class ExchangePasswords {
 public:
  virtual ~ExchangePasswords() = default;
  // busy when too many are hashed already.
  [[nodiscard]] virtual core::Expected<std::string> hash(std::string_view password) = 0;
  // Is it the password? `client`, the address of who asks, is slowed down for this exchange by wrong ones:
  // too_many_requests with retry_after, never for good. busy as above.
  [[nodiscard]] virtual core::Expected<bool> verify(const ExchangeId& exchange, std::string_view client,
                                                    std::string_view password, const std::string& hash) = 0;
};

}  // namespace kith::assets
