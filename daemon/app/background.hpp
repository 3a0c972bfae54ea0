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
#include "core/log.hpp"
#include "federation/service/outbox.hpp"

namespace kith::daemon {

// Runs each task again and again, one after the other on one thread.
class PeriodicTasks {
 public:
  using Task = std::function<void()>;
  // `name` (at most 15 characters) is what tools like top show.
  PeriodicTasks(std::string name, core::Logger log) : name_(std::move(name)), log_(std::move(log)) {}
  ~PeriodicTasks() { stop(); }
  // Before start(). First run: `first` after this call. A task that throws is told to `log` and goes on next time.
  void add(std::chrono::milliseconds first, std::chrono::milliseconds interval, Task task);
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

  const std::string name_;
  const core::Logger log_;
  std::vector<Entry> entries_;
  std::mutex mutex_;  // guards stopping_
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

// Works off the outbox on a few threads ("kith-outbox"), so that one hanging peer does not hold up the others.
class OutboxRunner {
 public:
  OutboxRunner(federation::Outbox& outbox, const core::Clock& clock, core::Logger log, std::size_t threads);
  ~OutboxRunner() { stop(); }
  void start();
  void stop();

 private:
  void run();
  std::chrono::milliseconds pause() const;

  federation::Outbox& outbox_;
  const core::Clock& clock_;
  const core::Logger log_;
  const std::size_t count_;
  std::mutex mutex_;  // guards the two below
  std::uint64_t wakes_ = 0;
  bool stopping_ = false;
  std::condition_variable wake_;
  std::vector<std::thread> threads_;
};

}  // namespace kith::daemon
