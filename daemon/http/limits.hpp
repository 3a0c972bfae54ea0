#pragma once
// Every limit of the HTTP layer: what an operator may set (HttpLimits, HttpTimeouts), and the tuning constants below.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kith::daemon {

struct HttpLimits {
  std::size_t head_bytes = 16 * 1024;
  std::size_t header_count = 100;
  std::size_t target_bytes = 8 * 1024;
  std::size_t connections = 2000;                  // all listeners together; public ones get 3/4 of it at most
  std::size_t buffered_bodies = 64 * 1024 * 1024;  // bytes of whole bodies held at a time, all connections together
  std::size_t connections_per_address = 256;       // or IPv6 /64; not for unix sockets and trusted proxies
};

struct HttpTimeouts {
  std::chrono::milliseconds head{10'000};        // from the accept or its first byte to its end, TLS handshake included
  std::chrono::milliseconds idle_body{30'000};   // no byte of a body while one is waited for
  std::chrono::milliseconds keep_alive{60'000};  // between two requests
  std::chrono::milliseconds linger{2'000};       // reading on after an error, so that the client sees the answer
  std::chrono::milliseconds write_stall{30'000};  // the client takes no byte of a response
  std::chrono::milliseconds rate_window{10'000};  // a body or response slower than the minimum over this is cut
};

// Tuning.
inline constexpr std::size_t kPieceBytes = 512 * 1024;        // one read, one piece for a BodySink
inline constexpr std::size_t kWholeBodyBytes = 256 * 1024;    // one read of a body that is kept whole
inline constexpr std::size_t kFirstSourceBytes = 64 * 1024;   // a BodySource's first space; doubles while it is filled
inline constexpr std::size_t kLastSourceBytes = 512 * 1024;   // … up to this
inline constexpr std::size_t kWriteBudget = 2 * 1024 * 1024;  // bytes a connection sends before others have their turn
inline constexpr std::size_t kPipelineBytes = 64 * 1024;      // bytes of later requests kept while one is answered
inline constexpr std::size_t kWarmWindow = 4 * 1024 * 1024;   // of a file, brought into the page cache at a time
inline constexpr unsigned kVanishedMs = 60'000;               // bytes sent are not acknowledged: the client is gone
inline constexpr int kLingerTurns = 10;                       // linger times a client may go on sending in vain

}  // namespace kith::daemon
