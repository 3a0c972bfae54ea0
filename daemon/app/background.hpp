#pragma once
// What the daemon does without being asked. Both classes own their threads; stop() or the destructor joins them.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "federation/service/outbox.hpp"

namespace kith::daemon {

// Runs each task again and again, one after the other on one thread ("kith-periodic").
class PeriodicTasks {
 public:
  using Task = std::function<void()>;
  PeriodicTasks() = default;
  ~PeriodicTasks() { stop(); }
  // Before start(). First run: one interval after it.
  void add(std::chrono::milliseconds interval, Task task);
  void start();
  // A running task finishes first.
  void stop();

 private:
  struct Entry {
    std::chrono::milliseconds interval;
    std::chrono::steady_clock::time_point next;
    Task task;
  };
  void run();

  std::vector<Entry> entries_;
  std::mutex mutex_;  // guards stopping_
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

// Works off the outbox on a few threads ("kith-outbox"), so that one hanging peer does not hold up the others.
class OutboxRunner {
 public:
  OutboxRunner(federation::Outbox& outbox, const core::Clock& clock, std::size_t threads);
  ~OutboxRunner() { stop(); }
  void start();
  void stop();

 private:
  void run();
  std::chrono::milliseconds pause() const;

  federation::Outbox& outbox_;
  const core::Clock& clock_;
  const std::size_t count_;
  std::mutex mutex_;  // guards the two below
  std::uint64_t wakes_ = 0;
  bool stopping_ = false;
  std::condition_variable wake_;
  std::vector<std::thread> threads_;
};

}  // namespace kith::daemon
