#pragma once
// Ctrl-C and SIGTERM as something that is looked at between two steps, so that what was begun on a server can be given
// up in order. As long as one lives these signals end nothing by themselves. One thread, one of them at a time.

#include <signal.h>

#include <chrono>

namespace kith::client {

class Interruption {
 public:
  Interruption();
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
  sigset_t before_{};
  int signals_;
  bool has_come_ = false;
};

}  // namespace kith::client
