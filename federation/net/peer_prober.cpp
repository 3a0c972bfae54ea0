#include "federation/net/peer_prober.hpp"

#include <pthread.h>

namespace kith::federation {
namespace {

constexpr std::size_t kThreads = 2;

}  // namespace

PeerProber::PeerProber(PeerDoor& door, std::chrono::milliseconds interval) : door_(door), interval_(interval) {
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads_.emplace_back([this] { run(); });
    ::pthread_setname_np(threads_.back().native_handle(), "kith-probe");
  }
}

PeerProber::~PeerProber() {
  stop();
}

void PeerProber::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void PeerProber::run() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, interval_, [this] { return stopping_; })) {
    lock.unlock();
    door_.probe_due();
    lock.lock();
  }
}

}  // namespace kith::federation
