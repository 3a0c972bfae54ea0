#pragma once
// The thread that accepts connections. At the connection limit of a listener, and when descriptors run out, clients
// wait in the kernel's queue instead of being turned away.

#include <poll.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "daemon/http/event_loop.hpp"
#include "daemon/http/listen_socket.hpp"
#include "daemon/http/server_context.hpp"
#include "daemon/http/tls_context.hpp"

namespace kith::daemon {

struct Listener {
  ListenerKind kind;
  ListenSocket socket;
  std::unique_ptr<TlsContext> tls;  // may be null
};

// stop() is thread-safe; the rest belongs to the server.
class Acceptor {
 public:
  // `listeners`, `context` and `loops` outlive it.
  Acceptor(std::vector<Listener>& listeners, ServerContext& context, EventLoops& loops);
  ~Acceptor() { stop(); }
  // Accepts no more; joins.
  void stop();

 private:
  void run();
  bool wait();
  void accept_from(const Listener& listener);
  void ran_out();

  std::vector<Listener>& listeners_;
  ServerContext& context_;
  EventLoops& loops_;
  UniqueFd wake_;
  std::atomic<bool> stopping_ = false;
  // The thread's own:
  std::vector<pollfd> watched_;  // wake_, then the listeners
  bool out_of_descriptors_ = false;
  std::optional<std::chrono::steady_clock::time_point> warned_;
  std::thread thread_;
};

}  // namespace kith::daemon
