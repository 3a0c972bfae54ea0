#pragma once
// What assets/ asks about a user's account. daemon/app answers it from accounts/.

#include <cstdint>

#include "core/error.hpp"
#include "core/id.hpp"

namespace kith::assets {

class Quotas {
 public:
  virtual ~Quotas() = default;
  // Bytes this user may keep here, UINT64_MAX for no limit. Any error (unknown, remote or suspended user) refuses the
  // upload as it is. Called from worker threads, thread-safe, and must not call back into assets/.
  [[nodiscard]] virtual core::Expected<std::uint64_t> quota_bytes(const core::UserId& user) = 0;
};

}  // namespace kith::assets
