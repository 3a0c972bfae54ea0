#pragma once
// Where the threads of a sender bring what its first thread is to tell or to do. Thread-safe.

#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"

namespace kith::client {

class LiveDesk {
 public:
  // For people, on a line of its own; printable.
  void say(std::string text) {
    const std::lock_guard lock(mutex_);
    said_.push_back(std::move(text));
  }
  // The command is to end like that. The first counts.
  void finish(core::Expected<void> how) {
    const std::lock_guard lock(mutex_);
    if (!how_) how_ = std::move(how);
  }
  // What was said since the last time.
  std::vector<std::string> news() {
    const std::lock_guard lock(mutex_);
    return std::exchange(said_, {});
  }
  std::optional<core::Expected<void>> how() const {
    const std::lock_guard lock(mutex_);
    return how_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> said_;
  std::optional<core::Expected<void>> how_;
};

}  // namespace kith::client
