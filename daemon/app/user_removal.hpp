#pragma once
// Erases what deleted users left: connections, whose other ends are told, files, shares both ways, albums, links,
// unfinished uploads. The deletion itself is one transaction of accounts (accounts/user_removal.hpp); everything here
// can be repeated, looks at what is left and not at what was done, and so is finished whenever it was cut off, and done
// for those whom `kithd user delete` deleted beside the daemon. Once nothing is left and the time is over, the row goes
// too. Thread-safe; run() blocks.

#include <functional>
#include <mutex>

#include "accounts/user_removal.hpp"
#include "assets/assets.hpp"
#include "assets/live_transfers.hpp"
#include "core/log.hpp"
#include "core/worker_pool.hpp"
#include "daemon/api/idempotency.hpp"
#include "daemon/api/user_erasure.hpp"
#include "federation/service/handshakes.hpp"
#include "federation/service/invites.hpp"
#include "federation/session/told_assets.hpp"
#include "storage/database.hpp"

namespace kith::daemon {

class UserRemoval final : public UserErasure {
 public:
  struct Parts {
    storage::Database& database;
    const accounts::UserRemoval& accounts;
    federation::Handshakes& handshakes;
    federation::Invites& invites;
    federation::ToldAssets& told;
    assets::Assets& assets;
    assets::LiveTransfers& live;
    Idempotency& idempotency;
    core::WorkerPool& workers;
    core::Logger log;
    std::function<void()> sweep;  // removes content that nothing names any more
  };
  explicit UserRemoval(Parts parts) : parts_(std::move(parts)) {}

  // run() on a worker.
  void begin() override;
  // One round over all deleted users. What fails is logged and left to the next round. While one runs, another call
  // only sees to it that a round begins after this moment.
  void run();

 private:
  void round();
  // True if something was there to erase.
  [[nodiscard]] core::Expected<bool> finish(const core::UserId& user);
  [[nodiscard]] core::Expected<bool> left_something(const core::UserId& user) const;

  const Parts parts_;
  std::mutex mutex_;  // guards the two below
  bool running_ = false;
  bool again_ = false;
};

}  // namespace kith::daemon
