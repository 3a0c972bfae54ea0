#pragma once
// The threads that find out when a peer that hung is back (PeerDoor::probe_due), so no user has to wait for that.
// Two, so that one hanging peer does not keep the others from being tried. Joined by stop() or the destructor.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "federation/net/peer_door.hpp"

namespace kith::federation {

class PeerProber {
 public:
  explicit PeerProber(PeerDoor& door, std::chrono::milliseconds interval = std::chrono::milliseconds{500});
  ~PeerProber();
  PeerProber(const PeerProber&) = delete;
  PeerProber& operator=(const PeerProber&) = delete;
  // A running probe finishes first (net_limits::kProbeTimeout; at once when the transport was stopped before).
  void stop();

 private:
  void run();

  PeerDoor& door_;
  const std::chrono::milliseconds interval_;
  std::mutex mutex_;  // guards stopping_
  std::condition_variable wake_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace kith::federation
