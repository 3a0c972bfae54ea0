#pragma once
// The event threads: Pistache's reactor with an own handler on each, which owns its connections. This header keeps
// Pistache out of everybody else's sight.

#include <cstddef>
#include <functional>
#include <memory>

#include "daemon/http/connection.hpp"
#include "daemon/http/server_context.hpp"

namespace kith::daemon {

// Thread-safe but for construction and destruction.
class EventLoops {
 public:
  // Starts the threads.
  explicit EventLoops(ServerContext& context);
  // Closes what is still open and joins.
  ~EventLoops();
  EventLoops(const EventLoops&) = delete;
  EventLoops& operator=(const EventLoops&) = delete;

  // Hands a connection to the next thread in turn.
  void adopt(AcceptedSocket socket);
  // Calls `answered` on each thread, unless it is cut.
  void ask(const std::function<void()>& answered);
  std::size_t count() const;
  // Every connection hears that the server stops.
  void drain();
  // Closes all connections, waits until that is done, takes no more.
  void cut();

 private:
  struct Reactor;
  std::unique_ptr<Reactor> reactor_;
};

}  // namespace kith::daemon
