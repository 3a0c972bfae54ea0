#include "daemon/app/background.hpp"

#include <pthread.h>

#include <algorithm>

namespace kith::daemon {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

// These threads handle what strangers sent; an exception that a library throws must not end the daemon.
template <class Work>
bool survived(const core::Logger& log, const std::string& where, Work work) {
  try {
    work();
    return true;
  } catch (const std::exception& problem) {
    log.error("a background task failed", {{"where", where}, {"detail", problem.what()}});
    return false;
  }
}

}  // namespace

void PeriodicTasks::add(milliseconds first, milliseconds interval, Task task) {
  entries_.push_back({interval, steady_clock::now() + first, std::move(task)});
}

void PeriodicTasks::start() {
  thread_ = std::thread([this] { run(); });
}

void PeriodicTasks::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void PeriodicTasks::run() {
  pthread_setname_np(pthread_self(), name_.c_str());
  for (;;) {
    const auto soonest = std::ranges::min_element(entries_, {}, &Entry::next);
    {
      std::unique_lock lock(mutex_);
      if (wake_.wait_until(lock, soonest->next, [this] { return stopping_; })) return;
    }
    survived(log_, name_, soonest->task);
    soonest->next = steady_clock::now() + soonest->interval;
  }
}

OutboxRunner::OutboxRunner(federation::Outbox& outbox, const core::Clock& clock, core::Logger log, std::size_t threads)
    : outbox_(outbox), clock_(clock), log_(std::move(log)), count_(threads) {
  outbox_.on_wake([this] {
    {
      std::lock_guard lock(mutex_);
      ++wakes_;
    }
    wake_.notify_all();
  });
}

void OutboxRunner::start() {
  for (std::size_t i = 0; i < count_; ++i) threads_.emplace_back([this] { run(); });
}

void OutboxRunner::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

// Until the next task is due; a minute where none is known, in case the wall clock is set.
milliseconds OutboxRunner::pause() const {
  constexpr milliseconds kLongest{60'000}, kShortest{20};
  const auto due = outbox_.next_due();
  if (!due) return kLongest;
  return std::clamp(std::chrono::duration_cast<milliseconds>(*due - clock_.now()), kShortest, kLongest);
}

void OutboxRunner::run() {
  pthread_setname_np(pthread_self(), "kith-outbox");
  for (;;) {
    std::uint64_t seen = 0;
    {
      std::lock_guard lock(mutex_);
      if (stopping_) return;
      seen = wakes_;
    }
    std::size_t ran = 0;
    survived(log_, "outbox", [&] { ran = outbox_.run_due(1); });
    if (ran > 0) continue;
    const auto wait = pause();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, wait, [&] { return stopping_ || wakes_ != seen; });
  }
}

}  // namespace kith::daemon
