#pragma once
// What a route asks for once it has ended an account; daemon/app does it (daemon/app/user_removal.hpp). Thread-safe.

namespace kith::daemon {

class UserErasure {
 public:
  virtual ~UserErasure() = default;
  // Erases what deleted users left, soon and on another thread. Does not wait and cannot fail: whatever is not done
  // now, the next minute's round does.
  virtual void begin() = 0;
};

}  // namespace kith::daemon
