#pragma once
// The HTTP/1.1 server: listeners, event threads, connections. What it serves is the Router's; this knows only HTTP.
//
// Threads: one acceptor ("kith-accept") and Options::event_threads event threads ("kith-http"). Handlers run in the
// `handlers` pool, body pieces in the `disk` pool. Router, pools, clock and random must outlive the server and the
// pools must still run while drain() does; stop them after it, before the server is destroyed or after, both are fine.
// Every member is thread-safe.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/crypto/sha256.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "core/worker_pool.hpp"
#include "daemon/http/limits.hpp"
#include "daemon/http/message.hpp"
#include "daemon/http/router.hpp"

namespace kith::daemon {

struct ListenerOptions {
  ListenerKind kind = ListenerKind::local;
  std::string address;  // "127.0.0.1:8470", "[::1]:8470", "unix:/run/kith/local.sock"; port 0: any free one
  int descriptor =
      -1;  // an already listening socket (systemd) in the place of `address`; must last until start() is done
  std::filesystem::path certificate;  // PEM, leaf first; empty: plain HTTP
  std::filesystem::path key;          // PEM
};

// One finished request, for the access log and metrics.
struct FinishedRequest {
  ListenerKind listener = ListenerKind::local;
  std::string method;  // as sent; empty when the head could not be read
  std::string route;   // the pattern, never the path itself; empty when none matched
  std::string client;
  std::string request_id;
  int status = 0;
  bool complete = false;        // the whole response went out
  bool forwarded = false;       // says whom it is for (X-Forwarded-For), but who sent it is no trusted proxy
  std::uint64_t bytes_in = 0;   // of the body
  std::uint64_t bytes_out = 0;  // of head and body
  std::chrono::microseconds duration{0};
};

struct HttpOptions {
  std::vector<ListenerOptions> listeners;
  HttpLimits limits;
  HttpTimeouts timeouts;
  std::uint64_t min_body_rate = 1024;  // bytes a second, of request bodies and of responses
  std::size_t event_threads = 2;
  std::vector<std::string> trusted_proxies;  // addresses or CIDR blocks; unix sockets: "unix"
  // Whether a Host is served on that listener; others get 421. Empty: all are. On event threads; must not block.
  std::function<bool(ListenerKind listener, const std::string& host)> serves_host;
  // Called on an event thread for each request; must not block.
  std::function<void(const FinishedRequest&)> on_finished;
};

class HttpServer {
 public:
  // Binds, loads certificates and starts serving. The error names what could not be bound or read.
  [[nodiscard]] static core::Expected<std::unique_ptr<HttpServer>> start(HttpOptions options, const Router& router,
                                                                         core::WorkerPool& handlers,
                                                                         core::WorkerPool& disk,
                                                                         const core::Clock& clock, core::Random& random,
                                                                         core::Logger logger);
  // drain(0), if that has not been done.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // The port of each listener, in the order of the options; 0 for unix sockets.
  std::vector<std::uint16_t> ports() const;
  // How many connections there may be from now on, all together and from one address; who is here stays.
  void set_limits(std::size_t connections, std::size_t per_address);
  // Reads all certificates and keys again; on an error all listeners keep what they had.
  [[nodiscard]] core::Expected<void> reload_certificates();
  // SHA-256 of the DER SubjectPublicKeyInfo of the certificate of the first listener of that kind; nothing without TLS.
  std::optional<core::Digest> certificate_spki(ListenerKind kind) const;
  // Graceful stop: accepts no more, closes idle connections at once, lets running requests finish for up to `grace`,
  // then cuts them. Blocks; idempotent.
  void drain(std::chrono::milliseconds grace);
  std::size_t open_connections() const;
  // Bodies on their way in or out that are files or streams, those of event streams included.
  std::size_t running_transfers() const;
  // Calls `answered` from each event thread: once from each, or never.
  void ask_event_threads(const std::function<void()>& answered);
  std::size_t event_threads() const;

 private:
  struct Parts;
  explicit HttpServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace kith::daemon
