#pragma once
// SHA-256 of a stream beside the thread that writes it: one buffer at a time is hashed on a shared pool, in order.
// Belongs to one thread; the destructor waits for the buffer under way.

#include <condition_variable>
#include <mutex>

#include "core/crypto/sha256.hpp"
#include "core/worker_pool.hpp"

namespace kith::storage {

class HashLane {
 public:
  explicit HashLane(core::WorkerPool& pool) : pool_(pool) {}
  ~HashLane() { wait(); }
  HashLane(const HashLane&) = delete;
  HashLane& operator=(const HashLane&) = delete;

  // Waits for the buffer before, then starts with this one, which must stay as it is until the next start() or wait().
  void start(core::ByteView buffer);
  // The buffer started last is hashed.
  void wait();
  core::Digest finish();

 private:
  core::WorkerPool& pool_;
  core::Sha256 hash_;
  std::mutex mutex_;  // guards the next
  std::condition_variable done_;
  bool running_ = false;
};

}  // namespace kith::storage
