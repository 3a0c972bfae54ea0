#pragma once
// A body out of an exchange, whose bytes count towards a download.

#include <memory>

#include "assets/exchange_download.hpp"
#include "daemon/http/body.hpp"

namespace kith::daemon {

// The last bytes of a response are kept back until everything before them has gone to the socket.
inline constexpr std::uint64_t kKeptBack = 4096;

// What a body that breaks off counts for.
enum class Broken : std::uint8_t {
  counts_its_bytes,  // the client can go on behind them
  counts_nothing,    // it has to begin anew
};

// Sends `length` bytes of `inner` as part of `download`, and counts them there. Nobody has the whole before it counts:
// the end is handed out only when its bytes are counted, and asked for only when what came before it was sent. So a
// client that breaks off earlier has no download, and a daemon that dies has given none away. Cut when the exchange
// is revoked.
std::shared_ptr<BodySource> counted_body(std::shared_ptr<BodySource> inner, std::uint64_t length,
                                         std::shared_ptr<assets::ExchangeDownload> download, Broken broken);

}  // namespace kith::daemon
