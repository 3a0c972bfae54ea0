#pragma once
// The way back to an event thread: closures posted from anywhere, run there. Shared by all who may still want to post;
// once closed, what comes is dropped. Thread-safe.

#include <functional>
#include <mutex>
#include <vector>

#include "daemon/http/unique_fd.hpp"

namespace kith::daemon {

class Mailbox {
 public:
  Mailbox();
  // False when closed.
  bool post(std::function<void()> task);
  // Event thread: takes everything posted so far.
  std::vector<std::function<void()>> take();
  void close();
  int descriptor() const { return event_.get(); }

 private:
  UniqueFd event_;    // readable while something waits
  std::mutex mutex_;  // guards both
  std::vector<std::function<void()>> tasks_;
  bool closed_ = false;
};

}  // namespace kith::daemon
