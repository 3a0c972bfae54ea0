#pragma once
// Which request a thread works for: log lines written meanwhile carry its id, without every service being handed it.
// A scope is of one thread; WorkerPool takes the poster's along, so what a request leaves to others is known as its
// own. This is the only state of the project that belongs to a thread rather than to an object.

#include <string>

namespace kith::core {

class LogScope {
 public:
  // Until it is destroyed, on the thread that made it. Scopes nest; an empty id is no request.
  explicit LogScope(std::string request_id);
  ~LogScope();
  LogScope(const LogScope&) = delete;
  LogScope& operator=(const LogScope&) = delete;

  // Of the innermost scope of this thread; empty outside.
  static const std::string& request_id();

 private:
  std::string before_;
};

}  // namespace kith::core
