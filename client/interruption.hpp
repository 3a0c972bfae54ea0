#pragma once
// Ctrl-C and SIGTERM as something that is looked at between two steps, so that what was begun on a server can be given
// up in order. As long as one lives these signals end nothing by themselves. One thread, one of them at a time; other
// threads are given one each that looks at a StopSignal.

#include <signal.h>

#include <atomic>
#include <chrono>

namespace kith::client {

// Tells other threads to stop, for good. Thread-safe; outlives the Interruptions that look at it.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  void raise();
  // Costs nothing: it is asked many times a second.
  bool is_raised() const { return raised_; }
  // Readable once it is raised.
  int descriptor() const { return event_; }

 private:
  std::atomic<bool> raised_ = false;
  const int event_;
};

class Interruption {
 public:
  Interruption();
  // Looks at `stop` in the place of signals, and says that it came each time from then on.
  explicit Interruption(const StopSignal& stop);
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  // True once for each signal that came.
  bool came();
  // True once one did.
  bool has_come() const { return has_come_; }
  // Readable when one came.
  int descriptor() const { return signals_; }
  // Waits; true, sooner, when one came.
  bool came_within(std::chrono::milliseconds pause);

 private:
  const StopSignal* const stop_ = nullptr;
  sigset_t before_{};
  int signals_;
  bool has_come_ = false;
};

}  // namespace kith::client
